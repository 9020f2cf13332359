"""Style sheets and scripts: those in ``assets/`` as they are, bundles from ``static/dist`` where they were built."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, send_from_directory, url_for

from web.security import public

FOLDER = Path(__file__).parent / "assets"
BUNDLES = Path(__file__).parent / "static" / "dist"
NAME = re.compile(r"[a-z]+(-\d+)?\.(css|js|svg|png)")

blueprint = Blueprint("assets", __name__)


def init_app(app: Flask) -> None:
    """Serve the files and offer their addresses to templates."""
    app.register_blueprint(blueprint)
    app.add_template_global(asset)
    app.add_template_global(bundle)


@blueprint.get("/assets/<name>")
@public
def one(name: str) -> Response:
    """Serve one file that stands directly in ``assets/``."""
    if not NAME.fullmatch(name):
        abort(404)
    return send_from_directory(FOLDER, name, max_age=3600)


def asset(name: str) -> str:
    """Return the address of a file in ``assets/``; it changes with the content."""
    return _address(request.script_root, name)


@functools.cache
def _address(_root: str, name: str) -> str:
    return f"{url_for('assets.one', name=name)}?v={_mark(FOLDER / name)}"


def bundle(name: str) -> str | None:
    """Return the address of a bundle, or None where none was built: pages then do without it."""
    place = BUNDLES / name
    return f"{url_for('static', filename=f'dist/{name}')}?v={_mark(place)}" if place.exists() else None


def mark(names: Iterable[str]) -> str:
    """Return a word that changes when one of the addresses does."""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


@functools.cache
def _mark(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()[:8]
