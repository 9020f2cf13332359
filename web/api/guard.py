"""Who calls the API, and whether the call may be taken: bearer tokens, and each change once only.

The API never looks at cookies, so no other site can make a browser call it: its addresses need no CSRF token.
"""

from __future__ import annotations

import hashlib
from typing import IO, Any

import flask_smorest
import sqlalchemy as sa
from flask import Response, abort, g, make_response, request

from engine import errors
from engine.ground import idempotency
from engine.organisation import token
from web import database, problems, security
from web.api import PREFIX
from web.sent import legible

HEADER = "Idempotency-Key"
SHORTEST, LONGEST = 8, idempotency.LONGEST
CHUNK = 1 << 20
KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": SHORTEST, "maxLength": LONGEST},
    "description": "Chosen by the caller; the same call under the same key is carried out once.",
}
_CHANGING = ("post", "put", "patch", "delete")


class Resource(flask_smorest.Blueprint):  # type: ignore[misc]  # the library publishes no types
    """The calls about one kind of thing; each wants a bearer, each change an idempotency key."""

    def __init__(self, name: str, title: str, description: str) -> None:
        super().__init__(f"api_{name}", f"web.api.{name}", url_prefix=PREFIX, description=description)
        self.title = title
        self.before_request(_know_the_bearer)
        self.before_request(_refuse_illegible)
        self.before_request(_answer_again)
        self.after_request(_remember)
        security.csrf.exempt(self)
        self._prepare_doc_cbks.append(_describe)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        """Describe the resource's calls under its title; the library would take the name of the module."""
        super()._store_endpoint_docs(endpoint, obj, parameters, tags or [self.title], **options)


def _describe(doc: Any, doc_info: Any, *, api: Any, app: Any, spec: Any, method: str, **_more: Any) -> Any:
    """Say in the description what holds for every call: the key of changes, and how errors look."""
    if method.lower() in _CHANGING:
        doc.setdefault("parameters", []).append(KEY)
    problem = {"description": "Problem document (RFC 9457)", "content": {problems.MEDIA_TYPE: {"schema": PROBLEM}}}
    doc.setdefault("responses", {})["default"] = problem
    return doc


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": f"{problems.TYPE}<name>, the same in every language"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what happened and what to do next"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def _know_the_bearer() -> None:
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        abort(401)
    try:
        g.person = token.holder(database.connection(), given.strip(), demo=security.settings().demo)
    except errors.TokenWrong:
        abort(401)


def _refuse_illegible() -> None:
    if request.method not in database.READS:
        legible.body()


def _answer_again() -> Response | None:
    """Answer the same call under the same key as it was answered before."""
    if request.method in database.READS:
        return None
    key = request.headers.get(HEADER, "")
    if not SHORTEST <= len(key) <= LONGEST:
        raise errors.IdempotencyKeyMissing(header=HEADER, shortest=SHORTEST, longest=LONGEST)
    g.call = (f"api:{g.person.id}", key, _call_hash())
    stored = idempotency.answer(database.connection(), *g.call)
    if stored is None:
        return None
    del g.call
    return _replayed(stored)


def _call_hash() -> str:
    """Hash what is asked for; the parts of a multipart body, since its boundary differs each time."""
    if request.mimetype == "multipart/form-data":
        files = []
        for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
            files.append([name, file.filename, _digest(file.stream)])
        body: Any = [sorted(request.form.items(multi=True)), files]
    else:
        body = hashlib.sha256(request.get_data()).hexdigest()
    query = sorted(request.args.items(multi=True))
    return idempotency.request_hash([request.method, request.path, query, body])


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def _remember(response: Response) -> Response:
    call = g.pop("call", None)
    if call is None:
        return response
    if response.status_code >= 400:
        stored = idempotency.answer(database.connection(), *call) if response.status_code in security.TOO_LATE else None
        return _replayed(stored) if stored else response
    answer = {"status": response.status_code, "body": response.get_data(as_text=True)}
    if "Location" in response.headers:
        answer["location"] = response.headers["Location"]
    try:
        who, key, asked = call
        idempotency.remember(database.connection(), who, key, asked, answer)
    except sa.exc.IntegrityError:
        database.roll_back()  # the same call, made at the same moment, was faster: its answer counts
        stored = idempotency.answer(database.connection(), *call)
        return _replayed(stored) if stored else response
    return response


def _replayed(stored: dict[str, Any]) -> Response:
    answer = make_response(stored["body"], stored["status"])
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Idempotent-Replayed"] = "true"
    if "location" in stored:
        answer.headers["Location"] = stored["location"]
    return answer
