"""FEEL, the expression language of DMN 1.5, with Camunda 8's common extensions.

Safe by construction: an expression reaches its context, the built-in library and the functions its host hands in,
nothing else, and every evaluation is bounded.
"""

from engine.feel.calls import host
from engine.feel.durations import DaysTime, YearsMonths
from engine.feel.expression import Expression, evaluate, parse, parse_unary, paths, variables
from engine.feel.limits import Limits
from engine.feel.printing import from_json, text_of, to_json
from engine.feel.runtime import Notice
from engine.feel.values import Function, Range
from engine.feel.writing import write

__all__ = [
    "DaysTime",
    "Expression",
    "Function",
    "Limits",
    "Notice",
    "Range",
    "YearsMonths",
    "evaluate",
    "from_json",
    "host",
    "parse",
    "parse_unary",
    "paths",
    "text_of",
    "to_json",
    "variables",
    "write",
]
