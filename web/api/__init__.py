"""The API /api/v1: the same verbs, checks and forms as the pages, for programs that act for a person or a system.

Its description, ``/api/v1/openapi.json``, is made from what the code declares.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import flask_smorest
from flask import Flask

PREFIX = "/api/v1"
TEXT = """\
The case processing system of a town government, for programs.

* Every call carries `Authorization: Bearer <token>`; a token acts as its person or system and may do what they may.
* Every call that changes something carries `Idempotency-Key`: 8 to 80 characters that you choose. The same call under
  the same key is carried out once and answered alike; another call under it is refused with 422.
* Errors are problem documents (RFC 9457) in the language of `Accept-Language` (`zh-CN`, `en`); `type` never changes
  with the language. Fields that cannot be accepted stand in `errors`.
* Lists come in pages; `next` is the address of the following page, or null.
* What you may not see is answered as if it did not exist.
"""


class _Api(flask_smorest.Api):  # type: ignore[misc]  # the library publishes no types
    """The library's own error pages would answer for the whole house; ours know the API's addresses."""

    def _register_error_handlers(self) -> None:
        return

    def register_blueprint(self, blp: Any, *, parameters: Any = None, **options: Any) -> None:
        """Take the calls of a resource in, described under its title; the library would call them by the module."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=parameters)
        self.spec.tag({"name": blp.title, "description": blp.description})


def init_app(app: Flask) -> None:
    """Offer the API and its description."""
    app.config.update(
        API_TITLE="OneWindow",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": TEXT},
            "security": [{"bearer": []}],
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        },
    )
    api = app.extensions["onewindow.api"] = _Api(app)
    for each in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{__name__}.{each.name}")
        if hasattr(module, "blueprint"):
            api.register_blueprint(module.blueprint)
