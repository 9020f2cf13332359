"""A filed case of the third team in the demo town, and the officers who investigate it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock
from engine.cases import case as cases
from engine.cases.enforcement.investigation import act, evidence
from engine.ground import files

YAO, LUO, KANG, CHENG, TAN = "P070", "P071", "P072", "P073", "P074"
"""Officers of the third team; 康's licence ends on 10 December 2026, 谭's is suspended."""
MAYOR, LEADER, REVIEWER = "P002", "P003", "P077"
OFFICER = audit.Actor(YAO)
ITEM: dict[str, Any] = {
    "code": "GL-CF3-305",
    "name": "未取得农药经营许可证经营农药",
    "seizure_clause_candidate": "农药管理条例41(五)",
}
SHOP = {"kind": "person", "name": "某农资店", "phone": "13800138000", "address": "官林镇东虹路1号"}
PAPER = {
    "original_or_copy": "original",
    "issuer": "某农资店",
    "doc_date": "2026-02-20",
    "seal": "印章清晰",
}
THING = {
    "description": "草甘膦异丙胺盐 41%",
    "quantity": "12瓶",
    "condition": "完好",
    "place_kept": "物证室A柜",
    "photos": "P1、P2",
    "perishable": "no",
    "taken_by": "keeping",
}


def moment(*parts: int) -> datetime:
    """Return a moment in the town: ``moment(2026, 3, 2, 10)``."""
    return datetime(*parts, tzinfo=clock.TOWN)  # type: ignore[arg-type,misc]


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    """A transaction in the demo town that is rolled back when the test ends."""
    with town.connect() as opened:
        opened.info["after_commit"] = []
        with opened.begin() as work:
            yield opened
            work.rollback()


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Path:
    """Files of a test lie in its own folder."""
    files.configure(tmp_path)
    return tmp_path


@pytest.fixture
def at() -> Callable[..., AbstractContextManager[None]]:
    """Stand the clock at a moment in the town: ``with at(2026, 3, 9, 10):``."""
    return lambda *parts: clock.frozen(moment(*parts))


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A case of pesticides sold without a licence, taken in on Monday 2 March 2026 at nine."""
    opening = cases.Opening(item=ITEM, catalogue_version=1, channel="巡查", applicant=SHOP, kind="enforcement")
    return cases.create(connection, OFFICER, opening)


def stored(connection: Connection, content: bytes = b"%PDF-1.7 a", name: str = "a.pdf") -> int:
    """Store a file and return its id."""
    return int(files.store(connection, io.BytesIO(content), name, OFFICER).id)


def entry(**changed: Any) -> evidence.Entry:
    """Return what is said of a paper that 姚 and 罗 took at nine, with changes."""
    usual: dict[str, Any] = {
        "kind": "doc",
        "title": "进货台账",
        "source": "party",
        "takers": [YAO, LUO],
        "place": "官林镇东虹路1号",
        "obtained_at": moment(2026, 3, 2, 9),
        "said": PAPER,
        "shelf_mark": "A-01",
    }
    return evidence.Entry(**(usual | changed))


def inspection(**changed: Any) -> act.Record:
    """Return the record of an inspection by 姚 and 罗 from eight to half past, with changes."""
    usual: dict[str, Any] = {
        "kind": "inspection",
        "started_at": moment(2026, 3, 2, 8),
        "ended_at": moment(2026, 3, 2, 8, 30),
        "place": "官林镇东虹路1号",
        "officers": [YAO, LUO],
        "licences_shown": True,
        "findings": "货架上有农药十二瓶",
        "recording": "AV-0001",
    }
    return act.Record(**(usual | changed))


def trail(connection: Connection, case: sa.Row[Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what the trail of the case says, in order."""
    return [(event.action, event.details) for event in audit.trail(connection, case.number)]
