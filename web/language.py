"""Which language the reader reads: the cookie, else the person's profile, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from babel import Locale
from flask import g, has_request_context, request
from flask_babel import force_locale

LOCALES = {"zh_CN": "中文", "en": "English"}
COOKIE = "lang"
_KNOWN = {name: Locale.parse(name) for name in LOCALES}
"""What Babel knows of each; it would parse the name anew for each request."""


def chosen() -> Locale:
    """Return the reader's locale."""
    return _KNOWN[locale_name()]


def _wanted() -> str:
    own = request.cookies.get(COOKIE) or getattr(g.get("person"), "language", None)
    if own in LOCALES:
        return str(own)
    wanted = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh")
    return "en" if wanted == "en" else "zh_CN"


def locale_name() -> str:
    """Return the locale in use, ``zh_CN`` or ``en`` (Babel itself calls the first one ``zh_Hans_CN``).

    A page asks for it hundreds of times: the first answer is kept as long as the request lasts.
    """
    try:
        return cast(str, g._get_current_object().locale_name)
    except AttributeError:  # nobody has asked yet
        known = g.locale_name = _wanted() if has_request_context() else "zh_CN"
        return known
    except RuntimeError:  # outside of any application
        return "zh_CN"


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak a language that is not the reader's within the block, for papers that are always in one language."""
    before = locale_name()
    g.locale_name = locale
    try:
        with force_locale(locale):
            yield
    finally:
        g.locale_name = before
