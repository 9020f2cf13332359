"""What the ground promises: one commit, aware moments, exact numbers."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock, db


def test_numbers_keep_every_digit_and_chinese_stays_readable() -> None:
    text = db.dumps({"金额": Decimal("0.10"), "n": 3})
    assert text == '{"金额":0.10,"n":3}'
    assert db.loads(text) == {"金额": Decimal("0.10"), "n": 3}


@pytest.mark.parametrize(
    "text",
    [
        *("0", "-0", "0.0", "21000", "1.5", "1.50", "-200.50", "1E+3", "1E-7", "1E+999999", "0.1", "1.0"),
        *("9007199254740993", "123456789012345678901234567890", "12345678901234567.0", "3.14159265358979323846"),
    ],
)
def test_a_decimal_is_written_with_its_own_digits(text: str) -> None:
    assert db.dumps({"b": [Decimal(text)], "a": 1}) == f'{{"b":[{text}],"a":1}}'
    assert db.canonical({"b": [Decimal(text)], "a": 1}) == f'{{"a":1,"b":[{text}]}}'.encode()


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_what_is_no_number_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        db.dumps([value])


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert db.canonical({"b": 1, "a": [2]}) == db.canonical({"a": [2], "b": 1}) == b'{"a":[2],"b":1}'


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        db.Utc().process_bind_param(datetime(2026, 3, 2), sa.create_engine("sqlite://").dialect)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 3, 2)):  # noqa: DTZ001
        pass


def test_a_moment_comes_back_in_utc(database: Engine, frozen: datetime) -> None:
    with database.connect() as connection:
        stored = connection.execute(sa.select(sa.literal(clock.now(), db.Utc))).scalar_one()
    assert stored == frozen
    assert stored.tzinfo == UTC


def test_what_waits_for_the_commit_runs_after_it_and_only_then(database: Engine) -> None:
    seen: list[str] = []
    with db.transaction(database) as connection:
        db.after_commit(connection, lambda: seen.append("woken"))
        assert seen == []
    assert seen == ["woken"]
    with pytest.raises(RuntimeError), db.transaction(database) as connection:
        db.after_commit(connection, lambda: seen.append("lost"))
        raise RuntimeError
    assert seen == ["woken"]


def test_reading_never_writes(database: Engine) -> None:
    from engine.audit import audit_head

    with db.reading(database) as connection:
        connection.execute(sa.insert(audit_head).values(stream="x", seq=1, hash="0" * 64))
    with db.reading(database) as connection:
        assert connection.execute(sa.select(audit_head)).all() == []


def test_reading_keeps_what_the_server_has_prepared(postgres_url: str) -> None:
    database = db.connect(postgres_url)
    for _ in range(8):  # the driver prepares what it has sent five times
        with db.reading(database) as connection:
            connection.execute(sa.text("SELECT 'asked again'"))
    with db.reading(database) as connection:
        kept = connection.scalars(sa.text("SELECT statement FROM pg_prepared_statements")).all()
    database.dispose()
    assert "SELECT 'asked again'" in kept


def test_a_connection_that_the_server_has_closed_is_opened_anew(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_SURE", 0)
    database = db.connect(postgres_url)
    with db.reading(database) as connection:
        closed = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    other = db.connect(postgres_url)
    with db.reading(other) as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": closed})
    with db.reading(database) as connection:
        assert connection.scalar(sa.text("SELECT pg_backend_pid()")) != closed
    database.dispose()
    other.dispose()


def test_writers_queue_instead_of_failing(database: Engine) -> None:
    from engine import audit

    failures: list[Exception] = []

    def write() -> None:
        try:
            for _ in range(10):
                with db.transaction(database) as connection:
                    audit.record(connection, f"house:{threading.get_ident()}", audit.Event("tick", audit.SYSTEM))
        except Exception as error:  # the thread has nobody to raise to; the assertion below shows it
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with db.reading(database) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(audit.audit_event)).scalar_one() == 40


def test_a_snapshot_is_no_write_whoever_had_its_connection_before(database: Engine) -> None:
    """A snapshot that began as a write would wait for the write around it, and in vain."""
    with database.connect() as one, database.connect() as other:
        one.info["after_commit"] = other.info["after_commit"] = []
    with db.transaction(database), db.reading(database) as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1


def test_a_connection_whose_options_were_changed_is_not_lent_again(database: Engine) -> None:
    with db.reading(database) as connection:
        connection.execution_options(yield_per=7)
    with db.reading(database) as connection:
        assert "yield_per" not in connection.get_execution_options()


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    database, other = (db.connect(f"sqlite:///{tmp_path}/one.db") for _ in range(2))
    with db.transaction(database) as connection:
        connection.execute(sa.text("CREATE TABLE one (id INTEGER PRIMARY KEY)"))
        connection.execute(sa.text("CREATE TABLE two (one INTEGER REFERENCES one DEFERRABLE INITIALLY DEFERRED)"))
    with pytest.raises(sa.exc.IntegrityError), db.transaction(database) as connection:
        connection.execute(sa.text("INSERT INTO two VALUES (1)"))  # refused by the COMMIT, which leaves all as it was
    with db.transaction(other) as connection:
        connection.execute(sa.text("PRAGMA busy_timeout=0"))
        connection.execute(sa.text("INSERT INTO one VALUES (7)"))
    with db.reading(database) as connection:
        assert (
            connection.scalar(sa.text("SELECT count(*) FROM one, (SELECT count(*) AS lost FROM two) WHERE lost = 0"))
            == 1
        )
