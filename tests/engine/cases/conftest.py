"""A case at a window, with the calendar of 2026, for every test of the case domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, calendars, clock
from engine.cases import case as cases
from engine.ground import files

CLERK = audit.Actor("P101")
ITEM: dict[str, Any] = {
    "code": "GL-WJW-012",
    "name": "公共场所卫生许可新办",
    "kind": "行政许可",
    "channels": ["窗口", "网上", "代理", "预约"],
    "village_enabled": False,
    "statutory_limit": {"n": 20, "unit": "工作日"},
    "promised_limit": {"n": 7, "unit": "工作日"},
    "visits": 1,
    "materials": [
        {"code": "M001", "name": "申请表", "required": True, "lacking_ok": False},
        {"code": "M002", "name": "居民身份证", "required": True, "lacking_ok": True},
        {"code": "M003", "name": "照片", "required": False, "lacking_ok": True},
    ],
}
APPLICANT = {
    "kind": "person",
    "name": "王小明",
    "id_number": "11010519491231002X",
    "phone": "13800138000",
    "address": "官林镇东虹路1号",
}


@pytest.fixture
def opening() -> Callable[..., cases.Opening]:
    """What 王小明 hands in at window 3, with changes: ``opening(channel="网上")``."""

    def given(**changed: Any) -> cases.Opening:
        usual = {"item": ITEM, "catalogue_version": 1, "channel": "窗口", "applicant": APPLICANT, "window": "W03"}
        return cases.Opening(**(usual | changed))  # type: ignore[arg-type]

    return given


@pytest.fixture
def connection(db_connection: Connection) -> Connection:
    """A transaction in which the calendar of 2026 has been entered."""
    calendars.publish(db_connection, audit.SYSTEM, 2026, calendars.seeded(2026), origin="test")
    return db_connection


@pytest.fixture
def case(connection: Connection, opening: Callable[..., cases.Opening]) -> sa.Row[Any]:
    """A case received on Monday 2 March 2026 at nine."""
    return cases.create(connection, CLERK, opening())


@pytest.fixture
def at() -> Callable[..., AbstractContextManager[None]]:
    """Stand the clock at a moment in the town: ``with at(2026, 3, 9, 10):``."""

    def stand(*parts: int) -> AbstractContextManager[None]:
        return clock.frozen(datetime(*parts, tzinfo=clock.TOWN))  # type: ignore[arg-type,misc]

    return stand


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[Path]:
    """Files of a test lie in its own folder."""
    files.configure(tmp_path)
    yield tmp_path
    files._root = None
