"""What every shape of the API begins with: JSON as it stands, a body that refuses what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, fields, validate


class Json(fields.Raw):
    """Any JSON value; decimals become numbers."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return plain(value)


def plain(value: Any) -> Any:
    """Return a JSON value whose decimals are plain numbers."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


class Body(Schema):
    """What is sent: a field that is not named here is refused, not ignored."""

    class Meta:
        """How strictly it is read."""

        unknown = RAISE


class PageQuery(Schema):
    """Which page of a list is wanted."""

    after = fields.String(metadata={"description": "where the page begins; take it from `next`"})
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class Reason(Body):
    """Why."""

    reason = fields.String(required=True)
