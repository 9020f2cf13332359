"""The demo town has cases in every state, done by its own persons, each with a chain that holds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, incidents
from engine.cases import case as cases
from engine.cases.grid.patrols import patrol
from engine.cases.grid.sources import source
from engine.cases.papers import template
from engine.cases.radar import finding
from engine.organisation import person
from web.cli import demo


def test_the_cases_of_the_town_stand_in_every_state(
    town: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEWINDOW_DEMO", "1")
    monkeypatch.setenv("ONEWINDOW_DATA_DIR", str(tmp_path))
    with template.blank():
        assert demo.let_cases_in(town)
    assert not demo.let_cases_in(town)
    with db.reading(town) as connection:
        found = connection.execute(sa.select(cases.case_file)).all()
        states = {row.state for row in found if row.kind == "approval"}
        assert {"received", "correcting", "accepted", "deciding", "delivering", "archiving", "archived"} <= states
        enforced = {row.state for row in found if row.kind == "enforcement"}
        assert {
            "checking", "filing", "investigating", "legal_review", "notified", "hearing", "deciding", "decided",
            "serving", "executing", "archived",
        } <= enforced  # fmt: skip
        assert {row.kind for row in found} == {"approval", "enforcement", "grid"}
        staff = set(connection.execute(sa.select(person.person.c.id)).scalars())
        assert {row.opened_by for row in found} <= staff | {"api"}  # what other systems report is theirs
        assert not connection.execute(sa.select(incidents.incident)).all()
        assert finding.counts(connection, finding.Filter(state="open"))["officer_party"] == 2
        heard = {row.code: row for row in source.overview(connection, clock.midnight(clock.today())) if row.heard_at}
        assert {code: (row.silent_since is not None, row.taken, row.refused) for code, row in heard.items()} == {
            "slxh": (False, 1, 1), "szxx": (False, 1, 0), "ahjc": (True, 0, 0),
        }  # fmt: skip
        walked = patrol.page(connection, clock.now() - timedelta(days=7), clock.now())
        assert len({row.person_id for row in walked}) > 5
        heads = connection.execute(sa.select(audit.audit_head)).all()
        assert all(audit.verify(connection, audit.Head(row.stream, row.seq, row.hash)) is None for row in heads)
