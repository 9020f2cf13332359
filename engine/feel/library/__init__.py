"""The built-in functions of FEEL (DMN 1.5 §10.3.4) and the common ones of Camunda 8, one family per file."""

from __future__ import annotations

from engine.feel.library import contexts, dates, lists, numbers, ranges, strings
from engine.feel.library.registry import LIBRARY

__all__ = ["LIBRARY", "contexts", "dates", "lists", "numbers", "ranges", "strings"]
