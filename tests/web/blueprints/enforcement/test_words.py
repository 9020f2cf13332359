"""Documents in Word: a copy of what was issued, and what an officer wrote in one fills in the form of the step."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.cases import case as cases
from engine.cases.papers import document, word, word_copy
from engine.ground import files
from tests.web import judged
from tests.web.conftest import Visit, Visitor
from tests.web.desk import present
from tests.workflows import walking
from web.scenarios import Walk

OFFICER, COLLEAGUE, STRANGER = "demo070", "demo071", "demo029"
ACT = {"site.start": "2026-04-24T14:00:00+08:00", "site.end": "2026-04-24T14:40:00+08:00"}
FOUND = "货架上有农药十二瓶。\n未见经营许可证。"


@pytest.fixture
def way(town: Engine) -> Walk:
    """A case of the third team in which the inspection has begun."""
    return walked(town, {"starts": "E5_act"})


def walked(town: Engine, *steps: Any) -> Walk:
    scenario = walking.ENFORCEMENT.scenarios["investigated"]
    return walking.ENFORCEMENT.walk(town, {}, {**scenario, "steps": list(steps), "expect": {}})


def in_hand(town: Engine, visit: Visit, way: Walk) -> tuple[Visitor, int]:
    """Let the officer claim the inspection."""
    row, officer = judged.task_of(town, way, "E5_act"), visit(OFFICER)
    assert officer.post(f"/tasks/{row.id}/claim").status_code == 303
    return officer, int(row.id)


def rewritten(content: bytes, change: Callable[[str], str]) -> bytes:
    """Return a Word file with its text changed, as a word processor would write it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry, change(part.decode()) if entry.filename == "word/document.xml" else part)
    return target.getvalue()


def written(content: bytes, text: str) -> bytes:
    """Write into the field of what was found, which is blank."""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(text.split("\n"))

    def change(part: str) -> str:
        head, mark, tail = part.partition('<w:tag w:val="site.findings"/>')
        begin, end = tail.index("<w:sdtContent>"), tail.index("</w:sdtContent>")
        return f"{head}{mark}{tail[:begin]}<w:sdtContent><w:r><w:t>{lines}</w:t></w:r>{tail[end:]}"

    return rewritten(content, change)


def bring(officer: Visitor, task_id: int, content: bytes) -> Any:
    given = {"file": (io.BytesIO(content), "笔录.docx")}
    return officer.post(f"/tasks/{task_id}/words/inspection_record", given)


def trail(town: Engine, way: Walk, action: str) -> list[Any]:
    with db.reading(town) as connection:
        return [event for event in audit.trail(connection, way.number) if event.action == action]


def test_what_was_written_in_word_stands_in_the_form_and_each_version_is_kept(
    town: Engine, visit: Visit, way: Walk
) -> None:
    with judged.at_desk(way):
        officer, task_id = in_hand(town, visit, way)
        assert "现场检查（勘验）笔录" in officer.get(f"/tasks/{task_id}").text
        sheet = officer.get(f"/tasks/{task_id}/words/inspection_record.docx").data
        assert word.read(sheet).fields["site.findings"] == ""
        assert bring(officer, task_id, written(sheet, FOUND)).status_code == 303
        assert present(town, task_id).draft["site.findings"] == [FOUND]
        assert "未见经营许可证。" in officer.get(f"/tasks/{task_id}").text
        again = officer.get(f"/tasks/{task_id}/words/inspection_record.docx").data
        assert word.read(again).fields["site.findings"] == FOUND
        assert bring(officer, task_id, written(again, "货架已空。")).status_code == 303
        told = officer.get(f"/cases/{way.number}?tab=story").text
        assert told.count("把一份文书存为 Word 文件。") == 2
    with db.reading(town) as connection:
        kept = word_copy.of(connection, cases.get(connection, way.number).id)
        texts = [word.read(files.serve(files.get(connection, row.file_id)).path.read_bytes()).fields for row in kept]
    assert [(row.version, row.fields["site.findings"]) for row in kept] == [(1, FOUND), (2, "货架已空。")]
    assert [text["site.findings"] for text in texts] == [FOUND, "货架已空。"]
    assert [event.details["fields"] for event in trail(town, way, "document.written")] == [["site.findings"]] * 2
    assert len(trail(town, way, "document.worded")) == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda sheet: rewritten(sheet, lambda part: part.replace("已向当事人", "未向当事人")), "已"),
        (lambda sheet: rewritten(sheet, lambda part: part.replace("site.findings", "act.facts")), "Word"),
        (lambda sheet: sheet[:-60], "docx"),
    ],
)  # fmt: skip
def test_whatever_else_was_changed_in_word_is_refused_and_changes_nothing(
    town: Engine, visit: Visit, way: Walk, change: Callable[[bytes], bytes], told: str
) -> None:
    with judged.at_desk(way):
        officer, task_id = in_hand(town, visit, way)
        sheet = officer.get(f"/tasks/{task_id}/words/inspection_record.docx").data
        answer = bring(officer, task_id, change(sheet))
        assert answer.status_code in (409, 422)
        assert told in answer.text
    assert present(town, task_id).draft is None
    assert not trail(town, way, "document.written")


