"""Shapes: stored files."""

from __future__ import annotations

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from web.api.shapes.base import Body


class FileUpload(Body):
    """A file to be named by a form."""

    file = Upload(required=True)


class StoredFile(Schema):
    """A stored file."""

    id = fields.Integer()
    name = fields.String()
    kind = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
