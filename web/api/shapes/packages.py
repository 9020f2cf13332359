"""Shapes: process packages, their versions and how these differ."""

from __future__ import annotations

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from web.api.shapes.base import Body, Json, PageQuery


class PackageFile(Body):
    """A process package as a ZIP file."""

    package = Upload(required=True, metadata={"description": "ZIP with package.toml, BPMN, DMN, forms, documents"})


class Deployment(Schema):
    """One version of a process package."""

    package = fields.String()
    version = fields.Integer()
    hash = fields.String(metadata={"description": "SHA-256 over the content"})
    deployed_at = fields.AwareDateTime()
    deployed_by = fields.String()


class Deployments(Schema):
    """A page of versions."""

    items = fields.List(fields.Nested(Deployment))
    next = fields.String(allow_none=True)


class DeploymentQuery(PageQuery):
    """Versions of all packages, or of one."""

    package = fields.String(load_default="")


class Difference(Schema):
    """One thing that differs; `details` are triples of what it is called, what it was and what it is."""

    how = fields.String(metadata={"description": "added, removed, changed or moved"})
    word = fields.String()
    kind = fields.String()
    name = fields.String()
    element = fields.String()
    details = Json()


class DifferingFile(Schema):
    """A file that differs."""

    path = fields.String()
    how = fields.String(metadata={"description": "added, removed or changed"})
    changes = fields.List(fields.Nested(Difference))
    lines = Json(metadata={"description": "of a text: pairs of sign and line"})


class Differences(Schema):
    """The files that differ."""

    files = fields.List(fields.Nested(DifferingFile))
