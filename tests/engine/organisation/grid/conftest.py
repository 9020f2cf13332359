"""The demo town's organisation with its grid, as every test of this room needs it."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import Connection

from engine import audit
from engine.organisation.grid import files
from tests.engine.organisation.conftest import GUANLIN


@pytest.fixture
def connection(town: Connection) -> Connection:
    """A transaction in which the town's organisation and grid have been loaded."""
    files.load(town, audit.SYSTEM, GUANLIN)
    return town
