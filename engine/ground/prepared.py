"""The prepared statement: written in SQLAlchemy Core, compiled once, run on the driver's own cursor.

For what every step of a process does. The driver needs 3 to 10 µs for such a statement; executing it through Core adds
55 to 75 µs of looking up, binding and wrapping, which for the nine statements of a step was more than all the rest of
it. Tables, types and both databases stay Core's business, and so does every statement that is not on that path.
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
    """A statement as one database takes it."""

    text: str
    fixed: Mapping[str, Any]
    given: frozenset[str]
    processed: Sequence[tuple[str, Processor]]
    ordered: Callable[[Mapping[str, Any]], Any]
    row: Maker


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
        form = self._form(connection.dialect, values)
        cursor = _execute(connection, form.text, _bound(form, values))
        found = cursor.fetchone()
        cursor.close()
        return None if found is None else form.row(found)

    def all(self, connection: Connection, **values: Any) -> list[Row[Any]]:
        """Return every row."""
        form = self._form(connection.dialect, values)
        cursor = _execute(connection, form.text, _bound(form, values))
        found = [form.row(row) for row in cursor.fetchall()]
        cursor.close()
        return found

    def together(self, connection: Connection, **values: Any) -> tuple[Row[Any], ...] | None:
        """Return the first row in its parts, or None if there is none."""
        return cast("tuple[Row[Any], ...] | None", self.one(connection, **values))

    def raw(self, connection: Connection, **values: Any) -> list[Any]:
        """Return every row as the driver hands it out."""
        form = self._form(connection.dialect, values)
        cursor = _execute(connection, form.text, _bound(form, values))
        found: list[Any] = cursor.fetchall()
        cursor.close()
        return found

    def returned(self, connection: Connection, **values: Any) -> Row[Any]:
        """Return the row that an insertion has made."""
        row = self.one(connection, **values)
        assert row is not None
        return row

    def run(self, connection: Connection, **values: Any) -> int:
        """Execute the statement and return how many rows it changed."""
        form = self._form(connection.dialect, values)
        cursor = _execute(connection, form.text, _bound(form, values))
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute the statement once per row, in one call of the driver."""
        form = self._form(connection.dialect, rows[0])
        _execute(connection, form.text, [_bound(form, row) for row in rows], many=True).close()

    def _form(self, dialect: Dialect, values: Mapping[str, Any]) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _compiled(self._statement, self._parts, dialect, list(values))
        return form


def _compiled(statement: Statement, parts: Sequence[Columns], dialect: Dialect, names: list[str]) -> _Form:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)
    processors = {name: _binding(bind.type, dialect) for name, bind in compiled.binds.items()}
    processed = [(name, process) for name, process in processors.items() if process is not None and name in names]
    fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
    for name, process in processors.items():
        if process is not None and name in fixed:
            fixed[name] = process(fixed[name])
    make = _maker_of_parts(parts, dialect) if parts else maker(list(statement.exported_columns), dialect)
    ordered = _ordered(compiled.positiontup) if dialect.positional else dict
    return _Form(compiled.string, fixed, frozenset(names), processed, ordered, make)


def _ordered(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what puts parameters in the order of a statement's marks."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda bound: tuple(bound[name] for name in names)


def _binding(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    return cast("Processor | None", type_.dialect_impl(dialect).bind_processor(dialect))


def _maker_of_parts(parts: Sequence[Columns], dialect: Dialect) -> Maker:
    ends = list(accumulate(map(len, parts), initial=0))
    makers = [(slice(*ends), maker(part, dialect)) for part, ends in zip(parts, pairwise(ends), strict=True)]
    return lambda found: tuple(make(found[own]) for own, make in makers)


def maker(columns: Columns, dialect: Dialect) -> Maker:
    """Return what makes a row of what the driver hands out, as Core would."""
    processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    shape = SimpleResultMetaData([str(column.key) for column in columns])
    return partial(Row, shape, processors if any(processors) else None, shape._key_to_index)


def _bound(form: _Form, values: Mapping[str, Any]) -> Any:
    """Return the parameters as the driver takes them."""
    if values.keys() != form.given:
        raise TypeError(f"this statement takes {sorted(form.given)}, not {sorted(values)}: {form.text}")
    bound = {**form.fixed, **values}
    for name, process in form.processed:
        bound[name] = process(bound[name])
    return form.ordered(bound)


def _execute(connection: Connection, text: str, parameters: Any, *, many: bool = False) -> Any:
    """Let the driver execute a text; its errors become SQLAlchemy's, which is what callers know."""
    if not connection.in_transaction():
        connection.begin()
    cursor = connection.connection.cursor()
    if listeners := connection.engine.dispatch.before_cursor_execute:
        for listener in listeners:
            listener(connection, cursor, text, parameters, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
    except Exception as problem:
        cursor.close()
        driver = connection.dialect.loaded_dbapi.Error
        if not isinstance(problem, driver):
            raise
        raise sa.exc.DBAPIError.instance(text, None, problem, driver, dialect=connection.dialect) from problem
    return cursor
