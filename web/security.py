"""Who asks, and whether the request may be taken: sessions, CSRF, once-only submissions, roles, headers.

Every page wants a signed-in person unless its view is marked :func:`public`. Every request that changes something
carries a CSRF token and an idempotency key; the second submission of the same key gets the first one's answer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import quote

import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from engine import audit, db, errors
from engine.cases.people import access
from engine.ground import idempotency
from engine.organisation import person, post, role, trail
from engine.organisation import session as sessions
from engine.tasks import Candidate
from web import database
from web.sent import legible
from web.settings import Settings
from web.shown import remembered

COOKIE = "onewindow_session"
KEY_FIELD = "idempotency_key"
NOT_HASHED = ("csrf_token", KEY_FIELD)
TOO_LATE = (404, 409)
"""What the second of two submissions at the same moment is told, once the first has changed everything."""
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",  # the diagram's library places its parts by style attributes
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer carries unless its view has said otherwise."""

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask, settings: Settings) -> None:
    """Guard every request of the application."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_mb << 20,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME="onewindow_page",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session that it belongs to
        WTF_CSRF_SSL_STRICT=settings.secure,
    )
    app.session_interface = _Sessions(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    app.before_request(legible.address)
    app.before_request(_know_the_person)
    csrf.init_app(app)
    app.before_request(_refuse_illegible)
    app.before_request(_answer_again)
    app.after_request(_remember_answer)
    app.after_request(_headers)
    app.teardown_request(_note_use)
    app.add_template_global(csrf_token)
    app.add_template_global(new_key)
    app.add_template_global(has_role)


class _Sessions(SecureCookieSessionInterface):
    """The page's session, signed as Flask does; but Flask makes what signs anew for each request."""

    def __init__(self, app: Flask) -> None:
        self._signing = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie."""
        return self._signing


# -- marks on views


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def repeatable(view: View) -> View:
    """Mark a view whose request may come twice without harm, so that it needs no idempotency key."""
    view.is_repeatable = True  # type: ignore[attr-defined]
    return view


def requires(*roles: str) -> Callable[[View], View]:
    """Let only persons with one of the roles in.

    Raises
    ------
    Forbidden
        For anybody else.
    """

    def guard(view: View) -> View:
        inside = guarded(view, lambda: has_role(*roles))
        inside.roles = roles  # type: ignore[attr-defined]
        return inside

    return guard


def requires_post(*posts: str) -> Callable[[View], View]:
    """Let only persons in who act for one of the posts, at whatever place.

    Raises
    ------
    Forbidden
        For anybody else.
    """
    return lambda view: guarded(view, lambda: holds(*posts))


def guarded(view: View, may: Callable[[], bool]) -> View:
    """Let only persons in of whom ``may`` is true.

    Raises
    ------
    Forbidden
        For anybody else.
    """

    @wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        if not may():
            raise errors.Forbidden
        return view(*args, **kwargs)

    return cast(View, inside)


# -- the person


def signed_in() -> sa.Row[Any]:
    """Return the person who asks."""
    if g.person is None:
        abort(401)
    return cast("sa.Row[Any]", g.person)


def nobody() -> bool:
    """Tell whether a visitor asks who has not signed in."""
    return g.get("person") is None


def actor() -> audit.Actor:
    """Return the person as the one who acts in their own name."""
    return audit.Actor(signed_in().id)


def candidate() -> tuple[Candidate, dict[str, str | None]]:
    """Return the person with the groups they may act for, and in whose place they act for each."""
    here = g._get_current_object()
    if "candidate" not in here:
        who = signed_in().id
        here.candidate = remembered.of(
            ("standing", who), lambda: person.candidate(database.connection(), who), trail.STREAM
        )
    return cast("tuple[Candidate, dict[str, str | None]]", here.candidate)


def roles() -> frozenset[str]:
    """Return the person's roles."""
    if "roles" not in g:
        g.roles = frozenset() if nobody() else remembered.of(("roles", signed_in().id), _roles, trail.STREAM)
    return cast("frozenset[str]", g.roles)


def _roles() -> frozenset[str]:
    return role.of(_grants(), candidate()[0].groups)


def _grants() -> list[role.Grant]:
    return remembered.of("grants", lambda: role.grants(database.connection()), trail.STREAM)


def reader() -> access.Reader:
    """Return the person as cases see one, for the one permission check."""
    person = candidate()[0]
    return access.Reader(person.id, person.groups, roles(), person.barred)


def has_role(*wanted: str) -> bool:
    """Tell whether the person has one of the roles."""
    return not roles().isdisjoint(wanted)


def holds(*posts: str) -> bool:
    """Tell whether the person acts for one of the posts, at whatever place."""
    return not {post.code_of(group) for group in candidate()[0].groups}.isdisjoint(posts)


def open_session(person_row: sa.Row[Any], answer: Response) -> Response:
    """Begin a session of the person; the page's old token dies with the old session."""
    session.clear()
    browser = request.headers.get("User-Agent", "")
    longest = timedelta(hours=settings().session_hours)
    token = sessions.start(database.connection(), person_row.id, address(), browser, longest=longest)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    return answer


