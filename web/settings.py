"""The settings of the web process: environment variables only, read once when it starts.

===========================  =======================================================================================
variable                     meaning (default)
===========================  =======================================================================================
ONEWINDOW_DATABASE_URL       ``sqlite:///file`` or ``postgresql+psycopg://user@host/name`` (a file in the data folder)
ONEWINDOW_DATA_DIR           folder of stored files, outside any web root (``var``)
ONEWINDOW_FONT_DIR           folder of fonts for documents, besides the system's (the fonts built into ``web/static``)
ONEWINDOW_SECRET_KEY         signs cookies, at least 32 characters; in demo mode one is made and kept in the data folder
ONEWINDOW_DEMO               ``1``: the demo town; the log-in page tells how to find its accounts (``0``)
ONEWINDOW_BASE_URL           the address people type; ``https`` makes cookies secure (``http://localhost:8000``)
ONEWINDOW_TOWN               name beside the product (the organisation's root unit)
ONEWINDOW_SESSION_HOURS      a log-in lasts so many hours, less if two pass without a request (``12``)
ONEWINDOW_UPLOAD_MB          largest request, files included (``50``)
ONEWINDOW_PROXIES            number of trusted reverse proxies in front (``0``)
ONEWINDOW_SCHEDULER          ``0``: this process dispatches no jobs, a worker does (``1``)
===========================  =======================================================================================
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BUILT_FONTS = Path(__file__).parent / "static" / "dist" / "fonts"
SECRET_LENGTH = 32
SECRET_VARIETY = 8
"""A secret with fewer different characters was typed by somebody who wanted to get on."""


class UnsafeSettings(Exception):
    """The process must not start with these settings; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What the environment says; see the table above."""

    database_url: str = "sqlite:///var/onewindow.db"
    data_dir: Path = Path("var")
    font_dir: Path = BUILT_FONTS
    secret_key: str = ""
    demo: bool = False
    base_url: str = "http://localhost:8000"
    town: str = ""
    session_hours: int = 12
    upload_mb: int = 50
    proxies: int = 0
    scheduler: bool = True

    @property
    def secure(self) -> bool:
        """Whether people reach us through TLS."""
        return self.base_url.startswith("https://")


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises
    ------
    UnsafeSettings
        If the secret is missing or weak outside demo mode, or a number is none.
    """
    data_dir = _data_dir(environment)
    demo = _switch(environment, "ONEWINDOW_DEMO", default=False)
    return Settings(
        database_url=database_url(environment),
        data_dir=data_dir,
        font_dir=Path(environment.get("ONEWINDOW_FONT_DIR") or BUILT_FONTS),
        secret_key=_secret(environment.get("ONEWINDOW_SECRET_KEY", ""), data_dir, demo=demo),
        demo=demo,
        base_url=environment.get("ONEWINDOW_BASE_URL", Settings.base_url).rstrip("/"),
        town=environment.get("ONEWINDOW_TOWN", ""),
        session_hours=_number(environment, "ONEWINDOW_SESSION_HOURS", Settings.session_hours),
        upload_mb=_number(environment, "ONEWINDOW_UPLOAD_MB", Settings.upload_mb),
        proxies=_number(environment, "ONEWINDOW_PROXIES", Settings.proxies, least=0),
        scheduler=_switch(environment, "ONEWINDOW_SCHEDULER", default=True),
    )


def database_url(environment: Mapping[str, str] = os.environ) -> str:
    """Return where the database is: the setting, else a file in the data folder."""
    return environment.get("ONEWINDOW_DATABASE_URL") or f"sqlite:///{_data_dir(environment) / 'onewindow.db'}"


def _data_dir(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("ONEWINDOW_DATA_DIR") or "var")


def weakness(secret: str) -> str | None:
    """Say what is wrong with a secret, or None."""
    if not secret:
        return "is not set"
    if len(secret) < SECRET_LENGTH:
        return f"has {len(secret)} characters, at least {SECRET_LENGTH} are needed"
    if len(set(secret)) < SECRET_VARIETY:
        return "repeats itself"
    return None


def _secret(given: str, data_dir: Path, *, demo: bool) -> str:
    weak = weakness(given)
    if weak is None:
        return given
    if demo and not given:
        return _kept_secret(data_dir / "secret.key")
    raise UnsafeSettings(
        f"ONEWINDOW_SECRET_KEY {weak}. Make one with "
        "python -c 'import secrets; print(secrets.token_urlsafe(48))', or set ONEWINDOW_DEMO=1 for a trial."
    )


def _kept_secret(place: Path) -> str:
    """Return the demo's secret, made on first use, so that a restart does not log everybody out."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(secrets.token_urlsafe(48))
    return place.read_text().strip()


def _number(environment: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    given = environment.get(name, "")
    if not given:
        return default
    if not given.isdecimal() or int(given) < least:
        raise UnsafeSettings(f"{name} must be a whole number from {least}, not {given!r}.")
    return int(given)


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    given = environment.get(name, "")
    if given in ("", "0", "1"):
        return default if given == "" else given == "1"
    raise UnsafeSettings(f"{name} must be 0 or 1, not {given!r}.")
