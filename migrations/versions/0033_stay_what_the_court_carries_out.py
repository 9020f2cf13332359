"""Let a court stay what it carries out."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_TABLE = "execution_interruption"
_NAME = "ck_execution_interruption_stay_on_ground"
_TOWN = ("unable", "third_party", "damage", "other")


def upgrade() -> None:
    """Go one step forward."""
    _grounds((*_TOWN, "court"))


def downgrade() -> None:
    """Go one step back."""
    _grounds(_TOWN)


def _grounds(known: tuple[str, ...]) -> None:
    with op.batch_alter_table(_TABLE) as batch:
        batch.drop_constraint(op.f(_NAME), type_="check")
        batch.create_check_constraint(op.f(_NAME), f"kind <> 'stay' OR ground IN {known}")
