"""No penalty (不予处罚, 行政处罚法30-33): a ground of the law, each condition of it proved, and education."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases import case as cases
from engine.cases import decision
from engine.cases.enforcement.judging import discretion_table

FINDINGS = {
    "minor_corrected_no_harm": ("minor", "corrected", "no_harm"),
    "first_minor_harm_corrected": ("first", "minor_harm", "corrected"),
}
"""The grounds of 33(1) hold only with all three findings, each of them proved."""
EFFECTS = ("no_penalty", "may_no_penalty")


def require(
    connection: Connection, case: sa.Row[Any], grounds: Sequence[Mapping[str, Any]], education: str
) -> list[str]:
    """Return the grounds of a decision not to punish, as the list of circumstances names them.

    Parameters
    ----------
    grounds
        ``id`` of a circumstance and, for 33(1), ``findings`` {name: true}.

    Raises
    ------
    NoPenaltyWithoutGround
        If there is none, one is no ground for this, a finding is missing, or 初次违法 is claimed though a penalty is in
        force against the party.
    NoPenaltyWithoutEducation
        If nothing says how the party was educated (33(3)).
    """
    ids = [str(ground.get("id")) for ground in grounds]
    known = {row.id for row in discretion_table.circumstances(connection, ids) if row.effect in EFFECTS}
    if not ids or set(ids) - known:
        raise errors.NoPenaltyWithoutGround
    for ground in grounds:
        findings = ground.get("findings") or {}
        if not all(findings.get(name) is True for name in FINDINGS.get(str(ground["id"]), ())):
            raise errors.NoPenaltyWithoutGround
    if "first_minor_harm_corrected" in ids and punished_before(connection, case):
        raise errors.NoPenaltyWithoutGround
    if not education.strip():
        raise errors.NoPenaltyWithoutEducation
    return ids


def punished_before(connection: Connection, case: sa.Row[Any]) -> bool:
    """Tell whether a penalty is in force against the party of a case, in any other case."""
    made, other = decision.decision.c, cases.case_file.c
    found = sa.exists().where(
        made.case_id == other.id,
        other.applicant_id == case.applicant_id,
        other.id != case.id,
        made.effective,
        made.result == "penalised",
    )
    return bool(connection.scalar(sa.select(found)))
