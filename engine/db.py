"""The database: metadata, column types, connection and the only place that commits."""

from __future__ import annotations

import json
import math
import threading
import time
from _json import encode_basestring, make_encoder
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

import simplejson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A surrogate key; SQLite numbers rows by itself only for plain INTEGER."""

LARGEST = 2**63 - 1
"""The largest whole number that both databases hold."""


Convert = Callable[[Any], Any]
"""What makes the driver's value of ours, or ours of the driver's. The types below give SQLAlchemy theirs directly: a
page of twenty tasks reads three hundred values, and each would cost two calls more."""


class Utc(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; in SQLite the microseconds since 1970, a third of its text."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.BigInteger() if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        found: datetime | int | None = self.bind_processor(dialect)(value)
        return found

    def bind_processor(self, dialect: Dialect) -> Convert:
        return _ticks_of_moment if dialect.name == "sqlite" else _moment_in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        return _moment_of_ticks if dialect.name == "sqlite" else _moment_in_utc


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ticks_of_moment(value: datetime | None) -> int | None:
    """Count by the parts of the time since: dividing it by a microsecond takes three times as long."""
    if value is None:
        return None
    since = _with_zone(value) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _with_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
    return value


def _moment_of_ticks(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(0, 0, value)


def _moment_in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else _with_zone(value).astimezone(UTC)


class Digest(TypeDecorator[str]):
    """A SHA-256: 64 hexadecimal digits in Python, 32 bytes in the database."""

    impl = sa.LargeBinary(32)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        return lambda value: None if value is None else bytes.fromhex(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        return lambda value: None if value is None else bytes(value).hex()


def moment(text: str, zone: tzinfo | None = None) -> datetime:
    """Read a moment that was written with its zone, or without one where ``zone`` says which is meant.

    Raises
    ------
    ValueError
        If it is none, has no zone, or lies outside the years that can be stored.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None and zone is None:
        raise ValueError(f"a moment without a zone: {text!r}")
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        return found.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"a moment out of range: {text!r}") from problem


def whole(text: str) -> int:
    """Read a whole number that a column can hold; raise ValueError for any other text."""
    found = int(text) if len(text) < 20 else LARGEST + 1
    if not -LARGEST <= found <= LARGEST:
        raise ValueError(f"no column holds this number: {text!r}")
    return found


class Json(TypeDecorator[Any]):
    """A JSON document in TEXT: keys keep their order and numbers come back as Decimal or int."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert:
        return lambda value: None if value is None else dumps(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert:
        return lambda value: None if value is None else written(value)


def dumps(value: Any) -> str:
    """Write a JSON value (``Decimal`` allowed) compactly, Chinese as itself.

    Raises
    ------
    TypeError
        If ``value`` holds anything but JSON values and decimals.
    """
    return _in_json(value, _write, _encoder)


def loads(text: str) -> Any:
    """Read a JSON document; numbers with a fraction become ``Decimal``, others ``int``."""
    return _decoder.decode(text)


def written(text: str) -> Any:
    """Read what :func:`dumps` wrote; :func:`loads` also looks for what may stand around a document of others."""
    return _decoder.raw_decode(text)[0]


def _no_number(text: str) -> Any:
    raise ValueError(f"JSON has no number {text}")


def canonical(value: Any) -> bytes:
    """Write a JSON value in one form only (sorted keys, no spaces, UTF-8), for hashing."""
    return _in_json(value, _write_sorted, _sorting_encoder).encode()


def _in_json(value: Any, write: Callable[[Any, int], Sequence[str]], encoder: simplejson.JSONEncoder) -> str:
    """Let Python's own writer, made once, do it in a third of the time; it does not know every ``Decimal``.

    ``json.JSONEncoder.encode`` would make it anew for each document, 4 to 8 µs; a step writes eight.
    """
    try:
        return "".join(write(value, 0))
    except _Unknown:
        return str(encoder.encode(value))


class _Unknown(Exception):
    """Something that Python's own writer would not write as it is."""


