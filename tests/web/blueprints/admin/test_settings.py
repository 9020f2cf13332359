"""The settings: read from the environment only, and no start with a secret that anybody can guess."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from web import settings

GOOD = "kO3vX9-s1Zq7LmT0uYb4WcR8eHd2JfAn"


def test_a_good_secret_is_taken_as_it_is() -> None:
    assert settings.from_environment({"ONEWINDOW_SECRET_KEY": GOOD}).secret_key == GOOD


@pytest.mark.parametrize(("secret", "why"), [("", "is not set"), ("short", "5 characters"), ("ab" * 20, "repeats")])
def test_an_unsafe_secret_stops_the_start(secret: str, why: str) -> None:
    with pytest.raises(settings.UnsafeSettings, match=why):
        settings.from_environment({"ONEWINDOW_SECRET_KEY": secret})


def test_the_demo_makes_its_own_secret_and_keeps_it(tmp_path: Path) -> None:
    environment = {"ONEWINDOW_DEMO": "1", "ONEWINDOW_DATA_DIR": str(tmp_path / "var")}
    first, second = settings.from_environment(environment), settings.from_environment(environment)
    assert settings.weakness(first.secret_key) is None
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "var/secret.key").stat().st_mode) == 0o600


def test_the_demo_does_not_excuse_a_weak_secret_that_was_given() -> None:
    with pytest.raises(settings.UnsafeSettings):
        settings.from_environment({"ONEWINDOW_DEMO": "1", "ONEWINDOW_SECRET_KEY": "secret"})


def test_the_database_stands_in_the_data_folder_unless_named() -> None:
    found = settings.from_environment({"ONEWINDOW_SECRET_KEY": GOOD, "ONEWINDOW_DATA_DIR": "/srv/onewindow"})
    assert found.database_url == "sqlite:////srv/onewindow/onewindow.db"


@pytest.mark.parametrize(("name", "value"), [("ONEWINDOW_DEMO", "yes"), ("ONEWINDOW_UPLOAD_MB", "many")])
def test_a_setting_that_cannot_be_read_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(settings.UnsafeSettings, match=name):
        settings.from_environment({"ONEWINDOW_SECRET_KEY": GOOD, name: value})


def test_https_makes_cookies_secure() -> None:
    assert settings.Settings(base_url="https://town.example").secure
    assert not settings.Settings().secure


def test_every_setting_is_documented() -> None:
    read = set(re.findall(r'"(ONEWINDOW_[A-Z_]+)"', Path(settings.__file__).read_text()))
    documented = set(re.findall(r"^(ONEWINDOW_[A-Z_]+) ", settings.__doc__ or "", re.MULTILINE))
    assert read == documented


@pytest.mark.parametrize("guide", ["administrator.md", "administrator.zh-CN.md"])
def test_every_setting_stands_in_the_guide(guide: str) -> None:
    text = (Path(__file__).parents[4] / "docs" / guide).read_text("utf-8")
    named = set(re.findall(r"ONEWINDOW_[A-Z_]+", Path(settings.__file__ or "").read_text("utf-8")))
    assert {name for name in named if f"| `{name}` |" not in text} == set()
