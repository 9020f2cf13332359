"""Let a court stay what it carries out, things stay seized for an auction, and the police stop a clock."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_STAYS = ("unable", "third_party", "damage", "other")
_GROUNDS = (
    "no_breach", "unrelated", "decided", "expired", "not_approved", "not_needed", "confiscated", "handed_over",
)  # fmt: skip
_STOPS = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审", "缓办")


def upgrade() -> None:
    """Go one step forward."""
    _stays((*_STAYS, "court"))
    _grounds((*_GROUNDS, "kept", "set_off"))
    _kinds((*_STOPS, "移送公安"))


def downgrade() -> None:
    """Go one step back."""
    _kinds(_STOPS)
    _grounds(_GROUNDS)
    _stays(_STAYS)


def _stays(known: tuple[str, ...]) -> None:
    name = op.f("ck_execution_interruption_stay_on_ground")
    with op.batch_alter_table("execution_interruption") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind <> 'stay' OR ground IN {known}")


def _grounds(known: tuple[str, ...]) -> None:
    name = op.f("ck_seizure_ground_known")
    with op.batch_alter_table("seizure") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"ground IS NULL OR ground IN {known}")


def _kinds(known: tuple[str, ...]) -> None:
    name = op.f("ck_deadline_stop_kind_known")
    with op.batch_alter_table("deadline_stop") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN {known}")
