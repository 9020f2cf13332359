"""Stored files: for those who may see the case they lie in, as attachments, or shown where nothing can run."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import audit, db
from engine.ground import files
from engine.organisation import account
from tests.web.conftest import Visit

CLERK, STRANGER = "demo029", "demo030"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def stored(town: Engine, visit: Visit) -> dict[str, int]:
    """A picture, a PDF and a text that the clerk of window 3 has stored."""
    found = {}
    with db.transaction(town) as connection:
        who = connection.scalar(sa.select(account.account.c.person_id).where(account.account.c.login == CLERK))
        for name, content in (("照片.png", PNG), ("附件.pdf", b"%PDF-1.4\n%%EOF\n"), ("说明.txt", "说明".encode())):
            row = files.store(connection, io.BytesIO(content), name, audit.Actor(str(who)))
            found[row.kind] = row.id
    return found


def test_a_file_is_handed_out_as_an_attachment_that_no_browser_runs(visit: Visit, stored: dict[str, int]) -> None:
    answer = visit(CLERK).get(f"/files/{stored['png']}", buffered=True)
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_pictures_and_pdfs_are_shown_locked_in_and_other_files_are_not(visit: Visit, stored: dict[str, int]) -> None:
    picture = visit(CLERK).get(f"/files/{stored['png']}/view", buffered=True)
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert picture.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    paper = visit(CLERK).get(f"/files/{stored['pdf']}/view", buffered=True)
    assert "default-src 'none'" in paper.headers["Content-Security-Policy"]
    assert (
        visit(CLERK)
        .get(f"/files/{stored['txt']}/view", buffered=True)
        .headers["Content-Disposition"]
        .startswith("attachment")
    )


def test_a_foreign_file_is_not_there(visit: Visit, stored: dict[str, int]) -> None:
    for path in (f"/files/{stored['pdf']}", f"/files/{stored['pdf']}/view", "/files/999999999"):
        assert visit(STRANGER).get(path, buffered=True).status_code == 404
    assert visit().get(f"/files/{stored['pdf']}").status_code == 303


def test_a_file_that_was_shortened_on_the_disk_is_not_handed_out(
    town: Engine, visit: Visit, stored: dict[str, int]
) -> None:
    with db.reading(town) as connection:
        place = files.serve(files.get(connection, stored["png"])).path
    place.write_bytes(PNG[:10])
    assert visit(CLERK).get(f"/files/{stored['png']}", buffered=True).status_code == 503
    place.write_bytes(PNG)