def with_macros(sheet: bytes) -> bytes:
    target = io.BytesIO(sheet)
    with zipfile.ZipFile(target, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"macro")
    return target.getvalue()


NOT_OURS = {
    "damaged zip": (lambda _sheet: b"PK" + b"x" * 400_000, "不是本系统生成的 Word 文件", "not a Word file"),
    "macros": (with_macros, "含有宏", "contains macros"),
    "encrypted": (lambda _sheet: files.COMPOUND + bytes(4000), "已加密", "is encrypted"),
    "empty": (lambda _sheet: b"", "是空的", "is empty"),
    "text": (lambda _sheet: "只是文字".encode(), "不是本系统生成的 Word 文件", "not a Word file"),
    "damaged": (lambda sheet: sheet[: len(sheet) // 2], "类型不允许", "not of an allowed kind"),
}
"""What officers bring instead of the file they downloaded, and what each is told."""


def test_a_file_that_is_not_ours_says_what_is_wrong_with_it_and_loses_nothing(
    town: Engine, visit: Visit, way: Walk
) -> None:
    with judged.at_desk(way):
        officer, task_id = in_hand(town, visit, way)
        sheet = officer.get(f"/tasks/{task_id}/words/inspection_record.docx").data
        bring(officer, task_id, written(sheet, FOUND))
        for make, *told in NOT_OURS.values():
            for visitor, text in zip((officer, visit(OFFICER, language="en")), told, strict=True):
                answer = bring(visitor, task_id, make(sheet))
                assert (answer.status_code, text in answer.text) == (422, True), text
        nothing = officer.post(f"/tasks/{task_id}/words/inspection_record")
        assert (nothing.status_code, "没有选择文件" in nothing.text) == (422, True)
        assert present(town, task_id).draft["site.findings"] == [FOUND]


def test_a_file_of_another_case_or_step_is_refused(town: Engine, visit: Visit, way: Walk) -> None:
    other = walked(town, {"starts": "E5_act"})
    with judged.at_desk(way):
        officer, task_id = in_hand(town, visit, way)
        _, elsewhere = in_hand(town, visit, other)
        sheet = officer.get(f"/tasks/{elsewhere}/words/inspection_record.docx").data
        answer = bring(officer, task_id, sheet)
        assert (answer.status_code, other.number in answer.text) == (422, True)
        assert officer.get(f"/tasks/{task_id}/words/penalty_decision.docx").status_code == 409
        assert officer.post(f"/tasks/{task_id}/words/penalty_decision").status_code == 409


def test_only_whoever_has_the_task_writes_in_word(town: Engine, visit: Visit, way: Walk) -> None:
    with judged.at_desk(way):
        _, task_id = in_hand(town, visit, way)
        assert visit(COLLEAGUE).get(f"/tasks/{task_id}/words/inspection_record.docx").status_code == 403
        assert visit(STRANGER).get(f"/tasks/{task_id}/words/inspection_record.docx").status_code == 404


def test_an_issued_document_is_copied_with_its_own_words_for_those_who_see_the_case(town: Engine, visit: Visit) -> None:
    way = walked(town, {"starts": "E5_act"}, {"E5_act": ACT | {"site.findings": FOUND}})
    with judged.at_desk(way):
        with db.reading(town) as connection:
            paper = document.of(connection, cases.get(connection, way.number).id)[-1]
        address = f"/cases/{way.number}/documents/{paper.id}.docx"
        officer = visit(OFFICER)
        assert address in officer.get(f"/cases/{way.number}?tab=documents").text
        answer = officer.get(address)
        assert answer.headers["Content-Type"] == files.MEDIA_TYPES["docx"]
        said = word.read(answer.data)
        assert (said.fields, said.mark) == ({}, f"{way.number}/{paper.kind}")
        assert "货架上有农药十二瓶。未见经营许可证。" in said.fixed
        assert visit(STRANGER).get(address).status_code == 404
        assert officer.get(f"/cases/{way.number}/documents/999999.docx").status_code == 404
    assert trail(town, way, "document.worded")[-1].details["document"] == paper.id
