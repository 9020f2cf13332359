"""Materials come in versions, and the list says what is missing."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.cases.papers import material
from engine.ground import files

CLERK = audit.Actor("P101")
FORM = {"code": "M001", "name": "申请表", "received": True}


def test_what_the_item_demands_and_nobody_brought_is_missing(connection: Connection, case: sa.Row[Any]) -> None:
    checked = material.register(connection, CLERK, case, [])
    assert (checked.missing, checked.complete, checked.minor_only) == (("申请表", "居民身份证"), False, False)


def test_only_what_may_follow_is_missing(connection: Connection, case: sa.Row[Any]) -> None:
    checked = material.register(connection, CLERK, case, [FORM])
    assert (checked.missing, checked.minor_only) == (("居民身份证",), True)
    everything = [FORM, {"code": "M002", "name": "居民身份证", "received": True}]
    assert material.register(connection, CLERK, case, everything).complete


def test_a_changed_material_is_its_next_version_and_the_same_is_none(connection: Connection, case: sa.Row[Any]) -> None:
    material.register(connection, CLERK, case, [FORM | {"received": False}])
    material.register(connection, CLERK, case, [FORM])
    material.register(connection, CLERK, case, [FORM])
    versions = material.of(connection, case.id, every_version=True)
    assert [(row.version, row.current, row.received) for row in versions] == [(1, False, False), (2, True, True)]
    assert [event.action for event in audit.trail(connection, case.number)] == ["material.registered"] * 2


def test_files_stay_with_the_version_they_came_with(connection: Connection, case: sa.Row[Any]) -> None:
    first = files.store(connection, io.BytesIO(b"%PDF-1.7 a"), "a.pdf", CLERK)
    second = files.store(connection, io.BytesIO(b"%PDF-1.7 b"), "b.pdf", CLERK)
    material.register(connection, CLERK, case, [FORM | {"file": first.id}])
    material.register(connection, CLERK, case, [FORM | {"files": [second.id]}])
    assert [(row.version, row.name) for row in material.files_of(connection, case.id)] == [(1, "a.pdf"), (2, "b.pdf")]


@pytest.mark.parametrize("entry", [{"name": "无编码"}, {"code": "M009"}])
def test_an_entry_without_code_or_name_is_refused(
    connection: Connection, case: sa.Row[Any], entry: dict[str, Any]
) -> None:
    with pytest.raises(errors.MaterialUnknown):
        material.register(connection, CLERK, case, [entry])


def test_a_file_that_is_not_stored_is_refused(connection: Connection, case: sa.Row[Any]) -> None:
    with pytest.raises(errors.FileMissing):
        material.register(connection, CLERK, case, [FORM | {"file": 999}])
