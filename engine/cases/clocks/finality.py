"""What has been told to the applicant stays: no task goes back behind acceptance, decision or the close of the case.

Only the ways of the law lead there: correction, review, remedy (行政许可法8, 32, 49, 69, 70; 行政复议法48).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.case import case_file
from engine.handling import returns


@returns.limits
def _decided(connection: Connection, row: sa.Row[Any]) -> datetime | None:
    moments = connection.execute(
        sa.select(case_file.c.accepted_at, case_file.c.decided_at, case_file.c.closed_at).where(
            case_file.c.number == row.business_key
        )
    ).one_or_none()
    return None if moments is None else max(filter(None, moments), default=None)
