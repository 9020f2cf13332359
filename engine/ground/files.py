"""Stored files: named by their hash, outside the web root, of kinds known by their content.

A file is written to a temporary name while it is read, checked, and renamed in one step: a broken upload leaves
nothing. The same content is kept once. Whoever uploads it must still hand it to a case before anybody else may read it;
what nobody hands in is thrown away after its term (:func:`forget`).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import filetype
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors

STREAM = "house:files"
CHUNK = 1 << 20
"""The bytes that are read at once: a file of any size needs no more memory."""
LIMIT_MB = 50
"""The megabytes that a file has at most; what is told of a larger one names the figure."""

stored_file = sa.Table(
    "stored_file",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("stored_by", sa.String(80), nullable=False),
    sa.Column("stored_at", db.Utc, nullable=False),
    sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.CheckConstraint("size > 0", name="size_positive"),
    sa.Index(None, "sha256"),
)
"""``kept``: it was handed in where no row names it, with a task of no case, and stays all the same."""

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "txt": "text/plain; charset=utf-8",
}
"""What may be stored, by what the content says it is; the name's ending is not trusted."""

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins: what Office encrypts, and its formats before 2007."""
_ZIP_MEMBERS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}


@dataclass(frozen=True)
class Served:
    """How to hand a file out: always as an attachment, never to be guessed at or run by a browser."""

    path: Path
    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def headers(self) -> dict[str, str]:
        """The response headers besides Content-Type, Content-Length and Content-Disposition."""
        return {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "ETag": f'"{self.sha256}"',
            "Cache-Control": "private, no-cache",
        }


_root: Path | None = None


def configure(data_dir: Path) -> None:
    """Keep files under ``data_dir/files`` from now on; every entry point calls this once."""
    global _root  # noqa: PLW0603 - one store per process, chosen where the process starts
    _root = data_dir / "files"


def root() -> Path:
    """Return the folder of the store.

    Raises
    ------
    FileStoreMissing
        If :func:`configure` was not called.
    """
    if _root is None:
        raise errors.FileStoreMissing
    return _root


def store(
    connection: Connection, stream: BinaryIO, name: str, actor: audit.Actor, *, limit_mb: int = LIMIT_MB
) -> sa.Row[Any]:
    """Store a file and return its row ``id, sha256, size, kind, name``.

    Raises
    ------
    FileEmpty, FileTooLarge, FileKindNotAllowed
        If there is nothing in it, too much, or it is not what it may be; macros and encryption are named.
    """
    name = safe_name(name)
    with _received(stream, name, limit_mb) as (temporary, digest, size):
        kind = sniff(temporary)
        if kind is None:
            raise _why_not(temporary)(name=name, allowed=", ".join(MEDIA_TYPES))
        place = _place(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(place)
        _sync(place.parent)
    row = connection.execute(
        sa.insert(stored_file)
        .values(sha256=digest, size=size, kind=kind, name=name, stored_by=actor.id, stored_at=clock.now())
        .returning(stored_file)
    ).one()
    details = {"file": row.id, "name": name, "sha256": digest, "size": size}
    audit.record(connection, STREAM, audit.Event("file.stored", actor, details=details))
    return row


def get(connection: Connection, file_id: int) -> sa.Row[Any]:
    """Return a file's row.

    Raises
    ------
    FileMissing
        If there is none.
    """
    found = connection.execute(sa.select(stored_file).where(stored_file.c.id == file_id)).one_or_none()
    if found is None:
        raise errors.FileMissing
    return found


def by_id(connection: Connection, file_ids: Collection[int]) -> dict[int, sa.Row[Any]]:
    """Return the rows of many files by their ids."""
    rows = connection.execute(sa.select(stored_file).where(stored_file.c.id.in_(file_ids)))
    return {row.id: row for row in rows}


def keep(connection: Connection, file_ids: Iterable[int]) -> None:
    """Keep files that were handed in where no row names them."""
    connection.execute(sa.update(stored_file).where(stored_file.c.id.in_(list(file_ids))).values(kept=True))


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Throw away ``most`` files at the most that were stored before a moment and never handed in; return how many.

    What a foreign key of any table names is handed in. The trail says which files went; their content leaves the disk
    after the commit, unless somebody has stored the same since.
    """
    named = [sa.exists().where(column == stored_file.c.id) for column in _naming()]
    unnamed = sa.and_(stored_file.c.stored_at < before, ~stored_file.c.kept, *(~one for one in named))
    some = sa.select(stored_file.c.id).where(unnamed).order_by(stored_file.c.id).limit(most)
    gone = sa.delete(stored_file).where(stored_file.c.id.in_(some)).returning(stored_file.c.id, stored_file.c.sha256)
    rows = connection.execute(gone).all()
    if rows:
        details = {"files": sorted(row.id for row in rows), "before": before.isoformat()}
        audit.record(connection, STREAM, audit.Event("files.forgotten", audit.SYSTEM, details=details))
        alone = {row.sha256 for row in rows}
        held = sa.select(stored_file.c.sha256).where(stored_file.c.sha256.in_(alone))
        alone -= set(connection.scalars(held))
        db.after_commit(connection, lambda: _clear(alone, before))
    return len(rows)


