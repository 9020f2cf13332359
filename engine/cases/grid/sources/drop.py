"""The file drop: a source's reports as a table or as JSON, taken in row by row, each on its own.

Files lie in ``<data folder>/drop/<source>/``; the server looks every minute, moves what it has read to ``done/`` and
lays a table of results beside it; what becomes of the reports later lies in ``outcomes/``. A file that is dropped twice
takes nothing in twice, one that is still being written is left until it rests, and one that cannot be read keeps none
of the others waiting.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors, jobs, outbox
from engine.cases.grid import event
from engine.cases.grid.sources import source
from engine.errors import N_
from engine.ground import files, legible, spreadsheet

EVERY = timedelta(minutes=1)
RESTS = timedelta(seconds=20)
"""How long nobody has written into a file that is whole."""
LARGEST = 10_000_000
"""Bytes of a file; a day of the busiest source has 40 rows."""
MOST_OUTCOMES = 1000
"""Rows of a table of outcomes at most; the rest follows a minute later."""
OUTCOME_COLUMNS = ("id", "external_id", "case", "kind", "result", "note", "pushed_at")
REQUIRED = ("external_id", "lon", "lat")
OWN = ("external_id", "occurred_at", "lon", "lat", "class_code", "description", "address", "urgency")
_ENCODINGS = ("utf-8-sig", "gb18030")
"""What systems write, and what a spreadsheet in the office saves."""

TAKEN, REPEATED, REFUSED = "taken", "repeated", "refused"
OUTCOMES = {TAKEN: N_("taken in"), REPEATED: N_("was there already"), REFUSED: N_("sent back")}


@dataclass(frozen=True)
class Line:
    """What became of one row: its ``place`` in the file from 1, id, outcome, the case's number or the ``problem``."""

    place: int
    external_id: str
    outcome: str
    number: str = ""
    problem: errors.EngineError | None = None


def take(connection: Connection, actor: audit.Actor, one: sa.Row[Any], content: bytes) -> list[Line]:
    """Take the rows of a file in; a row that is refused stops none of the others.

    Raises
    ------
    DropUnreadable
        If it is no table or JSON list in UTF-8 or GB 18030, too large, empty, or holds what cannot be kept; nothing
        is taken in then.
    """
    return [_take(connection, actor, one, place, row) for place, row in enumerate(read(content), start=1)]


