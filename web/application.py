"""The web of OneWindow: pages and the API, thin over the engine."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask

import forms
from web import addresses, api, assets, database, failures, i18n, process, rendering, security
from web import blueprints as pages
from web.sent import uploads
from web.settings import Settings, from_environment
from web.shown import bar, casefile, explained, formatting, lexicon, matters, readings, remaining


class Application(addresses.Application):
    """Flask with templates compiled per language, and with short ways to what a page needs a hundred times."""

    jinja_environment = rendering.Environment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view or a hook as it is: none is a coroutine, which Flask would look for fourteen times a page."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for the settings, by default those of the environment.

    Raises
    ------
    web.settings.UnsafeSettings
        If the environment's settings are not safe to start with.
    engine.errors.HandlersBroken
        If the handlers of a process package cannot be imported.
    """
    settings = settings or from_environment()
    app = Application(__name__)
    app.extensions["onewindow.settings"] = settings
    addresses.init_app(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    database.init_app(app, process.prepare(settings))
    i18n.init_app(app)
    formatting.init_app(app)
    lexicon.init_app(app)
    explained.init_app(app)
    failures.init_app(app)
    security.init_app(app, settings)
    assets.init_app(app)
    bar.init_app(app)
    casefile.init_app(app)
    readings.init_app(app)
    remaining.init_app(app)
    matters.init_app(app)
    uploads.init_app(app)
    app.add_template_filter(forms.lines)
    api.init_app(app)
    for blueprint in _blueprints():
        app.register_blueprint(blueprint)
    return app


def _blueprints() -> list[Blueprint]:
    """Return what the modules of the pages call ``blueprint``; modules of one folder may share one."""
    names = [each.name for each in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    return list(dict.fromkeys(module.blueprint for module in modules if hasattr(module, "blueprint")))
