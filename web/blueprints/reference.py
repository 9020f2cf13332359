"""The reference of the API for people: the same description that programs read, as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, render_template

from web.security import public

blueprint = Blueprint("reference", __name__)
METHODS = ("get", "post", "put", "patch", "delete")


@blueprint.get("/api")
@public
def api() -> str:
    """Show every call with what it takes and gives, under its resource."""
    described = current_app.extensions["onewindow.api"].spec.to_dict()
    calls: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in described["tags"]}
    for path, methods in described["paths"].items():
        for method in METHODS:
            if method in methods:
                call = methods[method]
                calls[call["tags"][0]].append(_call(path, method, methods, call))
    intro, *points = " ".join(described["info"]["description"].split()).replace("`", "").split(" * ")
    return render_template(
        "reference/api.html",
        intro=intro,
        points=points,
        tags=described["tags"],
        calls=calls,
        schemas=described["components"]["schemas"],
        kind=kind,
        named=named,
    )


def _call(path: str, method: str, methods: Mapping[str, Any], call: Mapping[str, Any]) -> dict[str, Any]:
    answers = [
        (status, _schema(answer))
        for status, answer in call["responses"].items()
        if status.isdecimal() and status < "300"
    ]
    return {
        **call,
        "id": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        "method": method.upper(),
        "path": path,
        "takes": [*methods.get("parameters", ()), *call.get("parameters", ())],
        "body": _schema(call.get("requestBody", {})),
        "answers": answers,
    }


def _schema(carrier: Mapping[str, Any]) -> str:
    """Return the name of the schema of a request's body or of an answer."""
    contents: Mapping[str, Any] = carrier.get("content") or {}
    return next((named(content.get("schema", {})) for content in contents.values()), "")


def named(schema: Mapping[str, Any]) -> str:
    """Return the name of the schema that is referred to, empty where none is."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def kind(schema: Mapping[str, Any]) -> str:
    """Return in a word what values of a schema are."""
    if "items" in schema:
        return f"list of {named(schema['items']) or kind(schema['items'])}"
    return " ".join(str(schema[name]) for name in ("type", "format") if name in schema) or "any"
