"""Questions asked together: what a page wants to know of one thing, in one statement instead of thirty.

Each noun keeps its own question beside its table. A page that needs many of them asks them together first; each noun
then answers from what was read. Only on a snapshot that nobody writes to: elsewhere every question is asked by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Row, Transaction
from sqlalchemy.sql import visitors
from sqlalchemy.types import TypeDecorator, TypeEngine

from engine.ground.prepared import Prepared, maker

Answers = dict[Hashable, list[Row[Any]]]
_answers: WeakKeyDictionary[Connection, tuple[Transaction, Answers]] = WeakKeyDictionary()
"""What was read in one transaction of a connection, which may serve others: no answer outlives its snapshot."""
_FAMILIES: tuple[type[TypeEngine[Any]], ...] = (
    *(sa.Boolean, sa.Integer, sa.Numeric, sa.DateTime, sa.Date, sa.LargeBinary, sa.String),
)
"""Kinds of columns: those of one kind can stand below each other in a union."""


class Question:
    """A query with named parameters and the order of its rows."""

    def __init__(self, query: sa.Select[Any], *order: sa.ColumnElement[Any]) -> None:
        self.query, self.order = query, order
        binds = (part for part in visitors.iterate(query) if isinstance(part, sa.BindParameter))
        self.names = frozenset(bind.key for bind in binds if bind.required)
        self._alone = Prepared(query.order_by(*order))

    def all(self, connection: Connection, **values: Any) -> list[Row[Any]]:
        """Return the rows: what was read together, else what the database answers now."""
        known = _known(connection)
        found = known.get(self.named(values)) if known is not None else None
        return self._alone.all(connection, **values) if found is None else list(found)

    def named(self, values: Mapping[str, Any]) -> Hashable:
        """Return what the answer is kept under."""
        return self, frozenset((name, values[name]) for name in self.names)


class Together:
    """Questions that one page asks; they share the parameters that are called alike."""

    def __init__(self, *questions: Question) -> None:
        self._questions = questions
        self._names = frozenset[str]().union(*(question.names for question in questions))
        self._places = _places([question.query for question in questions])
        self._statement = Prepared(sa.union_all(*self._parts()))
        self._makers: dict[str, list[Callable[[Any], Row[Any]]]] = {}

    def ask(self, connection: Connection, **values: Any) -> None:
        """Read all answers in one statement, unless the connection is one that writes."""
        if connection.info.get("after_commit") is not None:
            return
        given = {name: value for name, value in values.items() if name in self._names}
        rows = sorted(self._statement.raw(connection, **given), key=itemgetter(0, 1))
        makers = self._makers.get(connection.dialect.name) or self._prepare(connection.dialect)
        answers: list[list[Row[Any]]] = [[] for _ in self._questions]
        for row in rows:
            answers[row[0]].append(makers[row[0]](row))
        transaction, kept = connection.get_transaction(), _known(connection) or {}
        assert transaction is not None  # the statement has begun one, if nobody had
        _answers[connection] = (transaction, kept)
        for question, found in zip(self._questions, answers, strict=True):
            kept[question.named(values)] = found

    def _parts(self) -> list[sa.Select[Any]]:
        """Return the questions as parts of a union: each column in the next place of its kind, nothing elsewhere."""
        width = [kind for kinds in self._places for kind in kinds]
        kinds = sorted(dict.fromkeys(width), key=lambda place: (_FAMILIES.index(place[0]), place[1]))
        self._columns = {place: 2 + number for number, place in enumerate(kinds)}
        empty = {place: sa.cast(sa.null(), place[0]()) for place in kinds}
        parts = []
        for number, (question, own) in enumerate(zip(self._questions, self._places, strict=True)):
            held = empty | dict(zip(own, question.query.selected_columns, strict=True))
            place = sa.func.row_number().over(order_by=list(question.order))
            columns = [held[kind].label(f"c{index}") for index, kind in enumerate(kinds)]
            part: sa.Label[int] = sa.literal_column(str(number)).label("part")
            parts.append(question.query.with_only_columns(part, place.label("place"), *columns))
        return parts

    def _prepare(self, dialect: Dialect) -> list[Callable[[Any], Row[Any]]]:
        """Return what makes a row of each question of one of the union."""
        asked = zip(self._questions, self._places, strict=True)
        makers = [
            _picking(maker(list(one.query.exported_columns), dialect), [self._columns[place] for place in own])
            for one, own in asked
        ]
        self._makers[dialect.name] = makers
        return makers


def _picking(made: Callable[[Any], Row[Any]], columns: Sequence[int]) -> Callable[[Any], Row[Any]]:
    """Return what makes a question's row of one of the union."""
    if len(columns) == 1:
        return lambda row: made((row[columns[0]],))
    pick = itemgetter(*columns)
    return lambda row: made(pick(row))


def _known(connection: Connection) -> Answers | None:
    """Return what was read in the transaction that runs on the connection."""
    transaction, answers = _answers.get(connection, (None, None))
    return answers if transaction is not None and connection.get_transaction() is transaction else None


Place = tuple[type[TypeEngine[Any]], int]


def _places(queries: Sequence[sa.Select[Any]]) -> list[list[Place]]:
    """Return for each column of each query its kind and which of that kind it is."""
    found = []
    for query in queries:
        kinds = [_family(column.type) for column in query.selected_columns]
        found.append([(kind, kinds[:index].count(kind)) for index, kind in enumerate(kinds)])
    return found


def _family(kind: TypeEngine[Any]) -> type[TypeEngine[Any]]:
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return next(family for family in _FAMILIES if isinstance(plain, family))
