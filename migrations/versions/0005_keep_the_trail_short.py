"""Keep the trail short: hashes as bytes, in SQLite moments as numbers, no index that repeats another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine import audit, db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HASHES = {
    "audit_event": {"definition_hash": True, "form_hash": True, "prev_hash": False, "hash": False},
    "audit_head": {"hash": False},
    "idempotency_key": {"request_hash": False},
}
"""The hashes of each table, and whether they may be missing."""
_represented = sa.text("on_behalf_of IS NOT NULL")
INDEXES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "ix_audit_event_at": (["at"], {}),
    "ix_audit_event_actor_at": (["actor", "at"], {}),
    "ix_audit_event_action_at": (["action", "at"], {}),
    "ix_audit_event_on_behalf_of_at": (
        ["on_behalf_of", "at"],
        {"sqlite_where": _represented, "postgresql_where": _represented},
    ),
}
NUMBER_OF_MOMENT = (
    "CASE WHEN typeof({0}) = 'text' THEN CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER) * 1000000"
    " + CAST(substr({0} || '000000', 21, 6) AS INTEGER) ELSE {0} END"
)


def upgrade() -> None:
    """Go one step forward."""
    _drop_indexes([f"{name}_id" for name in INDEXES])
    op.drop_index("ix_idempotency_key_at", table_name="idempotency_key")
    op.drop_index("ix_instance_key_prefix", table_name="instance")
    with op.batch_alter_table("instance") as batch:
        batch.drop_constraint("uq_instance_business_key", type_="unique")
    op.create_index(
        "uq_instance_business_key", "instance", ["business_key"], unique=True,
        postgresql_ops={"business_key": "text_pattern_ops"},
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        _drop_triggers()
        _convert_moments()
        _convert_hashes_in_sqlite(sa.String(64), db.Digest(), "bytes_of_hex")
        _create_triggers()
    else:
        _convert_hashes(sa.String(64), db.Digest(), "decode({0}, 'hex')")
    _create_indexes(INDEXES)


def downgrade() -> None:
    """Go one step back; moments stay numbers, which is how the types of the code read and write them."""
    _drop_indexes(list(INDEXES))
    if op.get_bind().dialect.name == "sqlite":
        _drop_triggers()
        _convert_hashes_in_sqlite(db.Digest(), sa.String(64), "hex_of_bytes")
        _create_triggers()
    else:
        _convert_hashes(db.Digest(), sa.String(64), "encode({0}, 'hex')")
    op.create_index("ix_idempotency_key_at", "idempotency_key", ["at"])
    op.drop_index("uq_instance_business_key", table_name="instance")
    with op.batch_alter_table("instance") as batch:
        batch.create_unique_constraint("uq_instance_business_key", ["business_key"])
    op.create_index(
        "ix_instance_key_prefix", "instance", ["business_key"], postgresql_ops={"business_key": "text_pattern_ops"}
    )
    _create_indexes({f"{name}_id": ([*columns, "id"], more) for name, (columns, more) in INDEXES.items()})


def _drop_indexes(names: list[str]) -> None:
    for name in names:
        op.drop_index(name, table_name="audit_event")


def _create_indexes(wanted: dict[str, tuple[list[str], dict[str, Any]]]) -> None:
    for name, (columns, more) in wanted.items():
        op.create_index(name, "audit_event", columns, **more)


def _convert_hashes(before: Any, after: Any, using: str) -> None:
    for table, column, nullable in _hashes():
        op.alter_column(
            table, column, existing_type=before, type_=after, existing_nullable=nullable,
            postgresql_using=using.format(column),
        )  # fmt: skip


def _convert_hashes_in_sqlite(before: Any, after: Any, function: str) -> None:
    """Copy the tables: SQLite alters no column; the two that are found by their key alone need no other order."""
    driver: Any = op.get_bind().connection.driver_connection
    driver.create_function("bytes_of_hex", 1, lambda text: None if text is None else bytes.fromhex(text))
    driver.create_function("hex_of_bytes", 1, lambda data: None if data is None else data.hex())
    for table, columns in HASHES.items():
        changes = ", ".join(f"{column} = {function}({column})" for column in columns)
        op.execute(f"UPDATE {table} SET {changes}")  # noqa: S608  # names of our own
        whole = table == "audit_event" or isinstance(after, sa.String)
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_with_rowid": whole}) as batch:
            for column, nullable in columns.items():
                batch.alter_column(column, existing_type=before, type_=after, existing_nullable=nullable)


def _hashes() -> Iterator[tuple[str, str, bool]]:
    for table, columns in HASHES.items():
        for column, nullable in columns.items():
            yield table, column, nullable


def _convert_moments() -> None:
    """Write every moment as a number; the columns take both, whichever of the two types they were declared with."""
    found = sa.inspect(op.get_bind())
    for table in found.get_table_names():
        moments = [c["name"] for c in found.get_columns(table) if isinstance(c["type"], sa.DateTime | sa.BigInteger)]
        if moments:
            changes = ", ".join(f'"{name}" = {NUMBER_OF_MOMENT.format(name)}' for name in moments)
            op.execute(f'UPDATE "{table}" SET {changes}')  # noqa: S608  # names of our own


def _drop_triggers() -> None:
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_event_no_{verb}")


def _create_triggers() -> None:
    for statement in audit.APPEND_ONLY["sqlite"]:
        op.execute(statement)
