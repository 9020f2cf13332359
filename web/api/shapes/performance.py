"""Shapes: the performance of enforcement."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class PerformanceQuery(Schema):
    """Which month, and whether by team or by officer."""

    month = fields.String(load_default="", validate=validate.Regexp(r"(\d{4}-\d{2})?\Z"))
    by = fields.String(load_default="team", validate=validate.OneOf(["team", "officer"]))


class PerformanceFigure(Schema):
    """One figure; `good` counts for shares only."""

    who = fields.String()
    measure = fields.String()
    count = fields.Integer()
    good = fields.Integer()
    cases = fields.List(fields.String())


class Performance(Schema):
    """The figures of a month."""

    month = fields.String()
    by = fields.String()
    rows = fields.List(fields.Nested(PerformanceFigure))
