"""Shapes: documents that were written in Word."""

from __future__ import annotations

from marshmallow import fields

from web.api.shapes.base import Body


class WordWritten(Body):
    """What was written in Word."""

    file = fields.Integer(required=True, metadata={"description": "id of the stored .docx"})
