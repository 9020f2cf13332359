"""The demo town on a working morning, and a lead that has been taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import audit, clock
from engine.cases.enforcement import lead

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=clock.TOWN)
INTAKE = audit.Actor("P075")


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    """A write transaction on the demo town that is rolled back."""
    with clock.frozen(MORNING), town.connect() as connection:
        connection.info["after_commit"] = []
        with connection.begin() as work:
            yield connection
            work.rollback()


@pytest.fixture
def case(connection: Connection) -> sa.Row[Any]:
    """A lead that the intake officer has taken in."""
    row, _ = lead.take_in(connection, INTAKE, lead.Lead("巡查", "占道经营", "东虹路"))
    return row
