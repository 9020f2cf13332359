"""The copy of a challenge and its outcome, recorded on the page of the case and through the API."""

from __future__ import annotations

import io
import itertools

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, clock, db, jobs, tasks
from engine.cases import case as cases
from engine.cases import intervention
from engine.cases.enforcement import filing, lead, on_the_spot
from engine.cases.papers import attachment
from tests.conftest import MORNING
from tests.web.api.conftest import Call
from tests.web.conftest import Visit

PARTIES = (f"冯某{number}" for number in itertools.count(1))
OFFICER, CLERK = "demo064", "demo029"
TODAY = MORNING.date().isoformat()
COPY = {"recon.kind": "reconsideration", "recon.applied_on": TODAY, "recon.received_on": TODAY,
        "recon.authority": "宜兴市人民政府", "recon.number": "宜复〔2026〕1号", "reason": "收到申请书副本"}  # fmt: skip


@pytest.fixture
def penalised(town: Engine) -> str:
    """A penalty that was made on the spot, in force and handed over."""
    officer = audit.Actor("P064")
    wanted = on_the_spot.Wanted(
        ("罚款",), 100, ("P064", "P065"), tuple(on_the_spot.ACTS), place="东虹路", reason="属实"
    )
    with clock.frozen(MORNING), db.transaction(town) as connection:
        case, _ = lead.take_in(connection, officer, lead.Lead("巡查", "倾倒垃圾", party={"name": next(PARTIES)}))
        filing.choose(connection, officer, case, "GL-CF1-116")
        on_the_spot.decide(connection, officer, cases.get(connection, case.number), wanted)
    return str(case.number)


def open_tasks(town: Engine, number: str) -> list[str]:
    """Let everything that is due run and return the elements of the open tasks."""
    for _ in range(9):
        with db.reading(town) as connection:
            due = jobs.due(connection)
        for job in due:
            jobs.run(town, job)
    with db.reading(town) as connection:
        open_ = sa.select(tasks.task.c.element).where(tasks.task.c.business_key.startswith(number), tasks.IS_OPEN)
        return list(connection.scalars(open_))


def test_an_officer_records_the_copy_with_its_file(visit: Visit, town: Engine, penalised: str) -> None:
    address = f"/cases/{penalised}/interventions/challenge"
    visitor = visit(OFFICER)
    assert "登记复议、诉讼副本" in visitor.get(f"/cases/{penalised}").text
    bad = visitor.post(address, {**COPY, "recon.authority": "", "file": (io.BytesIO(b"%PDF-1.7 a"), "副本.pdf")})
    assert bad.status_code == 422
    assert 'name="file_id"' in bad.text
    paper = (io.BytesIO(b"%PDF-1.7 b"), "申请书副本.pdf")
    assert visitor.post(address, {**COPY, "file": paper}).status_code == 303
    assert "E16" in open_tasks(town, penalised)
    assert "申请书副本.pdf" in visitor.get(f"/cases/{penalised}?tab=documents").text
    with db.reading(town) as connection:
        case = cases.get(connection, penalised)
        assert [row.name for row in attachment.of(connection, case.id)] == ["申请书副本.pdf"]
        asked = [row.details for row in audit.trail(connection, penalised) if row.action == "case.asked"]
    assert asked[0]["values"]["recon"]["number"] == "宜复〔2026〕1号"
    assert len(asked[0]["files"]) == 1


def test_only_what_concerns_a_penalty_is_asked_of_it(town: Engine, penalised: str) -> None:
    """What is for licences alone is not offered, nor an outcome of what nobody has challenged."""
    with db.transaction(town) as connection:
        case = cases.get(connection, penalised)
        assert intervention.listened_for(connection, case) == {"challenge"}
        gone = cases.change(connection, case.id, outcome="annulled")
        assert intervention.listened_for(connection, gone) == set()


def test_a_program_records_the_copy_and_the_outcome(call: Call, town: Engine, penalised: str) -> None:
    program = call(OFFICER)
    sent = {name.partition(".")[2] or name: value for name, value in COPY.items()}
    late = program.send(f"/cases/{penalised}/challenges", {**sent, "received_on": "2099-01-01"})
    assert late.status_code == 422
    assert program.send(f"/cases/{penalised}/challenges", {**sent, "files": [10**9]}).status_code == 404
    assert program.send(f"/cases/{penalised}/challenges", sent).status_code == 204
    assert "E16" in open_tasks(town, penalised)
    ended = {"result": "upheld", "result_on": TODAY, "reason": "收到复议决定书"}
    assert program.send(f"/cases/{penalised}/challenges/outcome", ended).status_code == 409
    assert program.send(f"/cases/{penalised}/challenges/outcome", {**ended, "result": "ordered"}).status_code == 422
    assert call(CLERK).send(f"/cases/{penalised}/challenges", sent).status_code == 404