def _plain(value: Any) -> int | float:
    """Return a decimal as the number of Python's own that is written with the same digits: 21000 and 1.5, not 1.50."""
    if isinstance(value, Decimal) and value.is_finite() and len(text := str(value)) < 20 and "E" not in text:
        number = float(value) if "." in text else int(value)
        if str(number) == text:
            return number
    raise _Unknown


_COMPACT: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
_encoder = simplejson.JSONEncoder(use_decimal=True, **_COMPACT)
_sorting_encoder = simplejson.JSONEncoder(use_decimal=True, sort_keys=True, **_COMPACT)
_write, _write_sorted = (
    make_encoder(None, _plain, encode_basestring, None, ":", ",", sort_keys, False, False)
    for sort_keys in (False, True)
)
_decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)


def after_create(table: sa.Table, statements: Mapping[str, Sequence[str]]) -> None:
    """Let statements of each dialect, triggers above all, run when a table has been created."""
    for dialect, texts in statements.items():
        for text in texts:
            statement = sa.DDL(text.replace("%", "%%"))  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
            sa.event.listen(table, "after_create", statement.execute_if(dialect=dialect))


def connect(url: str) -> Engine:
    """Return an engine for ``sqlite:///file`` or ``postgresql+psycopg://…``.

    SQLite runs with a write-ahead log, full durability and enforced foreign keys; writers queue in this process before
    they queue in the file, which took the 99th percentile of a write from 63-119 ms to 6-12 ms.
    """
    if not url.startswith("sqlite"):
        database = sa.create_engine(url)
        sa.event.listen(database, "checkin", _note_return)
        sa.event.listen(database, "checkout", _look_whether_it_lives)
        return database
    database = sa.create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
    sa.event.listen(database, "connect", _prepare_sqlite)
    sa.event.listen(database, "begin", _begin_sqlite)
    sa.event.listen(database, "engine_disposed", _let_go)
    _files[database] = _File()
    return database


_SURE = 5.0
"""For how many seconds a connection that came back to the pool is trusted to live: asking costs each page a round
trip."""


def _note_return(_raw: Any, record: Any) -> None:
    record.info["returned"] = time.monotonic()


def _look_whether_it_lives(raw: Any, record: Any, _lent: Any) -> None:
    """Ask the server by a connection that has rested; where it has gone, let the pool open all of them anew."""
    if time.monotonic() - record.info.get("returned", math.inf) > _SURE:
        with suppress(raw.OperationalError):  # what the driver knows afterwards says whether there was an answer
            raw.pgconn.exec_(b"SELECT 1")
    if raw.closed:
        raise sa.exc.InvalidatePoolError


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # the driver must not open transactions of its own: it would start them DEFERRED
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", _CHECKPOINT):
        raw.execute(f"PRAGMA {pragma}")


_CHECKPOINT = "wal_autocheckpoint=4000"
"""A step writes some fourteen pages, most of them the same as the step before, and a checkpoint writes each of them
once: every 4,000 pages of the log instead of every 1,000 takes a twentieth off a step. The log stays below 17 MB and
within the first part of its index, so that a reader looks for a page as fast as before."""


def _begin_sqlite(connection: Connection) -> None:
    mode = "DEFERRED" if connection.info.get("after_commit") is None else "IMMEDIATE"
    connection.connection.cursor().execute(f"BEGIN {mode}")


KEPT = 4
"""How many connections to a file are kept between two units of work; fewer than the pool holds."""


