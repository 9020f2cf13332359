"""Files are stored by what they are, not by what they are called, or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.ground import files

CLERK = audit.Actor("P101")
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40


def zipped(*members: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return content.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    files.configure(tmp_path)
    yield tmp_path / "files"
    files._root = None


def store(connection: Connection, content: bytes, name: str = "材料.pdf", **limits: int) -> sa.Row[tuple[object, ...]]:
    return files.store(connection, io.BytesIO(content), name, CLERK, **limits)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (JPG, "jpg"),
        (zipped("[Content_Types].xml", "word/document.xml"), "docx"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        ("情况说明：材料齐全。".encode(), "txt"),
        ("情况说明：材料齐全。".encode("gb18030"), "txt"),
    ],
)
def test_the_content_tells_the_kind(db_connection: Connection, content: bytes, kind: str) -> None:
    assert store(db_connection, content, "anything.exe").kind == kind


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + b"\x00" * 60,
        b"<html><script>alert(1)</script></html>",
        b"\xef\xbb\xbf<svg onload='x'/>",
        zipped("evil.exe"),
        zipped("word/document.xml", "word/vbaProject.bin"),
        b"GIF89a" + b"\x00" * 40,
        b"\x00\x01\x02\x03" * 20,
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_its_name(
    db_connection: Connection, folder: Path, content: bytes
) -> None:
    with pytest.raises(errors.FileKindNotAllowed):
        store(db_connection, content, "材料.pdf")
    assert [path for path in folder.rglob("*") if path.is_file()] == [], "nothing is left behind"


def test_a_file_is_stored_under_its_hash_and_recorded(db_connection: Connection, folder: Path) -> None:
    row = store(db_connection, PDF)
    served = files.serve(row)
    assert served.path == folder / row.sha256[:2] / row.sha256[2:]
    assert served.path.read_bytes() == PDF
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    event = audit.trail(db_connection, files.STREAM)[-1]
    assert (event.action, event.details["sha256"]) == ("file.stored", row.sha256)
    files.verify(row)


def test_the_same_content_is_kept_once(db_connection: Connection, folder: Path) -> None:
    first, second = store(db_connection, PDF, "a.pdf"), store(db_connection, PDF, "b.pdf")
    assert first.id != second.id
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_a_file_that_is_too_large_is_cut_off_while_it_is_read(db_connection: Connection, folder: Path) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b"%PDF" + b"x" * (size - 4)

    stream = Endless()
    with pytest.raises(errors.FileTooLarge):
        files.store(db_connection, stream, "gross.pdf", CLERK, limit_mb=3)  # type: ignore[arg-type]
    assert stream.taken <= 5 << 20
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_an_empty_file_is_refused(db_connection: Connection) -> None:
    with pytest.raises(errors.FileEmpty):
        store(db_connection, b"")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\a.pdf", "a.pdf"),
        ("\u202egpj.pdf", "gpj.pdf"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 187 + ".pdf"),
    ],
)
def test_names_lose_folders_and_tricks(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


def test_a_damaged_file_is_not_handed_out(db_connection: Connection) -> None:
    row = store(db_connection, PDF)
    files.serve(row).path.write_bytes(b"X" * len(PDF))
    with pytest.raises(errors.FileDamaged):
        files.verify(row)
    files.serve(row).path.unlink()
    with pytest.raises(errors.FileDamaged):
        files.serve(row)


def test_a_file_that_was_never_stored_is_not_found(db_connection: Connection) -> None:
    with pytest.raises(errors.FileMissing):
        files.get(db_connection, 1)


def test_without_a_folder_nothing_is_stored(db_connection: Connection) -> None:
    files._root = None
    with pytest.raises(errors.FileStoreMissing):
        store(db_connection, PDF)