def end_session(answer: Response) -> Response:
    """End the session, here and in the database."""
    token = request.cookies.get(COOKIE)
    if token:
        sessions.end(database.connection(), token)
    session.clear()
    answer.delete_cookie(COOKIE)
    return answer


def address() -> str:
    """Return the address the request came from."""
    return request.remote_addr or "unknown"


def settings() -> Settings:
    """Return the settings of the application."""
    return cast(Settings, current_app.extensions["onewindow.settings"])


def _refuse_illegible() -> None:
    if request.method not in database.READS and not by_program():
        legible.body()


def by_program() -> bool:
    """Tell whether a program asks through the API, which knows its callers by their tokens and never by a cookie."""
    return request.path.startswith("/api/")


def _know_the_person() -> AnyResponse | None:
    g.person = None
    if by_program():
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint in ("static", "assets.one") or getattr(view, "handles_login", False):
        return None
    token = request.cookies.get(COOKIE)
    if token:
        found = sessions.find(database.connection(), token, demo=settings().demo, watched=remembered.WATCHED)
        if found is not None:
            g.person, g.heads = found.person, found.heads
            g.stale_session = found.id if found.stale else None
    if g.person is None and view is not None and not getattr(view, "is_public", False):
        return _send_to_sign_in()
    return None


def _send_to_sign_in() -> AnyResponse:
    database.roll_back()
    g.work_failed = False
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", "text/html"):
        abort(401)
    wanted = request.full_path.rstrip("?")
    return redirect(f"{url_for('auth.sign_in')}?next={quote(wanted)}", 303)


def _note_use(_problem: BaseException | None) -> None:
    """Keep the session alive, once a minute, in a transaction of its own: a page that is read writes nothing else."""
    stale = g.pop("stale_session", None)
    if stale is not None:
        database.roll_back()
        with db.transaction(database.engine()) as connection:
            sessions.touch(connection, stale)


def csrf_token() -> str:
    """Return the token of the page's forms; Flask-WTF looks up how it is made for each of them."""
    return cast(str, g.get("csrf_token") or generate_csrf())


# -- once only


def new_key() -> str:
    """Return a fresh idempotency key for a form."""
    return secrets.token_urlsafe(16)


def _counts_once() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return (
        request.method not in database.READS
        and not by_program()
        and view is not None
        and not getattr(view, "is_repeatable", False)
        and not getattr(view, "handles_login", False)
    )


def _answer_again() -> AnyResponse | None:
    """Give the second submission of a form the answer of the first."""
    if not _counts_once():
        return None
    key = request.form.get(KEY_FIELD, "")
    if not 8 <= len(key) <= idempotency.LONGEST:
        abort(400)
    g.submission = (submitter().id, key, _request_hash())
    stored = idempotency.answer(database.connection(), *g.submission)
    if stored is None:
        return None
    del g.submission
    return make_response(redirect(stored["location"], 303))


def submitter() -> audit.Actor:
    """Return who submits: the person, or the visitor of a public page known by their page's session."""
    if g.person is not None:
        return audit.Actor(g.person.id)
    return audit.Actor(f"visitor:{visitor()}")


def applicant() -> audit.Actor:
    """Return somebody who applies, books or reports without an account as the one who acts."""
    return audit.Actor(f"applicant:{visitor()}")


def visitor() -> str:
    """Return what tells this visitor of public pages from others, as long as the page's session lasts."""
    return hashlib.sha256(str(session.get("csrf_token", "")).encode()).hexdigest()[:16]


def _request_hash() -> str:
    fields = [[name, values] for name, values in sorted(request.form.lists()) if name not in NOT_HASHED]
    files = sorted([name, file.filename, file.content_length] for name, file in request.files.items(multi=True))
    body = [request.method, request.path, fields, files]
    return idempotency.request_hash(body)


def _remember_answer(response: Response) -> Response:
    submission = g.pop("submission", None)
    if submission is not None and response.status_code in (301, 302, 303):
        try:
            who, key, asked = submission
            idempotency.remember(database.connection(), who, key, asked, {"location": response.location})
        except sa.exc.IntegrityError:
            database.roll_back()  # the same form, sent at the same moment, was faster: its answer counts
            stored = idempotency.answer(database.connection(), who, key, asked)
            response.location = stored["location"] if stored else response.location
    elif submission is not None and response.status_code in TOO_LATE:
        stored = idempotency.answer(database.connection(), *submission)
        if stored is not None:  # it was a double click: whoever was first was this very form
            return _headers(make_response(redirect(stored["location"], 303)))
    return response


# -- headers


def _headers(response: Response) -> Response:
    headers = response.headers
    given = {name.lower() for name, _value in headers}
    headers.extend([(name, value) for name, value in HEADERS.items() if name.lower() not in given])
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype == "text/html" and g.get("person") is not None:
        headers.setdefault("Cache-Control", "no-store")
    return response
