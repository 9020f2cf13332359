"""The prepared statement: written in SQLAlchemy Core, compiled once, run on the driver's own cursor.

For what every step of a process does. The driver needs 3 to 10 µs for such a statement; executing it through Core adds
55 to 75 µs of looking up, binding and wrapping, which for the nine statements of a step was more than all the rest of
it. Tables, types and both databases stay Core's business, and so does every statement that is not on that path.
PostgreSQL gets them in its own words, with ``$1`` for a value: psycopg would look through a long one each time for the
marks that Core has put there, a tenth of what an inbox costs.
Listeners of the engine to ``before_cursor_execute`` see them like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.types import TypeEngine

Statement = sa.Select[Any] | sa.CompoundSelect[Any] | sa.Insert | sa.Update | sa.Delete
Processor = Callable[[Any], Any]
Maker = Callable[[Any], Any]
Columns = Collection[sa.ColumnElement[Any]]


@dataclass(frozen=True)
class _Form:
    """A statement as one database takes it; ``takes`` is how many values it was given first, ``fixed`` what it
    brings. A caller who asks like statements alike may name a value that one of them does not use."""

    text: str
    takes: int
    fixed: Mapping[str, Any]
    processed: Sequence[tuple[str, Processor]]
    ordered: Callable[[Mapping[str, Any]], Any]
    row: Maker

    def bound(self, values: dict[str, Any]) -> Any:
        """Return values as the driver takes them; the dictionary is used up."""
        if len(values) != self.takes:
            raise self.misnamed(values)
        if self.fixed:
            values.update(self.fixed)
        try:
            for name, process in self.processed:
                values[name] = process(values[name])
            return self.ordered(values)
        except KeyError as missing:
            raise self.misnamed(values) from missing

    def misnamed(self, values: Mapping[str, Any]) -> TypeError:
        """Return the error of a caller who names other values than the statement's."""
        return TypeError(f"this statement takes {self.takes} values, not {sorted(values)}: {self.text}")


class Prepared:
    """A statement of Core with named parameters; an insertion names the same columns each time.

    Parameters
    ----------
    parts : the columns of a query that finds several rows at once, row by row; :meth:`together` returns them.
    """

    def __init__(self, statement: Statement, *parts: Columns) -> None:
        self._statement = statement
        self._parts = parts
        self._forms: dict[str, _Form] = {}

    def one(self, connection: Connection, **values: Any) -> Row[Any] | None:
        """Return the first row, or None if there is none."""
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect, values)
        cursor = _execute(connection, form.text, form.bound(values))
        found = cursor.fetchone()
        cursor.close()
        return None if found is None else form.row(found)

    def all(self, connection: Connection, **values: Any) -> list[Row[Any]]:
        """Return every row."""
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect, values)
        cursor = _execute(connection, form.text, form.bound(values))
        found = [form.row(row) for row in cursor.fetchall()]
        cursor.close()
        return found

    def together(self, connection: Connection, **values: Any) -> tuple[Row[Any], ...] | None:
        """Return the first row in its parts, or None if there is none."""
        return cast("tuple[Row[Any], ...] | None", self.one(connection, **values))

    def raw(self, connection: Connection, **values: Any) -> list[Any]:
        """Return every row as the driver hands it out."""
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect, values)
        cursor = _execute(connection, form.text, form.bound(values))
        found: list[Any] = cursor.fetchall()
        cursor.close()
        return found

    def returned(self, connection: Connection, **values: Any) -> Row[Any]:
        """Return the row that is sure to be there: what an insertion has made or a change has left."""
        row = self.one(connection, **values)
        assert row is not None
        return row

    def key(self, connection: Connection, **values: Any) -> int:
        """Return the key of the row that an insertion has made, 0 if it gave way to one that stood there already.

        Core lets PostgreSQL return it; SQLite's driver knows it, and RETURNING would double what an insertion costs
        there.
        """
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect, values)
        cursor = _execute(connection, form.text, form.bound(values))
        made = cursor.fetchone() if cursor.description else (cursor.lastrowid,)
        key = int(made[0]) if cursor.rowcount else 0
        cursor.close()
        return key

    def run(self, connection: Connection, **values: Any) -> int:
        """Execute the statement and return how many rows it changed."""
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect, values)
        cursor = _execute(connection, form.text, form.bound(values))
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute the statement once per row, in one call of the driver."""
        form = self._forms.get(connection.dialect.name) or self._compile(connection.dialect, rows[0])
        _execute(connection, form.text, [form.bound(dict(row)) for row in rows], many=True).close()

    def _compile(self, dialect: Dialect, values: Mapping[str, Any]) -> _Form:
        form = self._forms[dialect.name] = _compiled(self._statement, self._parts, dialect, list(values))
        return form


def _compiled(statement: Statement, parts: Sequence[Columns], dialect: Dialect, names: list[str]) -> _Form:
    made: Any = type(dialect)
    own = dialect if dialect.name == "sqlite" else made(paramstyle="numeric_dollar")
    compiled: Any = statement.compile(dialect=own, column_keys=names)
    processors = {name: _binding(bind.type, dialect) for name, bind in compiled.binds.items()}
    processed = [(name, process) for name, process in processors.items() if process is not None]
    fixed = {n: bind.effective_value for n, bind in compiled.binds.items() if not bind.required and n not in names}
    for name, process in processed:
        if name in fixed:
            fixed[name] = process(fixed[name])
    processed = [(name, process) for name, process in processed if name not in fixed]
    make = _maker_of_parts(parts, dialect) if parts else maker(list(statement.exported_columns), dialect)
    return _Form(compiled.string, len(names), fixed, processed, _ordered(compiled.positiontup), make)


def _ordered(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what puts parameters in the order of a statement's marks."""
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda bound: (bound[names[0]],)) if names else lambda _bound: ()


