"""The demo town on a working morning, and events that are reported in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock
from engine.cases.grid import reporting
from engine.ground import files

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)
WORKER = audit.Actor("P132")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    """A write transaction on the demo town that is rolled back."""
    with clock.frozen(MORNING), town.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            yield connection
            work.rollback()


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Path:
    """Files of a test lie in its own folder."""
    files.configure(tmp_path)
    return tmp_path


@pytest.fixture
def at() -> Callable[..., AbstractContextManager[None]]:
    """Stand the clock at a moment in the town: ``with at(2026, 3, 9, 10):``."""
    return lambda *parts: clock.frozen(datetime(*parts, tzinfo=clock.TOWN))  # type: ignore[arg-type,misc]


def reported(**changed: Any) -> reporting.Report:
    """Return what the worker of grid GL-01-01 reports, with changes."""
    usual: dict[str, Any] = {
        "source": "网格员",
        "class_code": "S0201",
        "lon": 119.688472,
        "lat": 31.508861,
        "description": "消防通道被杂物占用",
        "address": "镇中社区演示路67号附近",
    }
    return reporting.Report(**(usual | changed))


def stored(connection: Connection, content: bytes = PNG + b"a", name: str = "a.png") -> int:
    """Store a file and return its id."""
    return int(files.store(connection, io.BytesIO(content), name, WORKER).id)
