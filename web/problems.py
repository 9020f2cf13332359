"""Errors as problem documents (RFC 9457), in the reader's language, for those who ask through the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Response, make_response, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from engine import db
from engine.errors import N_
from web import database, i18n

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:onewindow:problem:"
TITLES = {
    400: N_("Not understood"),
    401: N_("Not signed in"),
    403: N_("Not permitted"),
    404: N_("Not found"),
    405: N_("Not offered"),
    406: N_("Not offered in this form"),
    409: N_("Somebody was first"),
    413: N_("Too large"),
    415: N_("Not offered in this form"),
    422: N_("Not accepted"),
    429: N_("Too many attempts"),
    500: N_("Something went wrong"),
    503: N_("Not possible right now"),
}
DETAILS = {
    400: N_("The request cannot be read. Compare it with the description at /api/v1/openapi.json."),
    401: N_("Send a valid access token: Authorization: Bearer ow_…"),
    404: N_("There is no such address. All of them are described at /api/v1/openapi.json."),
    405: N_("This address does not take this method. See /api/v1/openapi.json."),
    413: N_("What you sent is too large. Send smaller files, or one by one."),
    415: N_("Send this body as application/json, or files as multipart/form-data."),
    422: N_("Some fields cannot be accepted; see errors."),
}
_OTHER = N_("This did not work. Compare the request with the description at /api/v1/openapi.json.")
_SCHEMA = {
    "Missing data for required field.": N_("Missing data for required field."),
    "Field may not be null.": N_("Field may not be null."),
    "Unknown field.": N_("Unknown field."),
    "Not a valid string.": N_("Not a valid string."),
    "Not a valid integer.": N_("Not a valid integer."),
    "Not a valid mapping type.": N_("Not a valid mapping type."),
    "Invalid input type.": N_("Invalid input type."),
}
"""What the library says of a field, marked for translation."""


def document(
    status: int, detail: str, *, kind: str = "", errors: Iterable[Mapping[str, Any]] = (), **more: Any
) -> Response:
    """Undo the request's work and answer with a problem document.

    Parameters
    ----------
    kind
        What is stable about the problem: its ``type`` is :data:`TYPE` and this word.
    errors
        One entry for each field or finding: ``{"field": …, "message": …}``.
    """
    database.roll_back()
    title = str(_(TITLES.get(status, TITLES[500])))
    body = {"type": TYPE + (kind or f"http-{status}"), "title": title, "status": status, "detail": detail}
    found = list(errors)
    body |= {"instance": request.path, **({"errors": found} if found else {}), **more}
    answer = make_response(db.dumps(body), status)
    answer.headers["Content-Type"] = MEDIA_TYPE
    answer.headers["Content-Language"] = i18n.locale_name().replace("_", "-")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="onewindow"'
    return answer


def of_http(problem: HTTPException) -> Response:
    """Answer an error of the protocol, or of the shape of what was sent."""
    status = problem.code or 500
    messages = getattr(problem, "data", {}).get("messages", {})
    answer = document(status, str(_(DETAILS.get(status, _OTHER))), errors=_fields(messages))
    if status == 405:
        answer.headers["Allow"] = problem.get_response().headers.get("Allow", "")
    return answer


def findings(found: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yield the findings of a refused package."""
    for each in found:
        element = getattr(each, "element", None)
        text = i18n.message(each.message, getattr(each, "facts", None))
        yield {"field": element or "", "message": text}


def of_fields(faults: Mapping[str, Iterable[Any]]) -> list[dict[str, Any]]:
    """Return the faults of a form, each with the name of its field."""
    return [
        {"field": name, "message": i18n.message(fault.message, fault.facts)}
        for name, found in faults.items()
        for fault in found
    ]


def _fields(messages: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """Yield the faults of a body, a query or headers, each with the path of its field."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            where = name in ("json", "query", "headers", "files", "form", "json_or_form", "_schema")
            place = path if where and not path else f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}"
            yield from _fields(inner, place.lstrip("."))
        return
    for text in messages if isinstance(messages, list) else [messages]:
        yield {"field": path, "message": str(_(_SCHEMA.get(str(text), str(text))))}
