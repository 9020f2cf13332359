"""Runs the migrations in one transaction on the database that the configuration names."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import sqlalchemy as sa
from alembic import context

import engine
from engine import db

for _module in pkgutil.walk_packages(engine.__path__, "engine."):
    importlib.import_module(_module.name)


def run() -> None:
    """Migrate to the wished revision; SQLite alters tables by copying them."""
    database = db.connect(str(context.config.get_main_option("sqlalchemy.url")))
    sqlite = database.dialect.name == "sqlite"
    if sqlite:
        sa.event.listen(database, "connect", _leave_foreign_keys)
    with db.transaction(database) as connection:
        context.configure(
            connection=connection, target_metadata=db.metadata, render_as_batch=True, user_module_prefix="db."
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite and (broken := connection.execute(sa.text("PRAGMA foreign_key_check")).all()):
            raise sa.exc.IntegrityError("PRAGMA foreign_key_check", None, ValueError(broken[:5]))
    database.dispose()


def _leave_foreign_keys(raw: Any, _record: Any) -> None:
    """Let SQLite drop a table that others point to: its copy takes its place, and all keys are checked afterwards."""
    raw.execute("PRAGMA foreign_keys=OFF")


run()
