"""The file of a case is bound in order, page by page, with its hashes, and says what is missing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, calendars, clock, db, errors, jobs
from engine.cases import case as cases
from engine.cases.docket import binding, contents, docket, gaps
from engine.cases.papers import attachment, document, material, template
from engine.ground import files

CLERK = audit.Actor("P101")
TOLD = contents.Told([{"at": "2026-03-02 09:00", "who": "王强", "what": "登记线索"}], ["案件未结案"])
SOURCE = """// title: {title}
// title:en: Record
// prefix: 官测{place}
// part: {part} {place}
// keep: 30
#import "/onewindow.typ": *
#show: letter
内容
"""
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@pytest.fixture
def case(database: Engine, opening: Callable[..., cases.Opening]) -> sa.Row[Any]:
    """A case that has been committed: the file is bound outside the transaction that orders it."""
    with db.transaction(database) as connection:
        calendars.publish(connection, audit.SYSTEM, 2026, calendars.seeded(2026), origin="test")
        return cases.create(connection, CLERK, opening())


def issue(connection: Connection, case: sa.Row[Any], kind: str, place: int, part: str = "main") -> sa.Row[Any]:
    source = SOURCE.format(title=f"文书{kind}", place=place, part=part).encode()
    return document.issue(connection, CLERK, case, template.Draft(kind, {f"documents/{kind}.typ": source}, {}))


def bind(database: Engine, case: sa.Row[Any], part: str) -> sa.Row[Any]:
    with db.transaction(database) as connection:
        docket.order(connection, CLERK, case, part, TOLD)
    run(database)
    with db.reading(database) as connection:
        return next(row for row in docket.of(connection, case.id) if row.part == part)


def run(database: Engine) -> None:
    with db.reading(database) as connection:
        due = jobs.due(connection)
    for job_id in due:
        jobs.run(database, job_id)


def opened(database: Engine, row: sa.Row[Any]) -> pikepdf.Pdf:
    with db.reading(database) as connection:
        return pikepdf.Pdf.open(io.BytesIO(files.serve(files.get(connection, row.file_id)).path.read_bytes()))


def test_each_part_holds_its_documents_in_the_order_of_the_file(database: Engine, case: sa.Row[Any]) -> None:
    with db.transaction(database) as connection:
        issue(connection, case, "later", 20)
        issue(connection, case, "first", 3)
        issue(connection, case, "inside", 1, "secondary")
    main, secondary = bind(database, case, "main"), bind(database, case, "secondary")
    assert (main.state, main.sheets, main.done, main.error) == ("built", 2, 2, None)
    assert (secondary.sheets, secondary.pages) == (1, 3)
    assert main.pages == 2 + 2, "two documents, the trail and the closing page are numbered"
    with opened(database, main) as pdf:
        assert len(pdf.pages) == main.pages + 2, "cover and catalogue are not numbered"
        assert pdf.open_metadata().pdfa_status == "2B"
        assert "/OutputIntents" in pdf.Root
    with db.reading(database) as connection:
        told = [event.action for event in audit.trail(connection, case.number)]
        assert told.count("docket.built") == 2
        assert audit.trail(connection, case.number)[-1].details["sha256"] == secondary.sha256


def test_pictures_are_pages_and_what_others_made_is_named_with_its_hash(database: Engine, case: sa.Row[Any]) -> None:
    with db.transaction(database) as connection:
        picture = files.store(connection, io.BytesIO(PICTURE), "现场照片.png", CLERK)
        foreign = files.store(connection, io.BytesIO(b"%PDF-1.4\nforeign\n%%EOF\n"), "检测报告.pdf", CLERK)
        given = [{"code": "M001", "name": "照片", "received": True, "files": [picture.id, foreign.id]}]
        material.register(connection, CLERK, case, given)
    row = bind(database, case, "main")
    assert (row.state, row.sheets, row.pages) == ("built", 2, 1 + 2)


def test_a_damaged_document_stops_the_binding_and_is_named(database: Engine, case: sa.Row[Any]) -> None:
    with db.transaction(database) as connection:
        paper = issue(connection, case, "first", 3)
        files.serve(files.get(connection, paper.file_id)).path.write_bytes(b"%PDF-1.4 forged")
        docket.order(connection, CLERK, case, "main", TOLD)
    for _ in range(docket.TRIES):
        run(database)
        _make_due(database)
    with db.reading(database) as connection:
        row = docket.of(connection, case.id)[0]
        assert row.state == "failed"
        assert "FileDamaged" in row.error
        assert audit.trail(connection, case.number)[-1].action == "docket.failed"


def test_what_comes_in_after_the_order_is_bound_too(database: Engine, case: sa.Row[Any]) -> None:
    with db.transaction(database) as connection:
        issue(connection, case, "first", 3)
        docket.order(connection, CLERK, case, "main", TOLD)
    with db.transaction(database) as connection:
        issue(connection, case, "later", 20)
    run(database)
    with db.reading(database) as connection:
        row = docket.of(connection, case.id)[0]
    assert (row.state, row.sheets, row.done) == ("built", 2, 2)


def test_a_file_may_be_larger_than_what_people_send(
    database: Engine, case: sa.Row[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = binding.Bound(b"%PDF-1.7\n" + bytes(files.LIMIT_MB << 20), 1)
    monkeypatch.setattr(binding, "bind", lambda *_: large)
    row = bind(database, case, "main")
    assert (row.state, row.size) == ("built", len(large.content))


def test_what_officials_enclose_with_their_forms_stays_in_the_house(database: Engine, case: sa.Row[Any]) -> None:
    with db.transaction(database) as connection:
        given = files.store(connection, io.BytesIO(PICTURE), "申请材料.png", CLERK)
        material.register(
            connection, CLERK, case, [{"code": "M001", "name": "照片", "received": True, "files": [given.id]}]
        )
        inside = files.store(connection, io.BytesIO(PICTURE + b"2"), "内部照片.png", CLERK)
        attachment.lay(connection, case.id, [given.id, inside.id])
    assert bind(database, case, "main").sheets == 1
    assert bind(database, case, "secondary").sheets == 1, "what the applicant gave is not there twice"


def _make_due(database: Engine) -> None:
    with db.transaction(database) as connection:
        connection.execute(sa.update(jobs.job).values(due_at=clock.now()))


def test_ordered_twice_one_is_bound(database: Engine, case: sa.Row[Any]) -> None:
    with db.transaction(database) as connection:
        first = docket.order(connection, CLERK, case, "main", TOLD)
        assert docket.order(connection, CLERK, case, "main", TOLD).id == first.id
        assert len(jobs.due(connection)) == 1
        with pytest.raises(errors.DocketPartUnknown):
            docket.order(connection, CLERK, case, "middle", TOLD)


def test_it_says_what_is_missing_as_the_archive_would(database: Engine, case: sa.Row[Any]) -> None:
    row = bind(database, case, "main")
    with db.reading(database) as connection:
        assert row.gaps == [gap.as_json() for gap in gaps.of(connection, case)]
    assert [gap["code"] for gap in row.gaps] == ["case.open"]
