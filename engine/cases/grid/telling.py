"""What happened to a grid event, in sentences for its story."""

from __future__ import annotations

from engine.cases.grid import photo
from engine.errors import N_

SENTENCES = {
    "event.reported": N_("An event was reported in grid {grid}, class {class_code} of list {list_version}."),
    "event.photographed": N_("Photos were added ({phase})."),
}
"""By action; marked for translation. Facts of an event fill the braces as they are."""

WORDS = {"phase": photo.PHASES}
"""By fact: what its words are called; marked for translation."""
