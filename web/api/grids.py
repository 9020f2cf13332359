"""Grids: the tree, the cell of a place, redrawing, and the list of items by which events are classified."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from engine.cases.grid.items import item_class, item_list
from engine.organisation.grid import node, redrawing
from web import database, security
from web.api.guard import Resource
from web.api.shapes import base
from web.sent import grids

blueprint = Resource("grids", "Grids", "The grids of the town, and what their workers look for.")


class Grid(Schema):
    """A grid; its shape is GeoJSON, WGS 84, and stands only where one grid is asked for."""

    code = fields.String()
    name = fields.String()
    name_en = fields.String()
    level = fields.Integer()
    parent = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    area_m2 = fields.Integer()
    opened_at = fields.DateTime()
    closed_at = fields.DateTime(allow_none=True)


class Shaped(Grid):
    """A grid with its shape and where its ground went."""

    polygon = base.Json()
    successors = fields.List(fields.String())


class Grids(Schema):
    """All grids in force, or those of a level; there are too few of them for pages."""

    items = fields.List(fields.Nested(Grid))


class LevelQuery(Schema):
    """Which grids are wanted."""

    level = fields.Integer(load_default=None, validate=validate.Range(1, 3))


class PlaceQuery(Schema):
    """A place in degrees, WGS 84."""

    lon = fields.Float(required=True)
    lat = fields.Float(required=True)


class Redrawing(base.Body):
    """Which cells close, and the drawing of those that take their place."""

    closed = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    features = fields.List(
        fields.Dict(), required=True, metadata={"description": "GeoJSON features: code, name, category and shape"}
    )
    heir = fields.String(required=True, metadata={"description": "the new cell whose holders go on"})
    branches = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    reason = fields.String(required=True)


class Opened(Schema):
    """The codes of the new cells."""

    opened = fields.List(fields.String())


class ItemClass(Schema):
    """A class of events as the version says."""

    code = fields.String()
    name = fields.String()
    name_en = fields.String()
    major = fields.String()
    kind = fields.String()
    domain = fields.String()
    level = fields.String()
    lead_unit = fields.String()
    limit_amount = fields.Integer()
    limit_unit = fields.String()
    merge_m = fields.Integer(allow_none=True)
    merge_days = fields.Integer(allow_none=True)
    body = base.Json()


class ItemList(Schema):
    """The version in force with its classes."""

    version = fields.Integer()
    label = fields.String()
    name = fields.String()
    effective_on = fields.Date()
    step_limits = base.Json()
    classes = fields.List(fields.Nested(ItemClass))


class NewList(base.Body):
    """A version as its file says it."""

    list = fields.Dict(required=True)
    majors = fields.List(fields.Dict(), required=True)
    classes = fields.List(fields.Dict(), required=True)


class PublishedList(Schema):
    """The number of the new version."""

    version = fields.Integer()


@blueprint.get("/grids")
@blueprint.arguments(LevelQuery, location="query")
@blueprint.response(200, Grids)
def every(query: dict[str, Any]) -> dict[str, Any]:
    """List the grids in force, by code."""
    return {"items": node.every(database.connection(), query["level"])}


@blueprint.get("/grids/at")
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, Grid)
def at(query: dict[str, Any]) -> Any:
    """Tell in which cell a place lies; a place outside the town is refused."""
    connection = database.connection()
    return node.get(connection, node.at(connection, query["lon"], query["lat"]))


@blueprint.get("/grids/<code>")
@blueprint.response(200, Shaped)
def one(code: str) -> dict[str, Any]:
    """Show a grid, in force or closed."""
    connection = database.connection()
    row = node.get(connection, code)
    return {**row._mapping, "successors": node.successors(connection, code)}


@blueprint.post("/grids/redrawings")
@grids.keepers
@blueprint.arguments(Redrawing)
@blueprint.response(201, Opened)
def redraw(sent: dict[str, Any]) -> dict[str, Any]:
    """Let cells give way to others on exactly the same ground."""
    drawn = [grids.drawn(feature) for feature in sent["features"]]
    wanted = redrawing.Redrawing(sent["closed"], drawn, sent["heir"], sent["reason"], sent["branches"])
    return {"opened": redrawing.redraw(database.connection(), security.actor(), wanted)}


@blueprint.get("/grid-items")
@blueprint.response(200, ItemList)
def items() -> dict[str, Any]:
    """Show the list of items in force."""
    connection = database.connection()
    head = item_class.current(connection)
    return {**head._mapping, "classes": item_class.every(connection, head.version)}


@blueprint.post("/grid-items/versions")
@grids.keepers
@blueprint.arguments(NewList)
@blueprint.response(201, PublishedList)
def publish(sent: dict[str, Any]) -> dict[str, Any]:
    """Publish a new version of the list of items; every class is checked first."""
    wanted = item_list.draft(sent["list"], sent["majors"], sent["classes"])
    return {"version": item_list.publish(database.connection(), security.actor(), wanted)}
