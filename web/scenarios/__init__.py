"""Scenarios of process packages: walked in a throw-away database, with what they cover."""

from web.scenarios.ground import experts, ground, items
from web.scenarios.populating import populate
from web.scenarios.replaying import replay
from web.scenarios.running import expect, load, read, take, usual, walk
from web.scenarios.walk import Stuck, Walk

__all__ = [
    "Stuck",
    "Walk",
    "expect",
    "experts",
    "ground",
    "items",
    "load",
    "populate",
    "read",
    "replay",
    "take",
    "usual",
    "walk",
]
