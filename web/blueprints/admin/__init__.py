"""The pages of the administrators: incidents, pushes, settings, calendar, people; one file each."""

from __future__ import annotations

import importlib

from flask import Blueprint

from web import security

blueprint = Blueprint("admin", __name__)
administrators = security.requires("administrator")

for _page in ("calendar", "incidents", "instances", "people", "processes", "pushes", "settings", "sources"):
    importlib.import_module(f"{__name__}.{_page}")