def _naming() -> Iterator[sa.Column[Any]]:
    for table in db.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column is stored_file.c.id:
                yield key.parent


def _clear(digests: Iterable[str], before: datetime) -> None:
    """Take content off the disk that was written before a moment; what came anew meanwhile is put back in its place."""
    for digest in digests:
        place, aside = _place(digest), root() / "incoming" / f"{digest}.gone"
        with suppress(FileNotFoundError):
            place.replace(aside)
            if aside.stat().st_mtime < before.timestamp():
                aside.unlink()
            else:
                aside.replace(place)


def serve(row: sa.Row[Any]) -> Served:
    """Return how to hand the file out.

    Raises
    ------
    FileDamaged
        If it is not on the disk in its full length.
    """
    place = _place(row.sha256)
    if not place.is_file() or place.stat().st_size != row.size:
        raise errors.FileDamaged(name=row.name)
    return Served(place, row.name, MEDIA_TYPES[row.kind], row.size, row.sha256)


def verify(row: sa.Row[Any]) -> None:
    """Read the whole file again and compare its hash.

    Raises
    ------
    FileDamaged
        If it is not what was stored.
    """
    digest = hashlib.sha256()
    with serve(row).path.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != row.sha256:
        raise errors.FileDamaged(name=row.name)


def sniff(path: Path) -> str | None:
    """Tell the kind of a file by its content, or None if it is none of :data:`MEDIA_TYPES`."""
    guessed = filetype.guess_extension(str(path))
    if guessed in ("pdf", "jpg", "png"):
        return str(guessed)
    if zipfile.is_zipfile(path):
        return _kind_of_zip(path)
    return "txt" if guessed is None and _is_text(path) else None


def safe_name(name: str) -> str:
    """Return the name without folders, control characters and surplus length; its ending is kept."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 190 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:190]


@contextmanager
def _received(stream: BinaryIO, name: str, limit_mb: int) -> Iterator[tuple[Path, str, int]]:
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    handle, place = tempfile.mkstemp(dir=folder)
    temporary = Path(place)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as target:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit_mb << 20:
                    raise errors.FileTooLarge(name=name, limit_mb=limit_mb)
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if not size:
            raise errors.FileEmpty(name=name)
        yield temporary, digest.hexdigest(), size
    finally:
        temporary.unlink(missing_ok=True)


def _place(digest: str) -> Path:
    return root() / digest[:2] / digest[2:]


def _sync(folder: Path) -> None:
    """Make the new name durable before a committed row speaks of it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _why_not(path: Path) -> type[errors.FileKindNotAllowed]:
    """Tell what is wrong with a file that is of no kind, so that its owner knows how to save it anew."""
    with path.open("rb") as content:
        if content.read(len(COMPOUND)) == COMPOUND:
            return errors.FileEncrypted
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if _has_macros(archive.namelist()):
                return errors.FileWithMacros
    return errors.FileKindNotAllowed


def _has_macros(members: Iterable[str]) -> bool:
    return any(member.endswith("vbaProject.bin") for member in members)


def _kind_of_zip(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if _has_macros(members):
        return None
    return next((kind for member, kind in _ZIP_MEMBERS.items() if member in members), None)


def _is_text(path: Path) -> bool:
    with path.open("rb") as content:
        head = content.read(CHUNK)
    if re.search(rb"[\x00-\x08\x0e-\x1f]", head) or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return False  # markup runs scripts when somebody opens it
    for encoding in ("utf-8", "gb18030"):
        try:
            head.decode(encoding)
        except UnicodeDecodeError as wrong:
            if wrong.start < len(head) - 4:
                continue
        return True
    return False
