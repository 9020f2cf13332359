"""DMN 1.1 to 1.5: decision requirement graphs over every boxed expression, explained on request."""

from engine.dmn.backtest import Difference, backtest
from engine.dmn.model import Model, Result, parse
from engine.dmn.reading import Problem, tags

__all__ = ["Difference", "Model", "Problem", "Result", "backtest", "parse", "tags"]
