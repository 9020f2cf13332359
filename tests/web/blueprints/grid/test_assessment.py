"""The pages of the monthly assessment: whose score is whose, appeals of a line, objections to what is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bench.measure import counting
from engine import audit, clock, db, instances
from engine.cases.grid import reporting
from engine.cases.grid.assessment import answer, score, window
from engine.cases.grid.patrols import patrol
from tests.engine.cases.grid.conftest import reported
from tests.web.conftest import Visit
from tests.web.test_statements import OF_THE_INBOX

WORKER, COLLEAGUE, HEAD, OTHER_HEAD, CENTRE, LEADER, AUDITOR, CLERK = (
    "demo132", "demo133", "demo099", "demo100", "demo082", "demo001", "demo092", "demo029",
)  # fmt: skip
FIRST = datetime(2026, 11, 1, 9, tzinfo=clock.TOWN)
OCTOBER = "/assessments/2026-10"


@pytest.fixture(scope="module")
def assessed(town: Engine) -> Engine:
    """The town on the morning on which October was frozen; P133 had reported an event."""
    with clock.frozen(datetime(2026, 10, 20, 9, tzinfo=clock.TOWN)), db.transaction(town) as connection:
        reporting.report(connection, audit.Actor("P133"), reported())
    with clock.frozen(FIRST), db.transaction(town) as connection:
        instances.start(connection, audit.SYSTEM, window.PROCESS, business_key="KH-web", variables={}, start_event="M0")
    return town


@pytest.fixture(autouse=True)
def morning(assessed: Engine) -> Iterator[None]:
    """Everything happens on that morning."""
    with clock.frozen(FIRST):
        yield


def test_a_score_is_the_workers_the_heads_the_centres_the_leaders_and_the_auditors(visit: Visit) -> None:
    path = f"{OCTOBER}/workers/P132"
    for login in (WORKER, HEAD, CENTRE, LEADER, AUDITOR):
        assert visit(login).get(path).status_code == 200, login
    for login in (COLLEAGUE, OTHER_HEAD, CLERK):
        assert visit(login).get(path).status_code == 404, login
        assert visit(login).get(OCTOBER).status_code == 403, login
        assert visit(login).get(f"{OCTOBER}.csv").status_code == 403, login


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "应巡点覆盖率"), ("en", "check points reached")])
def test_a_score_shows_its_figures_and_its_formula(visit: Visit, language: str, words: str) -> None:
    text = visit(WORKER, language=language).get(f"{OCTOBER}/workers/P132").text
    assert words in text
    assert "points_reached / points_due / target" in text
    assert 'name="answer"' in text
    crossed = visit(CENTRE, language=language).get(f"{OCTOBER}/workers/P179").text
    assert ("虚报、伪造巡查或照片" if language == "zh_CN" else "R1 invented or forged patrols") in crossed
    assert 'name="answer"' not in visit(CENTRE).get(f"{OCTOBER}/workers/P132").text


@pytest.mark.parametrize(
    ("language", "words", "every"),
    [("zh_CN", "结果一致", "全部得分一致"), ("en", "the same figure", "every score comes out the same")],
)
def test_a_score_says_that_it_was_counted_again(
    visit: Visit, assessed: Engine, language: str, words: str, every: str
) -> None:
    assert words in visit(WORKER, language=language).get(f"{OCTOBER}/workers/P132").text
    assert every in visit(CENTRE, language=language).get(OCTOBER).text
    scores = score.assessment_score
    with db.transaction(assessed) as connection:
        connection.execute(sa.update(scores).where(scores.c.worker == "P140").values(hundredths=1))
    page = visit(AUDITOR, language=language).get(f"{OCTOBER}/workers/P140").text
    assert words not in page
    assert "0.01" in page
    assert every not in visit(CENTRE, language=language).get(OCTOBER).text
    with db.transaction(assessed) as connection:
        again = score.recounted(connection, "2026-10", [score.of_worker(connection, "P140")[0]])["P140"]
        connection.execute(sa.update(scores).where(scores.c.worker == "P140").values(hundredths=int(again * 100)))


def test_a_line_opens_each_event_once_and_puts_its_figures_into_the_formula(visit: Visit) -> None:
    worker = visit("demo133", language="en")
    text = worker.get(f"{OCTOBER}/workers/P133").text
    events = set(re.findall(r'href="(/cases/[^"]+)"', text))
    assert events
    for link in events:
        assert worker.get(link).status_code == 200, link
        assert visit(HEAD).get(link).status_code == 200, link
    assert "Entered for the month by the Grid Centre" in text
    filed = re.search(r"<code[^>]*>if (\d+) = 0 then 100 else min\((\d+) / (\d+) / 0.9, 1\) \* 100 = [0-9.]+<", text)
    assert filed is not None


def test_the_register_of_patrols_is_read_by_those_who_assess(visit: Visit, assessed: Engine) -> None:
    begun = datetime(2026, 10, 6, 9, tzinfo=clock.TOWN)
    with db.transaction(assessed) as connection:
        for number in range(3):
            start = begun + timedelta(days=number)
            track = [(start, 119.7, 31.5, 5), (start + timedelta(minutes=90), 119.71, 31.5, 5)]
            walked = patrol.Walked(f"walk-{number}", start, start + timedelta(minutes=90), track)
            patrol.keep(connection, audit.Actor(f"P13{number % 2 + 2}"), walked)
    centre = visit(CENTRE, language="en")
    page = centre.get("/patrols?month=2026-10").text
    assert page.count(">90</td>") == 3
    assert centre.get("/patrols?month=2026-10&worker=P133").text.count(">90</td>") == 1
    assert "No patrol in this month" in centre.get("/patrols?month=2026-09").text
    assert centre.get("/patrols?month=nonsense&below=-1").status_code == 200
    table = centre.get("/patrols.csv?month=2026-10").text
    assert [len(table.splitlines()), "P132" in table, "2026-10-06 09:00" in table] == [4, True, True]
    assert [visit(who).get("/patrols").status_code for who in (AUDITOR, WORKER, CLERK)] == [200, 403, 403]
    number = re.findall(r'href="/patrols/(\d+)"', page)[-1]
    opened = centre.get(f"/patrols/{number}").text
    assert ["P132" in opened, 'class="line"' in opened, opened.count("<circle"), "not passed by" in opened] == [
        *(True, True, 4, True),
    ]
    assert [visit(who).get(f"/patrols/{number}").status_code for who in (AUDITOR, WORKER, CLERK)] == [200, 403, 403]
    unknown = centre.get("/patrols/999999")
    assert (unknown.status_code, "There is no such patrol" in unknown.text) == (404, True)
    with db.reading(assessed) as connection:
        begin, end = window.bounds("2026-10")
        first = patrol.page(connection, begin, end, limit=2)
        rest = patrol.page(connection, begin, end, below=first[-1].id)
    assert [row.person_id for row in (*first, *rest)] == ["P132", "P133", "P132"]


def test_the_centre_sees_the_month_and_hands_it_out(visit: Visit) -> None:
    centre = visit(CENTRE)
    assert "P132" in centre.get(OCTOBER).text
    assert "P156" not in centre.get(f"{OCTOBER}?category=community").text
    assert len(centre.get(f"{OCTOBER}.csv").text.splitlines()) == 65
    assert centre.get("/assessments/2026-09").status_code == 404
    assert "尚未公示" in centre.get(f"{OCTOBER}/published").text
    assert "2026-10" in visit(WORKER).get("/assessments").text


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN", "您 2026-10 的得分已经算出"), ("en", "Your score of 2026-10")]
)
def test_a_worker_is_told_what_waits_and_nobody_else(visit: Visit, language: str, words: str) -> None:
    worker = visit("demo134", language=language)
    for path in ("/", "/inbox"):
        assert words in worker.get(path).text, path
        assert words not in visit(HEAD, language=language).get(path).text, path
    assert f'href="{OCTOBER}/workers/P134"' in worker.get("/inbox").text
    assert '<span class="count urgent">1</span>' in worker.get("/cases").text


def test_what_waits_is_asked_along_with_the_inbox(visit: Visit, assessed: Engine) -> None:
    worker = visit("demo137")
    worker.get("/inbox")
    with counting(assessed) as counted:
        text = worker.get("/inbox").text
    assert "查看我的得分" in text
    assert counted.statements == OF_THE_INBOX


def test_what_waits_is_gone_once_it_is_answered_or_late(visit: Visit) -> None:
    worker = visit("demo135")
    assert worker.post(f"{OCTOBER}/answer", {"answer": "confirm"}).status_code == 303
    assert "查看我的得分" not in worker.get("/inbox").text
    with clock.frozen(datetime(2026, 11, 5, 9, tzinfo=clock.TOWN)):
        assert "查看我的得分" not in visit("demo136").get("/inbox").text


def test_a_worker_appeals_once_and_only_for_a_reason(visit: Visit, assessed: Engine) -> None:
    worker = visit(WORKER)
    assert worker.post(f"{OCTOBER}/answer", {"answer": "appeal", "appeal_training": " "}).status_code == 422
    given = {"answer": "appeal", "appeal_training": "当天值班"}
    slipped = worker.post(f"{OCTOBER}/answer", {**given, "answer": "confirm"})
    assert (slipped.status_code, "当天值班" in slipped.text) == (422, True), (
        "Enter in the field presses the first button"
    )
    assert worker.post(f"{OCTOBER}/answer", given).status_code == 303
    assert worker.post(f"{OCTOBER}/answer", given).status_code == 409
    assert "当天值班" in worker.get(f"{OCTOBER}/workers/P132").text
    assert visit(CLERK).post(f"{OCTOBER}/answer", {"answer": "confirm"}).status_code == 409
    with db.reading(assessed) as connection:
        said = {row.worker: row.answer for row in answer.of(connection, "2026-10")}
    assert (said["P132"], said["P133"]) == ("appealed", None)


def test_what_is_published_can_be_objected_to(visit: Visit, assessed: Engine) -> None:
    assert visit(CLERK).get(f"{OCTOBER}/published").status_code == 404
    with db.transaction(assessed) as connection:
        answer.publish(connection, audit.SYSTEM, "2026-10")
    clerk = visit(CLERK)
    assert "P132" in clerk.get(f"{OCTOBER}/published").text
    given = {"worker": "P132", "indicator": "coverage", "reason": ""}
    refused = clerk.post(f"{OCTOBER}/objections", given)
    assert refused.status_code == 422
    assert clerk.post(f"{OCTOBER}/objections", {**given, "reason": "少计两处"}).status_code == 303
    with db.reading(assessed) as connection:
        assert score.of_worker(connection, "P132")[0].version == 1
    with clock.frozen(datetime(2026, 11, 6, 9, tzinfo=clock.TOWN)):
        assert visit(CLERK).post(f"{OCTOBER}/objections", {**given, "reason": "太晚"}).status_code == 409
