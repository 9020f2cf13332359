"""Every error of the engine, a named fact each; the docstring is the message in English and the key of its translation.

A message names its facts in braces (``{person}``) and says what happened and what to do next. The five kinds below
say how a caller should take an error; the web maps each to one HTTP status.
"""

from engine.errors.assessment import *
from engine.errors.base import *
from engine.errors.bpmn import *
from engine.errors.cases import *
from engine.errors.clocks import *
from engine.errors.core import *
from engine.errors.execution import *
from engine.errors.feel import *
from engine.errors.forms import *
from engine.errors.grid import *
from engine.errors.grid_tree import *
from engine.errors.intake import *
from engine.errors.investigation import *
from engine.errors.judging import *
from engine.errors.organisation import *
from engine.errors.radar import *