def read(content: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a file: a CSV table with a head line, or a JSON list of objects.

    Raises
    ------
    DropUnreadable
    """
    if len(content) > LARGEST:
        raise errors.DropUnreadable(reason=N_("it is larger than 10 MB"))
    text = _decoded(content).strip()
    if not text:
        raise errors.DropUnreadable(reason=N_("nothing is in it"))
    rows = _listed(text) if text.startswith(("[", "{")) else _table(text)
    try:
        legible.require(rows)
    except ValueError as problem:
        raise errors.DropUnreadable(reason=N_("there are signs in it that cannot be kept")) from problem
    return rows


def given(row: Mapping[str, Any]) -> source.Given:
    """Return a row as a report.

    Raises
    ------
    ReportIncomplete
        If it lacks its id or its place, or one of its values is not what it should be; the error names the field.
    """
    external_id = _id(row)
    if not external_id or len(external_id) > _LONGEST_ID:
        raise errors.ReportIncomplete(field="external_id")
    said = {name: value for name, value in row.items() if name and name not in OWN and value not in (None, "")}
    return source.Given(
        external_id=external_id,
        lon=_number(row, "lon"),
        lat=_number(row, "lat"),
        body=dict(row),
        occurred_at=_moment(row),
        class_code=str(row.get("class_code") or "").strip(),
        description=str(row.get("description") or "")[:2000],
        address=str(row.get("address") or "")[:300],
        urgency=_urgency(row),
        reporter={
            "name": str(row.get("caller_masked") or "")[:80],
            "phone": str(row.get("callback_phone") or "")[:30],
        },
        fields=said,
    )


_LONGEST_ID = 120


def sweep(connection: Connection, actor: audit.Actor = audit.SYSTEM) -> int:
    """Take in every file that lies in the drop folders of known sources; return how many were read.

    A file is moved once its rows are committed; if the process stops between the two, the next sweep finds every row
    taken in already.
    """
    done = 0
    known = {row.code: row for row in connection.execute(sa.select(source.source))}
    for path in sorted(folder().glob("*/*")):
        one = known.get(path.parent.name)
        if one is None or not path.is_file() or path.name.startswith(".") or _being_written(path):
            continue
        try:
            lines = take(connection, actor, one, _content(path))
        except errors.DropUnreadable as problem:
            lines = [Line(0, "", REFUSED, problem=problem)]
        db.after_commit(connection, partial(_put_away, path, results(lines)))
        done += 1
    for one in known.values():
        if one.transport == "file":
            answer(connection, one)
    return done


def answer(connection: Connection, one: sa.Row[Any]) -> None:
    """Lay a table of what became of its reports into the folder of a source that writes files.

    The table is there before the pushes count as received: if the process stops between the two, it is written again,
    and the numbers of the pushes tell the source so.
    """
    rows = outbox.waiting(connection, event.receiver_of(one.code), limit=MOST_OUTCOMES)
    if not rows:
        return
    told = (
        (row.id, row.payload["external_id"], row.business_key, row.kind, row.payload.get("result", ""),
         row.payload.get("note", ""), row.pushed_at.astimezone(clock.TOWN).isoformat(timespec="seconds"))
        for row in rows
    )  # fmt: skip
    there = folder() / one.code / "outcomes"
    there.mkdir(parents=True, exist_ok=True)
    (there / f"{rows[-1].id}.csv").write_text("".join(map(spreadsheet.line, (OUTCOME_COLUMNS, *told))), "utf-8")
    for row in rows:
        outbox.receive(connection, audit.Actor(one.person_id), row.id)


def folder() -> Path:
    """Return the folder of the drop folders, beside the stored files."""
    return files.root().parent / "drop"


def results(lines: Sequence[Line]) -> str:
    """Return the table of what became of each row, as the source's operator gets it back."""
    head = ("row", "external_id", "outcome", "case", "reason")
    rows = ((line.place, line.external_id, line.outcome, line.number, str(line.problem or "")) for line in lines)
    return "".join(map(spreadsheet.line, (head, *rows)))


@jobs.runs("drop")
def _look(connection: Connection, job: sa.Row[Any]) -> None:
    sweep(connection)
    watch(connection)


def watch(connection: Connection) -> None:
    """See that the drop folders are looked at a minute from now, and then again and again."""
    jobs.keep(connection, "drop", clock.now() + EVERY)


def _take(connection: Connection, actor: audit.Actor, one: sa.Row[Any], place: int, row: Mapping[str, Any]) -> Line:
    external_id = _id(row)
    try:
        report = given(row)
    except errors.ReportIncomplete as problem:
        return Line(place, external_id[:_LONGEST_ID], REFUSED, problem=problem)
    taken = source.take(connection, actor, one, report, transport="file")
    if taken.case is None:
        return Line(place, external_id, REFUSED, problem=taken.problem)
    return Line(place, external_id, TAKEN if taken.fresh else REPEATED, taken.case.number)


def _id(row: Mapping[str, Any]) -> str:
    """Return the id of a row: a word or a number, nothing if it is neither."""
    said = row.get("external_id")
    return str(said).strip() if isinstance(said, str | int) else ""


def _being_written(path: Path) -> bool:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) > clock.now() - RESTS


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise errors.DropUnreadable(reason=N_("the server may not open it")) from problem


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise errors.DropUnreadable(reason=N_("its characters are neither UTF-8 nor GB 18030"))


def _listed(text: str) -> Sequence[Mapping[str, Any]]:
    try:
        found = db.loads(text)
    except (ValueError, RecursionError) as problem:
        raise errors.DropUnreadable(reason=N_("it is no list of objects")) from problem
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise errors.DropUnreadable(reason=N_("it is no list of objects"))
    return rows


def _table(text: str) -> Sequence[Mapping[str, Any]]:
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    if not set(REQUIRED) <= set(reader.fieldnames or ()):
        raise errors.DropUnreadable(reason=N_("it lacks the columns external_id, lon or lat"))
    try:
        return list(_plain(reader))
    except csv.Error as problem:
        raise errors.DropUnreadable(reason=N_("one of its fields has no end")) from problem


def _plain(reader: csv.DictReader[str]) -> Iterator[Mapping[str, Any]]:
    for row in reader:
        yield {name: value for name, value in row.items() if name is not None}


def _number(row: Mapping[str, Any], name: str) -> float:
    try:
        if isinstance(row[name], bool):
            raise TypeError(name)
        return float(row[name])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise errors.ReportIncomplete(field=name) from None


def _moment(row: Mapping[str, Any]) -> datetime | None:
    text = str(row.get("occurred_at") or "").strip()
    try:
        return db.moment(text, clock.TOWN) if text else None
    except ValueError:
        raise errors.ReportIncomplete(field="occurred_at") from None


def _urgency(row: Mapping[str, Any]) -> int | None:
    value = row.get("urgency")
    if value in (None, ""):
        return None
    if str(value) not in ("1", "2", "3"):
        raise errors.ReportIncomplete(field="urgency")
    return int(str(value))


def _put_away(path: Path, table: str) -> None:
    there = path.parent / "done"
    there.mkdir(exist_ok=True)
    stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")
    path.replace(there / f"{stamp} {path.name}")
    (there / f"{stamp} {path.name}.results.csv").write_text(table, "utf-8")
