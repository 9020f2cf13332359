"""Offer documents in Word: which ones, and the versions that officers bring back."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from engine import db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OFFERED = re.compile(r"^// *word *: *yes *$", re.MULTILINE)


def upgrade() -> None:
    """Go one step forward; what was issued is offered if its template says so."""
    with op.batch_alter_table("document") as batch:
        batch.add_column(sa.Column("word", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("document") as batch:
        batch.alter_column("word", server_default=None)
    _mark_issued()
    op.create_table(
        "word_copy",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("task_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_id", _KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("fields", db.Json(), nullable=False),
        sa.Column("written_by", sa.String(80), nullable=False),
        sa.Column("written_at", db.Utc(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_word_copy_version_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_word_copy_case_id_case_file")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_word_copy_file_id_stored_file")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_word_copy_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_copy")),
        sa.UniqueConstraint("case_id", "kind", "version", name=op.f("uq_word_copy_case_id_kind_version")),
    )
    op.create_index(op.f("ix_word_copy_file_id"), "word_copy", ["file_id"])
    op.create_index(op.f("ix_word_copy_task_id"), "word_copy", ["task_id"])


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("word_copy")
    with op.batch_alter_table("document") as batch:
        batch.drop_column("word")


def _mark_issued() -> None:
    connection = op.get_bind()
    source = sa.table("deployment_file", sa.column("path", sa.String), sa.column("content", sa.LargeBinary))
    issued = sa.table("document", sa.column("kind", sa.String), sa.column("word", sa.Boolean))
    rows = connection.execute(sa.select(source.c.path, source.c.content).where(source.c.path.like("documents/%.typ")))
    offered = {
        row.path.removeprefix("documents/").removesuffix(".typ")
        for row in rows
        if _OFFERED.search(bytes(row.content).decode("utf-8", "replace"))
    }
    if offered:
        connection.execute(sa.update(issued).where(issued.c.kind.in_(sorted(offered))).values(word=sa.true()))