def _binding(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return cast("Processor | None", type_.dialect_impl(dialect).bind_processor(dialect))


def _maker_of_parts(parts: Sequence[Columns], dialect: Dialect) -> Maker:
    ends = list(accumulate(map(len, parts), initial=0))
    makers = [(slice(*ends), maker(part, dialect)) for part, ends in zip(parts, pairwise(ends), strict=True)]
    return lambda found: tuple([make(found[own]) for own, make in makers])


def maker(columns: Columns, dialect: Dialect) -> Maker:
    """Return what makes a row of what the driver hands out, as Core would."""
    processors = [_reading(column.type, dialect) for column in columns]
    return _making([str(column.key) for column in columns], processors if any(processors) else None)


def written(table: sa.Table) -> Maker:
    """Return what makes a row of a table of the values that were written into it, by the names of its columns."""
    names = list(table.c.keys())
    make, ordered = _making(names, None), itemgetter(*names)
    return lambda values: make(ordered(values))


def _making(names: Sequence[str], processors: Sequence[Any] | None) -> Maker:
    shape = SimpleResultMetaData(names)
    return partial(_row_of(names), shape, processors, shape._key_to_index)


def _row_of(names: Sequence[str]) -> type[Row[Any]]:
    """Return the class of rows with these columns as its properties.

    Core's own row is asked for an attribute in vain, writes that as an error and only then looks among its
    columns.
    """
    columns = {name: property(itemgetter(place)) for place, name in enumerate(names) if not hasattr(Row, name)}
    return type("Row", (Row,), {"__slots__": (), "__getattribute__": object.__getattribute__, **columns})


def _reading(type_: TypeEngine[Any], dialect: Dialect) -> Any:
    """Return what makes a value of what the driver hands out.

    Both drivers hand floats out as they are, and psycopg's processor cannot be asked for without a result.
    """
    if isinstance(type_, sa.Float) and not type_.asdecimal:
        return None
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _execute(connection: Connection, text: str, parameters: Any, *, many: bool = False) -> Any:
    """Let the driver execute a text; its errors become SQLAlchemy's, which is what callers know."""
    if not connection.in_transaction():
        connection.begin()
    raw: Any = connection.connection.dbapi_connection
    driver: Any = connection.dialect.loaded_dbapi
    cursor = raw.cursor() if connection.dialect.name == "sqlite" else driver.RawCursor(raw)
    for listener in connection.engine.dispatch.before_cursor_execute:
        listener(connection, cursor, text, parameters, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
    except Exception as problem:
        cursor.close()
        if not isinstance(problem, driver.Error):
            raise
        raise sa.exc.DBAPIError.instance(text, None, problem, driver.Error, dialect=connection.dialect) from problem
    return cursor
