"""The archive that keeps a case which has ended: its number, what the file holds, and what is added later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, errors
from engine.cases import case as cases
from engine.cases import deadline
from engine.cases.docket import gaps
from engine.cases.papers import document, material, numbering
from engine.cases.reading import trail


def archive(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Put the case into the archive under a number, with the catalogue of what it holds; done once.

    Parameters
    ----------
    given
        ``shelf``, ``pages``, ``volumes``, ``keep_years`` of the paper file.

    Raises
    ------
    ArchiveIncomplete
        Naming every gap.
    """
    if case.archived_at is not None:
        return case
    missing = gaps.of(connection, case)
    if missing:
        raise errors.ArchiveIncomplete(number=case.number, gaps=[gap.as_json() for gap in missing])
    year = clock.today().year
    place = case.number.partition("-")[0]
    number = f"{place}-A-{year}-{numbering.take(connection, f'archive:{place}', year):05}"
    kept = {name: given.get(name) for name in ("shelf", "pages", "volumes", "keep_years")}
    row = cases.change(
        connection,
        case.id,
        state="archived",
        archived_at=clock.now(),
        archive_no=number,
        archive={**kept, "catalogue": catalogue(connection, case)},
    )
    if deadline.find(connection, case, "archive") is not None:
        deadline.meet(connection, actor, case, "archive")
    trail.record(connection, case.number, actor, "case.archived", archive_no=number, **kept)
    return row


def supplement(connection: Connection, actor: audit.Actor, case: sa.Row[Any], given: Mapping[str, Any]) -> sa.Row[Any]:
    """Add to an archived file what came since, such as a revocation; its number stays, its catalogue is written anew.

    Parameters
    ----------
    given
        As for :func:`archive`, of the added papers.

    Raises
    ------
    CaseStateWrong
        If the file is not in the archive yet.
    """
    if case.archived_at is None:
        raise errors.CaseStateWrong(number=case.number, state=case.state, allowed="archived")
    added = {name: given.get(name) for name in ("shelf", "pages", "volumes")}
    entry = {**added, "added_on": clock.today().isoformat()}
    kept = {**case.archive, "supplements": [*case.archive.get("supplements", ()), entry]}
    row = cases.change(connection, case.id, archive={**kept, "catalogue": catalogue(connection, case)})
    for period in ("archive", "cf_archive"):
        if deadline.find(connection, case, period) is not None:
            deadline.meet(connection, actor, case, period)
    trail.record(connection, case.number, actor, "case.archive_supplemented", archive_no=case.archive_no, **added)
    return row


def catalogue(connection: Connection, case: sa.Row[Any]) -> list[dict[str, Any]]:
    """List what the file holds, documents first, each with its hash."""
    entries = [
        {"title": row.title, "number": document.number_of(row), "sha256": row.sha256}
        for row in document.of(connection, case.id)
    ]
    names = {row.id: row.name for row in material.of(connection, case.id, every_version=True)}
    entries += [
        {"title": f"{names[row.material_id]} v{row.version}", "number": row.name, "sha256": row.sha256}
        for row in material.files_of(connection, case.id)
    ]
    return [{"no": number, **entry} for number, entry in enumerate(entries, 1)]
