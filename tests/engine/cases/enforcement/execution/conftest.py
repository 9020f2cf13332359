"""A decided penalty whose decision has been issued, in the demo town, and the steps that follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases import case as cases
from engine.cases import deadline, decision
from engine.cases.enforcement.execution import payment, service, windows
from engine.cases.enforcement.judging import draft, notification, penalty
from engine.cases.papers import document, template
from engine.cases.people import party

OFFICER, MAYOR, LEADER, CLERK = (audit.Actor(name) for name in ("P058", "P002", "P003", "P020"))
Decided = Callable[..., sa.Row[Any]]
FRONT = b"// title: T\n// title:en: T\n// prefix: X\n// to: applicant\n// part: main 1\n// keep: 10\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty page for each document."""
    monkeypatch.setattr(template, "print_out", lambda *_given: b"%PDF-1.4\n%%EOF\n")


def issue(connection: Connection, case: sa.Row[Any], kind: str, **data: Any) -> sa.Row[Any]:
    """Issue a document of a kind that says this."""
    templates = {template.path_of(kind): FRONT.replace(b"prefix: X", f"prefix: {kind}".encode()[:24])}
    return document.issue(connection, OFFICER, case, template.Draft(kind=kind, templates=templates, data=data))


def at(*parts: int) -> Any:
    """Stand the clock at a moment in the town."""
    return clock.frozen(datetime(*parts, tzinfo=clock.TOWN))  # type: ignore[arg-type,misc]


@pytest.fixture
def decided(connection: Connection) -> Decided:
    """Make a case of a party, fined this much on this day at ten, with the decision issued."""

    def make(day: tuple[int, int, int], amount: int, *, kind: str = "organisation", item: str = "GL-CF1-121") -> Any:
        about = {"kind": kind, "name": "王小明" if kind == "person" else "某建材公司", "phone": "13800138000",
                 "address": "官林镇东虹路8号", "id_number": ""}  # fmt: skip
        with at(*day, 10):
            opening = cases.Opening(item={"code": item, "name": "占道经营"}, catalogue_version=0, channel="巡查",
                                    applicant=about, kind="enforcement")  # fmt: skip
            row = cases.create(connection, OFFICER, opening)
            row = cases.change(connection, row.id, accepted_at=clock.now())
            facts = {"act": {"facts": "在人行道堆放", "date": "2026-01-05", "place": "东虹路"},
                     "item": {"code": item, "violated": "条例1", "basis": "条例2"},
                     "penalty": {"kinds": [{"kind": "罚款", "amount": amount, "text": ""}]}}  # fmt: skip
            kept = draft.keep(connection, OFFICER, row, draft.content_of(facts, [{"id": 1, "sha256": "a" * 64}]))
            made = connection.execute(
                sa.insert(decision.decision)
                .values(case_id=row.id, result="penalised", reasons="x", basis="条例2", remedies="x", conditions="",
                        decided_by="P002", decided_at=clock.now(), effective=True)
                .returning(decision.decision)
            ).one()  # fmt: skip
            told = connection.execute(
                sa.insert(notification.penalty_notice)
                .values(case_id=row.id, draft_id=kept.id, draft_hash=kept.content_hash, hearing_told=False,
                        mode="direct", recipient="x", handed_on=date(2025, 1, 5), served_on=date(2025, 1, 5),
                        plea_due_on=date(2025, 1, 12), told_by="P058", told_at=clock.now())
                .returning(notification.penalty_notice)
            ).one()  # fmt: skip
            connection.execute(
                sa.insert(penalty.penalty_decision).values(
                    decision_id=made.id, case_id=row.id, draft_id=kept.id, draft_hash=kept.content_hash,
                    notice_id=told.id, fine=amount, due_on=clock.today(), overdue_reason="",
                )
            )  # fmt: skip
            row = cases.change(connection, row.id, state="decided", outcome="penalised", decided_at=clock.now())
            issue(connection, row, "penalty_decision", fine={"amount": amount})
        return row

    return make


def serve(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any] | None:
    """Hand the decision over today; the fine falls due and the party's periods run."""
    told = {"mode": "direct", "receiver_is": "representative", "receiver": "经理"}
    if party.get(connection, case.applicant_id).kind == "person":
        told["receiver_is"] = "party"
    row = service.attempt(connection, OFFICER, case, "penalty_decision", told)
    windows.open_(connection, OFFICER, case, row.effective_on)
    return payment.open_(connection, OFFICER, case)


def due(connection: Connection, case: sa.Row[Any], key: str, subject: str = "") -> str:
    """Return the last day of a period of the case."""
    rows = [row for row in deadline.of(connection, case.id) if (row.period, row.subject) == (key, subject)]
    return str(rows[-1].due_on)
