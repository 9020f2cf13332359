"""The business key beside a case: a renewal, a remedy or a rating runs under the number, a dash and its own mark.

Work of such a process belongs to the case in every list and for everybody who may read it.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_NUMBER = re.compile(r"[^-]+-\d{4}-\d{6,}(?=-|\Z)", re.ASCII)
_TAIL = len("2026-000001")


class _FirstDash(FunctionElement[int]):
    """The place of a text's first dash, which each database calls by another name."""

    type = sa.Integer()
    inherit_cache = True


@compiles(_FirstDash)
def _strpos(element: _FirstDash, compiler: SQLCompiler, **options: object) -> str:
    return f"strpos({compiler.process(element.clauses, **options)}, '-')"


@compiles(_FirstDash, "sqlite")
def _instr(element: _FirstDash, compiler: SQLCompiler, **options: object) -> str:
    return f"instr({compiler.process(element.clauses, **options)}, '-')"


class belongs(FunctionElement[bool]):  # noqa: N801  # called like a function of SQL
    """Tells whether a business key is a case's number or that of a process beside it; each index serves its own form.

    It takes the key and the number. PostgreSQL's index is one of beginnings; in the order of SQLite's the dash is
    followed by the full stop.
    """

    type = sa.Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Stand as a condition as it is: SQLite finds no index for one that is compared with 1."""
        return self


@compiles(belongs)
def _likewise(element: belongs, compiler: SQLCompiler, **options: object) -> str:
    key, number = (compiler.process(part, **options) for part in element.clauses)
    wild = "%%" if compiler.preparer._double_percents else "%"
    begins = f"{key} LIKE {number} || '-{wild}' AND starts_with({key}, {number} || '-')"
    return f"({key} = {number} OR ({begins}))"


@compiles(belongs, "sqlite")
def _between(element: belongs, compiler: SQLCompiler, **options: object) -> str:
    key, number = (compiler.process(part, **options) for part in element.clauses)
    return f"({key} = {number} OR ({key} >= {number} || '-' AND {key} < {number} || '.'))"


def number_of(business_key: str) -> str:
    """Return the number of the case that a business key belongs to, or the key itself where it names none."""
    found = _NUMBER.match(business_key)
    return found.group() if found else business_key


def names_case(business_key: str) -> bool:
    """Tell whether a business key has the form of a case's number, or of one beside it; else there is no such case."""
    return _NUMBER.match(business_key) is not None


def number_in(business_key: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return :func:`number_of` as an expression, by which the database finds the case through its index."""
    end = _FirstDash(business_key) + _TAIL
    beside = sa.func.substr(business_key, end + 1, 1) == "-"
    return sa.case((beside, sa.func.substr(business_key, 1, end)), else_=business_key)
