"""What may be stored here without signing in is bounded for each address and day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.engine import Connection

from engine import clock, errors
from engine.ground import allowance


def test_an_address_that_has_used_its_day_waits_for_the_next_and_others_do_not(db_connection: Connection) -> None:
    for _ in range(4):
        allowance.use(db_connection, "192.0.2.1", allowance.MEGABYTES // 4 << 20)
    with pytest.raises(errors.AllowanceUsed):
        allowance.use(db_connection, "192.0.2.1", 1)
    allowance.use(db_connection, "192.0.2.2", 1)
    with clock.frozen(clock.now() + timedelta(days=1)):
        allowance.use(db_connection, "192.0.2.1", 1)


def test_many_small_files_use_it_too(db_connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "FILES", 2)
    for _ in range(2):
        allowance.use(db_connection, "192.0.2.1", 1)
    with pytest.raises(errors.AllowanceUsed):
        allowance.use(db_connection, "192.0.2.1", 1)
