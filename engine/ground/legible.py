"""What others send can be kept as they sent it: no zero characters, no halves of characters, not nested without end.

Both databases refuse such text somewhere, each in its own way and late.
"""

from __future__ import annotations

import math
from typing import Any

DEEPEST = 64
"""How deep JSON may be nested; nothing that is sent to us comes near."""


def require(value: Any, depth: int = 0) -> None:
    """Refuse a value read from JSON, or a text, that cannot be kept.

    Raises
    ------
    ValueError
        With what is wrong with it.
    """
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
            require(name, depth)
            require(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            require(inner, depth + 1)
