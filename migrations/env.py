"""Runs the migrations in one transaction on the database that the configuration names."""

from __future__ import annotations

import importlib
import pkgutil

from alembic import context

import engine
from engine import db

for _module in pkgutil.walk_packages(engine.__path__, "engine."):
    importlib.import_module(_module.name)


def run() -> None:
    """Migrate to the wished revision; SQLite alters tables by copying them."""
    database = db.connect(str(context.config.get_main_option("sqlalchemy.url")))
    with db.transaction(database) as connection:
        context.configure(
            connection=connection, target_metadata=db.metadata, render_as_batch=True, user_module_prefix="db."
        )
        with context.begin_transaction():
            context.run_migrations()
    database.dispose()


run()
