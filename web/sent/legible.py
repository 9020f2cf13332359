"""What was sent can be read and kept, JSON as RFC 8259 has it; what cannot is refused at the door."""

from __future__ import annotations

import json
from typing import NoReturn

from flask import abort, request

from engine.errors import N_
from engine.ground import legible

UNREADABLE = N_("There are signs in it that cannot be read. Go back, type them again and send it once more.")


def address() -> None:
    """Refuse an address with a zero character, which no person types and PostgreSQL cannot look for."""
    if "\0" in request.path or any("\0" in name or "\0" in value for name, value in request.args.items(multi=True)):
        abort(400)


def body() -> None:
    """Refuse a form or a JSON body that cannot be kept as it was sent.

    Call it when it is known who asks: reading JSON costs many times its length.
    """
    if request.is_json:
        try:
            legible.require(json.loads(request.get_data(), parse_constant=_no_number))
        except (ValueError, RecursionError):
            abort(400)
    elif any("\0" in name or "\0" in value for name, value in request.form.items(multi=True)):
        abort(400, UNREADABLE)


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)
