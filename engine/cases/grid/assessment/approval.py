"""The approval: the town leader lets the month stand or sends it back; what stands is archived."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases.grid.assessment import doubt, score, window


def await_(connection: Connection, actor: audit.Actor, month: str) -> None:
    """Nobody objects any more: the month waits for the town leader."""
    window.record(connection, window.change(connection, month, state="approving"), actor, "assessment.publicity_over")


def approve(connection: Connection, actor: audit.Actor, month: str) -> sa.Row[Any]:
    """Let the scores stand."""
    row = window.change(connection, month, approved_by=actor.id, approved_at=clock.now())
    window.record(connection, row, actor, "assessment.approved", digest=score.digest(connection, month))
    return row


def send_back(
    connection: Connection, actor: audit.Actor, month: str, worker: str, indicator: str, reason: str
) -> sa.Row[Any]:
    """Send a line back to be checked again.

    Raises
    ------
    ReasonMissing, IndicatorUnknown, ScoreUnknown
        See :func:`engine.cases.grid.assessment.doubt.raise_`.
    """
    return doubt.raise_(connection, actor, month, worker, indicator, "sent_back", reason)


def archive(connection: Connection, actor: audit.Actor, month: str) -> sa.Row[Any]:
    """Archive an approved month with the hash of its scores."""
    figures = score.digest(connection, month)
    row = window.change(connection, month, state="archived", archived_at=clock.now(), archived_digest=figures)
    window.record(connection, row, actor, "assessment.archived", digest=figures)
    return row