@dataclass
class _File:
    """What a SQLite database needs beside its engine: the writers' turn, and connections that wait for more work."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    kept: list[Connection] = field(default_factory=list)


_files: WeakKeyDictionary[Engine, _File] = WeakKeyDictionary()
_NO_TURN = nullcontext()


@contextmanager
def transaction(database: Engine) -> Iterator[Connection]:
    """Run one unit of work: commit when the block ends, roll back when it raises.

    Functions registered with :func:`after_commit` run once the commit has succeeded.
    """
    file = _files.get(database)
    callbacks: list[Callable[[], None]] = []
    with _NO_TURN if file is None else file.turn, _Lent(database, file, callbacks) as connection, connection.begin():
        yield connection
    for callback in callbacks:
        callback()


@contextmanager
def reading(database: Engine) -> Iterator[Connection]:
    """Run queries; whatever the block writes is rolled back.

    On SQLite they see one snapshot. On PostgreSQL each sees what was committed before it began.
    """
    with _Lent(database, _files.get(database), None) as connection, connection.begin() as work:
        yield connection
        _undo(connection)
        work.rollback()


def _undo(connection: Connection) -> None:
    """Roll back as PostgreSQL does, which keeps what it has prepared.

    psycopg's own way has the server forget every prepared statement, and so each page would have it plan all anew.
    It finds nothing left to undo then; where the server could not be told, it says so.
    """
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.driver_connection
        raw.pgconn.exec_(b"ROLLBACK")


class _Lent:
    """A connection that is lent; one to a file is kept for the next: making and returning it costs more than to begin.

    One to a server goes back to the pool, which looks whether it still lives; one in memory belongs to its thread.
    """

    def __init__(self, database: Engine, file: _File | None, callbacks: list[Callable[[], None]] | None) -> None:
        self._database, self._file, self._callbacks = database, file, callbacks

    def __enter__(self) -> Connection:
        self._connection = connection = _kept(self._file) or self._database.connect()
        self._options = connection.get_execution_options()
        connection.info.update(after_commit=self._callbacks, known={})
        return connection

    def __exit__(self, *_problem: object) -> None:
        connection, file = self._connection, self._file
        info = connection.info
        info.pop("after_commit", None)
        info.pop("known", None)
        as_before = connection.get_execution_options() == self._options
        kept = file.kept if file is not None and isinstance(self._database.pool, sa.QueuePool) else None
        if kept is not None and len(kept) < KEPT and as_before and self._ended():
            kept.append(connection)
        else:
            connection.close()

    def _ended(self) -> bool:
        """Tell whether the file's transaction is over: a COMMIT that fails leaves it open, and nobody could write."""
        raw: Any = self._connection.connection.driver_connection
        return not raw.in_transaction


def _kept(file: _File | None) -> Connection | None:
    try:
        return file.kept.pop() if file is not None else None
    except IndexError:  # not asked beforehand: another thread may be faster
        return None


def _let_go(database: Engine) -> None:
    """Close what is kept of an engine that is disposed of."""
    kept, _files[database].kept = _files[database].kept, []
    for connection in kept:
        connection.detach()
        connection.close()


def after_commit(connection: Connection, callback: Callable[[], None]) -> None:
    """Call ``callback`` once the running :func:`transaction` has been committed; never if it rolls back."""
    connection.info["after_commit"].append(callback)


def known(connection: Connection) -> dict[Any, Any]:
    """Return what the running unit of work has read and need not read again; a savepoint that is undone takes it away.

    Whoever has opened the transaction without :func:`transaction` or :func:`reading` keeps nothing.
    """
    found: dict[Any, Any] = connection.info.get("known", {})
    return found


@sa.event.listens_for(Engine, "rollback_savepoint")
def _forget(connection: Connection, *_: Any) -> None:
    known(connection).clear()


def begins(connection: Connection, column: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column begins with a text, in the form that an index of each database serves.

    PostgreSQL needs an index with ``text_pattern_ops`` for it, SQLite any index: its LIKE would read every row.
    """
    if connection.dialect.name == "postgresql":
        return column.startswith(text, autoescape=True)
    return sa.and_(column >= text, column < f"{text}\U0010ffff")


def number(value: int | Decimal) -> Decimal:
    """Return a JSON number as the decimal that FEEL calculates with."""
    return value if isinstance(value, Decimal) else Decimal(value)
