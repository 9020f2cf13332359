"""What was sent can be read and kept: no zero characters, no halves of characters, JSON as RFC 8259 has it.

Both databases refuse such text somewhere, each in its own way and late; here it is refused at the door.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from flask import abort, request

from engine.errors import N_

DEEPEST = 64
"""How deep JSON may be nested; nothing that is sent to us comes near."""
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
            _require_kept(json.loads(request.get_data(), parse_constant=_no_number))
        except (ValueError, RecursionError):
            abort(400)
    elif any("\0" in name or "\0" in value for name, value in request.form.items(multi=True)):
        abort(400, UNREADABLE)


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _require_kept(value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number beyond all")
    if isinstance(value, str):
        value.encode()  # half of a character cannot be written
        if "\0" in value:
            raise ValueError("a zero character")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _require_kept(name, depth)
            _require_kept(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _require_kept(inner, depth + 1)
