"""Documents are rendered once, numbered without gaps, and kept as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases.papers import document, fonts, template
from engine.ground import files
from web.settings import BUILT_FONTS

CLERK = audit.Actor("P101")
NOTICE = """// title: 受理通知书
// title:en: Notice of acceptance
// prefix: 官审受
#import "/onewindow.typ": *
#show: letter
#addressee(data.applicant.name)
你的申请已受理。#facts(("事项", case-facts.item_name), ("电话", none))
#materials(((name: "申请表", copies: 1),))
#remedies
#signature()
#receipt
"""


def draft(source: str = NOTICE, **changed: Any) -> template.Draft:
    given: dict[str, Any] = {
        "kind": "acceptance_notice",
        "templates": {"documents/acceptance_notice.typ": source.encode()},
        "data": {"applicant": {"name": "王小明 #panic() *粗*"}},
    }
    return template.Draft(**(given | changed))


def test_a_document_is_numbered_stored_and_recorded(connection: Connection, case: sa.Row[Any]) -> None:
    row = document.issue(connection, CLERK, case, draft())
    assert document.number_of(row) == "官审受〔2026〕1号"
    content = files.serve(files.get(connection, row.file_id)).path.read_bytes()
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == row.sha256
    assert row.data["document"]["track_url"].endswith(f"/track?number={case.number}")
    event = audit.trail(connection, case.number)[-1]
    assert (event.action, event.details["number"]) == ("document.issued", "官审受〔2026〕1号")


def test_issued_again_it_is_the_stored_one_even_if_the_template_changed(
    connection: Connection, case: sa.Row[Any]
) -> None:
    first = document.issue(connection, CLERK, case, draft())
    again = document.issue(connection, CLERK, case, draft(NOTICE.replace("已受理", "被改写")))
    assert (again.id, again.sha256) == (first.id, first.sha256)
    assert document.issue(connection, CLERK, case, draft(variant="副本")).ordinal == 2


def test_a_document_that_cannot_be_rendered_takes_no_number(
    connection: Connection, case: sa.Row[Any], opening: Callable[..., cases.Opening]
) -> None:
    work = connection.begin_nested()
    with pytest.raises(errors.DocumentTemplateBroken):
        document.issue(connection, CLERK, case, draft(NOTICE + "#data.nothing.here"))
    work.rollback()
    assert document.issue(connection, CLERK, case, draft()).ordinal == 1


@pytest.mark.parametrize(
    "source",
    [
        NOTICE.replace("// prefix: 官审受\n", ""),
        NOTICE + '#import "@preview/cetz:0.3.0": *',
        NOTICE + '#read("/etc/passwd")',
        NOTICE + '#read("../../../../etc/passwd")',
        NOTICE + "#let f(n) = f(n)\n#f(1)",
        NOTICE + "#while true {}",
    ],
)
def test_a_template_reaches_nothing_outside_and_never_hangs(
    connection: Connection, case: sa.Row[Any], source: str
) -> None:
    with pytest.raises(errors.DocumentTemplateBroken):
        document.issue(connection, CLERK, case, draft(source))


def test_a_template_reads_what_it_calls_by_name_and_what_that_calls(connection: Connection, case: sa.Row[Any]) -> None:
    beside = {
        "documents/_head.typ": b'#import "parts/_seal.typ": *\n#let head = seal',
        "documents/parts/_seal.typ": b'#let seal = read("/documents/seal.txt")',
        "documents/seal.txt": "官林镇".encode(),
        "documents/other.typ": b'#import "@preview/cetz:0.3.0": *',
    }
    own = {"documents/acceptance_notice.typ": f'{NOTICE}#import "_head.typ": *\n#head'.encode()}
    row = document.issue(connection, CLERK, case, draft(templates=own | beside))
    assert files.serve(files.get(connection, row.file_id)).path.read_bytes().startswith(b"%PDF")
    with pytest.raises(errors.DocumentTemplateBroken):
        document.issue(connection, CLERK, case, draft(templates=own | {"documents/_head.typ": b"#head"}, variant="2"))


def test_a_package_without_the_template_says_which_one(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.DocumentTemplateMissing, match=r"documents/decision\.typ"):
        document.issue(connection, CLERK, case, draft(kind="decision"))


def by(mode: str, recipient: str = "") -> document.Service:
    return document.Service(mode, recipient, clock.now())


NOON = datetime(2026, 3, 2, 12, 0, 40, tzinfo=clock.TOWN)


@pytest.mark.parametrize(
    ("mode", "served_at"),
    [
        ("window", NOON - timedelta(minutes=1)),
        ("window", NOON - timedelta(days=1)),
        ("window", date(2026, 3, 1)),
        ("public", date(2026, 3, 1)),
        ("window", NOON + timedelta(hours=3, minutes=1)),
        ("window", date(2026, 3, 3)),
    ],
)
def test_nothing_is_served_before_it_was_issued_or_in_the_future(
    connection: Connection, case: sa.Row[Any], mode: str, served_at: Any
) -> None:
    with clock.frozen(NOON):
        document.issue(connection, CLERK, case, draft())
    with clock.frozen(NOON + timedelta(hours=3)), pytest.raises(errors.ServiceTimeWrong):
        document.serve(connection, CLERK, case, document.Service(mode, "王小明", served_at), kind="acceptance_notice")
    assert document.of(connection, case.id)[0].served_at is None


@pytest.mark.parametrize(
    ("mode", "given", "kept"),
    [
        ("window", NOON.replace(second=0), NOON.replace(second=0)),
        ("window", NOON.date(), NOON),
        ("window", date(2026, 3, 3), datetime(2026, 3, 3, tzinfo=clock.TOWN)),
        ("public", date(2026, 4, 1), datetime(2026, 4, 1, tzinfo=clock.TOWN)),
    ],
)
def test_a_time_is_kept_as_it_was_told_and_a_day_from_its_beginning_or_the_issue(
    connection: Connection, case: sa.Row[Any], mode: str, given: Any, kept: datetime
) -> None:
    with clock.frozen(NOON):
        document.issue(connection, CLERK, case, draft())
    with clock.frozen(NOON + timedelta(days=2)):
        told = document.Service(mode, "王小明", given)
        assert document.serve(connection, CLERK, case, told, kind="acceptance_notice").served_at == kept


def test_service_is_recorded_once(connection: Connection, case: sa.Row[Any]) -> None:
    document.issue(connection, CLERK, case, draft())
    kind = "acceptance_notice"
    served = document.serve(connection, CLERK, case, by("window", "王小明"), kind=kind)
    again = document.serve(connection, CLERK, case, by("mail", "别人"), kind=kind)
    assert (again.served_mode, again.served_to, again.served_at) == ("window", "王小明", served.served_at)
    with pytest.raises(errors.ServiceModeUnknown):
        document.serve(connection, CLERK, case, by("pigeon"), kind=kind)
    with pytest.raises(errors.DocumentUnknown):
        document.serve(connection, CLERK, case, by("mail"), kind="decision")


@pytest.fixture
def no_chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fonts, "FAMILIES", ("No Such Family",))
    fonts.found.cache_clear()
    yield
    fonts.found.cache_clear()


@pytest.mark.usefixtures("no_chinese")
def test_without_a_chinese_font_nothing_is_printed_and_the_error_says_why(
    connection: Connection, case: sa.Row[Any]
) -> None:
    with pytest.raises(errors.DocumentFontMissing, match="ONEWINDOW_FONT_DIR"):
        document.issue(connection, CLERK, case, draft())


def test_folders_that_are_missing_do_no_harm(tmp_path: Path) -> None:
    fonts.configure([tmp_path / "missing", BUILT_FONTS, tmp_path])
    assert fonts.found()[0] in fonts.FAMILIES
    fonts.configure([BUILT_FONTS])
