"""What is kept as it was: rows that nobody may delete, and columns of theirs that nobody may change.

A correction is a new row (行政处罚法47: the whole process is recorded and kept); the database itself refuses the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def triggers(table: str, *columns: str) -> Mapping[str, Sequence[str]]:
    """Return the triggers by dialect; a migration and the table's own creation run the same ones."""
    fixed, said = ", ".join(columns), f"rows of {table} are append-only"
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{said}'); END",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OF {fixed} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{said}'); END",
        ],
        "postgresql": [
            f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OF {fixed} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()",
        ],
    }
