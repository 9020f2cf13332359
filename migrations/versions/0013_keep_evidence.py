"""Keep evidence: kinds, acts, versions, custody, facts and what proves them; rows that nobody changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import db
from engine.cases.enforcement.investigation import act, custody, evidence, fact

_KEPT = (act.KEPT, evidence.KEPT, custody.KEPT, fact.KEPT)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step forward."""
    _evidence_kind()
    _recording_step()
    _case_fact()
    _evidence()
    _investigative_act()
    _act_officer()
    _custody()
    _evidence_version()
    _fact_proof()
    _evidence_taker()
    for triggers in _KEPT:
        for statement in triggers[op.get_bind().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    """Go one step back."""
    if op.get_bind().dialect.name == "postgresql":
        for name in ("investigative_act", "evidence_version", "custody", "case_fact"):
            for what in ("delete", "change"):
                op.execute(f"DROP TRIGGER {name}_no_{what} ON {name}")
            op.execute(f"DROP FUNCTION refuse_change_of_{name}")
    for name in (
        "evidence_taker",
        "fact_proof",
        "evidence_version",
        "custody",
        "act_officer",
        "investigative_act",
        "evidence",
        "case_fact",
        "recording_step",
        "evidence_kind",
    ):
        op.drop_table(name)


def _evidence_kind() -> None:
    op.create_table(
        "evidence_kind",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("law", sa.String(length=60), nullable=False),
        sa.Column("fields", db.Json(), nullable=False),
        sa.Column("typical", db.Json(), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "code IN ('doc', 'obj', 'av', 'edata', 'wit', 'party', 'expert', 'scene')",
            name=op.f("ck_evidence_kind_kind_of_article_46"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_evidence_kind")),
    )


def _recording_step() -> None:
    op.create_table(
        "recording_step",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("node", sa.String(length=20), nullable=False),
        sa.Column("step", sa.String(length=120), nullable=False),
        sa.Column("step_en", sa.String(length=160), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("scope_en", sa.String(length=160), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "level IN ('required', 'recommended', 'text_only')", name=op.f("ck_recording_step_level_known")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_recording_step")),
    )


def _case_fact() -> None:
    op.create_table(
        "case_fact",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.Column("said_at", db.Utc(timezone=True), nullable=False),
        sa.Column("withdrawn_at", db.Utc(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_case_fact_says_something")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name=op.f("ck_case_fact_withdrawn_with_reason")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_fact_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_fact")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_fact_case_id_number")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_evidence_number_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_evidence_case_id_case_file")),
        sa.ForeignKeyConstraint(["kind"], ["evidence_kind.code"], name=op.f("fk_evidence_kind_evidence_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_evidence_case_id_number")),
    )


def _investigative_act() -> None:
    op.create_table(
        "investigative_act",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("case_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("coordinates", sa.String(length=60), nullable=False),
        sa.Column("licences_shown", sa.Boolean(), nullable=False),
        sa.Column("present", db.Json(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("recording", sa.String(length=80), nullable=False),
        sa.Column("recording_file_id", _KEY, nullable=True),
        sa.Column("signature", sa.String(length=8), nullable=False),
        sa.Column("signature_note", sa.Text(), nullable=False),
        sa.Column("witness", sa.String(length=80), nullable=False),
        sa.Column("corrects", _KEY, nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("ended_at > started_at", name=op.f("ck_investigative_act_ends_after_start")),
        sa.CheckConstraint(
            "kind IN ('inspection', 'questioning', 'sampling', 'collection', 'measurement', 'keeping', 'seizure', 'release')",
            name=op.f("ck_investigative_act_kind_known"),
        ),
        sa.CheckConstraint("licences_shown", name=op.f("ck_investigative_act_licences_were_shown")),
        sa.CheckConstraint(
            "signature = 'signed' OR (signature_note <> '' AND (witness <> '' OR recording <> ''))",
            name=op.f("ck_investigative_act_refusal_is_witnessed"),
        ),
        sa.CheckConstraint(
            "signature IN ('signed', 'refused', 'absent')", name=op.f("ck_investigative_act_signature_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_investigative_act_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["corrects"], ["investigative_act.id"], name=op.f("fk_investigative_act_corrects_investigative_act")
        ),
        sa.ForeignKeyConstraint(
            ["recording_file_id"], ["stored_file.id"], name=op.f("fk_investigative_act_recording_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigative_act")),
        sa.UniqueConstraint("corrects", name=op.f("uq_investigative_act_corrects")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_investigative_act_case_id_number")),
    )


def _act_officer() -> None:
    op.create_table(
        "act_officer",
        sa.Column("act_id", _KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("signed_at", db.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["investigative_act.id"], name=op.f("fk_act_officer_act_id_investigative_act")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_act_officer_person_id_person")),
        sa.PrimaryKeyConstraint("act_id", "person_id", name=op.f("pk_act_officer")),
    )
    op.create_index("ix_act_officer_person_id", "act_officer", ["person_id"])


def _custody() -> None:
    op.create_table(
        "custody",
        sa.Column("evidence_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("holder_before", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("at", db.Utc(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(seq = 1) = (holder_before = '')", name=op.f("ck_custody_first_from_nobody")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_custody_seq_positive")),
        sa.CheckConstraint("holder <> '' AND holder <> holder_before", name=op.f("ck_custody_to_somebody_else")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_custody_evidence_id_evidence")),
        sa.PrimaryKeyConstraint("evidence_id", "seq", name=op.f("pk_custody")),
    )


def _evidence_version() -> None:
    op.create_table(
        "evidence_version",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("evidence_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("obtained_at", db.Utc(timezone=True), nullable=False),
        sa.Column("act_id", _KEY, nullable=True),
        sa.Column("file_id", _KEY, nullable=True),
        sa.Column("shelf_mark", sa.String(length=80), nullable=False),
        sa.Column("extent", sa.String(length=40), nullable=False),
        sa.Column("confirmed", sa.String(length=10), nullable=False),
        sa.Column("confirmed_note", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("said", db.Json(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.String(length=80), nullable=False),
        sa.Column("registered_at", db.Utc(timezone=True), nullable=False),
        sa.Column("verified_by", sa.String(length=80), nullable=True),
        sa.Column("verified_at", db.Utc(timezone=True), nullable=True),
        sa.Column("verified_how", sa.Text(), nullable=True),
        sa.Column("excluded_by", sa.String(length=80), nullable=True),
        sa.Column("excluded_at", db.Utc(timezone=True), nullable=True),
        sa.Column("excluded_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "confirmed IN ('signed', 'refused', 'not_asked')", name=op.f("ck_evidence_version_confirmed_known")
        ),
        sa.CheckConstraint("version = 1 OR reason <> ''", name=op.f("ck_evidence_version_correction_has_reason")),
        sa.CheckConstraint(
            "(excluded_at IS NULL) = (excluded_by IS NULL)", name=op.f("ck_evidence_version_excluded_by_somebody")
        ),
        sa.CheckConstraint(
            "(excluded_at IS NULL) = (excluded_why IS NULL)", name=op.f("ck_evidence_version_excluded_with_reason")
        ),
        sa.CheckConstraint("file_id IS NOT NULL OR shelf_mark <> ''", name=op.f("ck_evidence_version_file_or_shelf")),
        sa.CheckConstraint(
            "confirmed <> 'refused' OR confirmed_note <> ''", name=op.f("ck_evidence_version_refusal_has_reason")
        ),
        sa.CheckConstraint(
            "source IN ('party', 'witness', 'organ', 'device', 'public')", name=op.f("ck_evidence_version_source_known")
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by IS NULL)", name=op.f("ck_evidence_version_verified_by_somebody")
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_how IS NULL)", name=op.f("ck_evidence_version_verified_somehow")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_evidence_version_version_positive")),
        sa.ForeignKeyConstraint(
            ["act_id"], ["investigative_act.id"], name=op.f("fk_evidence_version_act_id_investigative_act")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_version_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_evidence_version_file_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_version")),
        sa.UniqueConstraint("evidence_id", "version", name=op.f("uq_evidence_version_evidence_id_version")),
    )
    op.create_index("ix_evidence_version_file_id", "evidence_version", ["file_id"])
    op.create_index(
        "uq_evidence_version_current",
        "evidence_version",
        ["evidence_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )


def _fact_proof() -> None:
    op.create_table(
        "fact_proof",
        sa.Column("fact_id", _KEY, nullable=False),
        sa.Column("evidence_id", _KEY, nullable=False),
        sa.Column("linked_by", sa.String(length=80), nullable=False),
        sa.Column("linked_at", db.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_fact_proof_evidence_id_evidence")),
        sa.ForeignKeyConstraint(["fact_id"], ["case_fact.id"], name=op.f("fk_fact_proof_fact_id_case_fact")),
        sa.PrimaryKeyConstraint("fact_id", "evidence_id", name=op.f("pk_fact_proof")),
    )
    op.create_index("ix_fact_proof_evidence_id", "fact_proof", ["evidence_id"])


def _evidence_taker() -> None:
    op.create_table(
        "evidence_taker",
        sa.Column("version_id", _KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_taker_person_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["evidence_version.id"], name=op.f("fk_evidence_taker_version_id_evidence_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "person_id", name=op.f("pk_evidence_taker")),
    )
