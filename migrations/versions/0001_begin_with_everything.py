"""Begin with everything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import audit, db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one step forward."""
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", db.Utc(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=80), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=True),
        sa.Column("details", db.Json(), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=True),
        sa.Column("form_hash", sa.String(length=64), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_event_seq_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_audit_event_stream_seq")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_action_at_id"), ["action", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_actor_at_id"), ["actor", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_event_at_id"), ["at", "id"], unique=False)
        represented = sa.text("on_behalf_of IS NOT NULL")
        batch_op.create_index(
            batch_op.f("ix_audit_event_on_behalf_of_at_id"),
            ["on_behalf_of", "at", "id"],
            unique=False,
            sqlite_where=represented,
            postgresql_where=represented,
        )

    op.create_table(
        "audit_head",
        sa.Column("stream", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("deployed_at", db.Utc(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_deployment_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint("package", "version", name=op.f("uq_deployment_package_version")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", db.Json(), nullable=False),
        sa.Column("at", db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_at"), ["at"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=True),
        sa.Column("variables", db.Json(), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("expires_at", db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("name", "key", "message_id", name=op.f("uq_message_name_key_message_id")),
    )
    op.create_table(
        "catalogue",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=True),
        sa.Column("published_at", db.Utc(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint("kind IN ('baseline', 'published')", name=op.f("ck_catalogue_kind_known")),
        sa.CheckConstraint("baseline < version", name=op.f("ck_catalogue_baseline_earlier")),
        sa.CheckConstraint("version > 0", name=op.f("ck_catalogue_version_positive")),
        sa.ForeignKeyConstraint(["baseline"], ["catalogue.version"], name=op.f("fk_catalogue_baseline_catalogue")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_catalogue")),
    )
    op.create_table(
        "catalogue_bundle",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("body", db.Json(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["catalogue.version"], name=op.f("fk_catalogue_bundle_version_catalogue")),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_catalogue_bundle")),
    )
    op.create_table(
        "catalogue_item",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("handling", sa.String(length=8), nullable=False),
        sa.Column("power_source", sa.String(length=8), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("village", sa.Boolean(), nullable=False),
        sa.Column("run_once", sa.Boolean(), nullable=False),
        sa.Column("no_meeting", sa.Boolean(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("town_decides", sa.Boolean(), nullable=False),
        sa.Column("detailed", sa.Boolean(), nullable=False),
        sa.Column("materials", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("promised_days", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("body", db.Json(), nullable=False),
        sa.CheckConstraint("materials >= 0", name=op.f("ck_catalogue_item_materials_counted")),
        sa.CheckConstraint("promised_days > 0", name=op.f("ck_catalogue_item_limit_given")),
        sa.CheckConstraint("steps > 0", name=op.f("ck_catalogue_item_steps_given")),
        sa.ForeignKeyConstraint(["version"], ["catalogue.version"], name=op.f("fk_catalogue_item_version_catalogue")),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_catalogue_item")),
    )
    op.create_table(
        "catalogue_material",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=True),
        sa.Column("source", sa.String(length=8), nullable=True),
        sa.Column("replaced_by", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "replaced_by IS NULL OR source IS NULL", name=op.f("ck_catalogue_material_retired_or_asked")
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["catalogue.version"], name=op.f("fk_catalogue_material_version_catalogue")
        ),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_catalogue_material")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last > 0", name=op.f("ck_number_series_last_positive")),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=False),
        sa.Column("payload", db.Json(), nullable=False),
        sa.Column("pushed_at", db.Utc(timezone=True), nullable=False),
        sa.Column("sent_at", db.Utc(timezone=True), nullable=True),
        sa.Column("received_at", db.Utc(timezone=True), nullable=True),
        sa.Column("received_by", sa.String(length=80), nullable=True),
        sa.Column("read_at", db.Utc(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name=op.f("ck_outbox_read_by_somebody")),
        sa.CheckConstraint(
            "(received_at IS NULL) = (received_by IS NULL)", name=op.f("ck_outbox_received_by_somebody")
        ),
        sa.CheckConstraint("read_at IS NULL OR received_at IS NOT NULL", name=op.f("ck_outbox_read_after_received")),
        sa.CheckConstraint("received_at IS NULL OR sent_at IS NOT NULL", name=op.f("ck_outbox_received_after_sent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_business_key"), ["business_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outbox_receiver_received_at_id"), ["receiver", "received_at", "id"], unique=False
        )

    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id_type", sa.String(length=20), nullable=False),
        sa.Column("id_number", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("representative", sa.String(length=100), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("created_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name=op.f("ck_party_kind_known")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_party_name_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_id_number"), ["id_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_phone"), ["phone"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "role IN ('clerk', 'reviewer', 'decider', 'leader', 'supervisor', 'auditor', 'designer', 'publisher', 'administrator')",
            name=op.f("ck_role_grant_role_known"),
        ),
        sa.PrimaryKeyConstraint("role", "post", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "separation_rule",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("posts_a", db.Json(), nullable=False),
        sa.Column("posts_b", db.Json(), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.CheckConstraint("scope IN ('same_person', 'same_case')", name=op.f("ck_separation_rule_scope_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_separation_rule")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", db.Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stored_by", sa.String(length=80), nullable=False),
        sa.Column("stored_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "tenant_load",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_tenant_load")),
    )
    op.create_table(
        "register_entry",
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("body", db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("register", "key", name=op.f("pk_register_entry")),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_register_entry_subject_register"), ["subject", "register"], unique=False)

    op.create_table(
        "upload_allowance",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", "day", name=op.f("pk_upload_allowance")),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=True),
        sa.Column("scope", sa.String(length=40), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint("parent <> code", name=op.f("ck_unit_not_its_own_parent")),
        sa.ForeignKeyConstraint(["parent"], ["unit.code"], name=op.f("fk_unit_parent_unit")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
        sa.UniqueConstraint("kind", "scope", name=op.f("uq_unit_kind_scope")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent"), ["parent"], unique=False)

    op.create_table(
        "wrong_try",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", db.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_try")),
    )
    with op.batch_alter_table("wrong_try", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wrong_try_scope_name_at"), ["scope", "name", "at"], unique=False)

    op.create_table(
        "case_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("item_name", sa.String(length=200), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("catalogue_version", sa.Integer(), nullable=False),
        sa.Column("item", db.Json(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("window", sa.String(length=40), nullable=False),
        sa.Column("queue_number", sa.String(length=20), nullable=False),
        sa.Column("applicant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("received_at", db.Utc(timezone=True), nullable=False),
        sa.Column("accepted_at", db.Utc(timezone=True), nullable=True),
        sa.Column("deemed", sa.Boolean(), nullable=False),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=True),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("archived_at", db.Utc(timezone=True), nullable=True),
        sa.Column("archive_no", sa.String(length=60), nullable=True),
        sa.Column("archive", db.Json(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("legal_due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("promised_due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('窗口', '网上', '自助', '代理', '预约', '村级')", name=op.f("ck_case_file_channel_known")
        ),
        sa.CheckConstraint("kind IN ('approval', 'enforcement', 'grid')", name=op.f("ck_case_file_kind_known")),
        sa.CheckConstraint(
            "outcome IN ('granted', 'refused', 'revoked', 'changed', 'withdrawn', 'not_needed', 'not_competent', 'barred', 'not_accepted')",
            name=op.f("ck_case_file_outcome_known"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'correcting', 'accepted', 'reviewing', 'special', 'deciding', 'decided', 'delivering', 'publishing', 'not_accepted', 'withdrawn', 'archiving', 'closed', 'archived')",
            name=op.f("ck_case_file_state_known"),
        ),
        sa.CheckConstraint("NOT deemed OR accepted_at = received_at", name=op.f("ck_case_file_deemed_from_receipt")),
        sa.CheckConstraint(
            "archived_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_case_file_archived_after_closing")
        ),
        sa.CheckConstraint("closed_at IS NULL OR outcome IS NOT NULL", name=op.f("ck_case_file_closed_with_outcome")),
        sa.CheckConstraint("visits >= 0", name=op.f("ck_case_file_visits_counted")),
        sa.ForeignKeyConstraint(["agent_id"], ["party.id"], name=op.f("fk_case_file_agent_id_party")),
        sa.ForeignKeyConstraint(["applicant_id"], ["party.id"], name=op.f("fk_case_file_applicant_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("number", name=op.f("uq_case_file_number")),
    )
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_file_agent_id_id"), ["agent_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_applicant_id_id"), ["applicant_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_item_code"), ["item_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_legal_due_at"), ["legal_due_at"], unique=False)
        batch_op.create_index(
            "ix_case_file_list",
            [
                *("id", "state", "outcome", "kind", "channel", "window", "department", "item_name", "applicant_id"),
                *("promised_due_at", "legal_due_at"),
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_case_file_number_prefix", ["number"], unique=False, postgresql_ops={"number": "text_pattern_ops"}
        )
        batch_op.create_index(batch_op.f("ix_case_file_promised_due_at"), ["promised_due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_file_state_id"), ["state", "id"], unique=False)

    op.create_table(
        "definition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deployment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_definition_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("process_id", "version", name=op.f("uq_definition_process_id_version")),
    )
    op.create_table(
        "deployment_file",
        sa.Column("deployment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deployment_file_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("deployment_id", "path", name=op.f("pk_deployment_file")),
    )
    op.create_table(
        "package_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package", sa.String(length=80), nullable=False),
        sa.Column("base_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("authors", db.Json(), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(length=80), nullable=False),
        sa.Column("saved_at", db.Utc(timezone=True), nullable=False),
        sa.Column("findings", db.Json(), nullable=True),
        sa.Column("deployment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(deployment_id IS NOT NULL) = (state = 'deployed')", name=op.f("ck_package_draft_deployed_as_a_version")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (state = 'open')", name=op.f("ck_package_draft_ended_when_over")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_package_draft_revision_positive")),
        sa.CheckConstraint("state IN ('open', 'deployed', 'discarded')", name=op.f("ck_package_draft_state_known")),
        sa.ForeignKeyConstraint(["base_id"], ["deployment.id"], name=op.f("fk_package_draft_base_id_deployment")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_package_draft_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_draft")),
    )
    with op.batch_alter_table("package_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_package_draft_package_state"), ["package", "state"], unique=False)

    op.create_table(
        "package_draft_file",
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["package_draft.id"], name=op.f("fk_package_draft_file_draft_id_package_draft")
        ),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_package_draft_file")),
    )
    op.create_table(
        "message_delivered",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_delivered_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "process_id", name=op.f("pk_message_delivered")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'system')", name=op.f("ck_person_kind_known")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_person_unit_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_unit"), ["unit"], unique=False)

    op.create_table(
        "post",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("min_holders", sa.Integer(), nullable=False),
        sa.Column("max_holders", sa.Integer(), nullable=True),
        sa.Column("requires", db.Json(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.String(length=12), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.CheckConstraint(
            "scope IN ('none', 'grid', 'window', 'village_point', 'branch', 'alliance', 'department')",
            name=op.f("ck_post_scope_known"),
        ),
        sa.CheckConstraint("max_holders IS NULL OR max_holders >= min_holders", name=op.f("ck_post_max_above_min")),
        sa.CheckConstraint("min_holders >= 0", name=op.f("ck_post_min_holders_counted")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_post_unit_unit")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_post")),
    )
    op.create_table(
        "unit_member",
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["unit.code"], name=op.f("fk_unit_member_member_unit")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_unit_member_unit_unit")),
        sa.PrimaryKeyConstraint("unit", "member", name=op.f("pk_unit_member")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("substitute_id", sa.String(length=40), nullable=True),
        sa.Column("cancelled_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "substitute_id IS NULL OR substitute_id <> person_id", name=op.f("ck_absence_not_ones_own_substitute")
        ),
        sa.CheckConstraint("until >= since", name=op.f("ck_absence_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_absence_substitute_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_id_until"), ["person_id", "until"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_until"), ["until"], unique=False)

    op.create_table(
        "access_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", db.Utc(timezone=True), nullable=False),
        sa.Column("expires_at", db.Utc(timezone=True), nullable=True),
        sa.Column("revoked_at", db.Utc(timezone=True), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_token_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_access_token_hash")),
    )
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("login = lower(login)", name=op.f("ck_account_login_in_lower_case")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("post", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_appointment_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id_person")),
        sa.ForeignKeyConstraint(["post"], ["post.code"], name=op.f("fk_appointment_post_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint(
            "person_id", "post", "scope", "since", name=op.f("uq_appointment_person_id_post_scope_since")
        ),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_post_scope"), ["post", "scope"], unique=False)

    op.create_table(
        "case_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("remedies", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.String(length=80), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_at", db.Utc(timezone=True), nullable=False),
        sa.Column("effective", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "result <> 'refused' OR (reasons <> '' AND remedies <> '')",
            name=op.f("ck_case_decision_refusal_with_reasons"),
        ),
        sa.CheckConstraint(
            "result IN ('granted', 'refused', 'revoked', 'changed', 'withdrawn')",
            name=op.f("ck_case_decision_result_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_decision_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_decision")),
    )
    with op.batch_alter_table("case_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_decision_valid_until"), ["valid_until"], unique=False)
        batch_op.create_index(
            "uq_case_decision_effective",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("effective"),
            postgresql_where=sa.text("effective"),
        )

    op.create_table(
        "case_reader",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("principal", sa.String(length=140), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_reader_case_id_case_file")),
        sa.PrimaryKeyConstraint("case_id", "principal", name=op.f("pk_case_reader")),
    )
    with op.batch_alter_table("case_reader", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_reader_principal_case_id"), ["principal", "case_id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("readings", db.Json(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("last_due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("derivation", db.Json(), nullable=False),
        sa.Column("half_at", db.Utc(timezone=True), nullable=True),
        sa.Column("eighty_at", db.Utc(timezone=True), nullable=True),
        sa.Column("alarm", sa.Integer(), nullable=False),
        sa.Column("alarm_at", db.Utc(timezone=True), nullable=True),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.Column("extension", db.Json(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('met', 'ended')) = (ended_at IS NOT NULL)", name=op.f("ck_deadline_ended_at_if_ended")
        ),
        sa.CheckConstraint("state <> 'open' OR due_at IS NOT NULL", name=op.f("ck_deadline_open_has_due")),
        sa.CheckConstraint("state IN ('open', 'stopped', 'met', 'ended')", name=op.f("ck_deadline_state_known")),
        sa.CheckConstraint("(due_on IS NULL) = (due_at IS NULL)", name=op.f("ck_deadline_due_day_and_moment")),
        sa.CheckConstraint("alarm BETWEEN 0 AND 3", name=op.f("ck_deadline_alarm_level")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_deadline_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_alarm_at"), ["alarm_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadline_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            "uq_deadline_running",
            ["case_id", "period"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'stopped')"),
            postgresql_where=sa.text("state IN ('open', 'stopped')"),
        )

    op.create_table(
        "deadline_stop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("procedure", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("days_needed", sa.Integer(), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('听证', '招标', '拍卖', '检验', '检测', '检疫', '鉴定', '专家评审')",
            name=op.f("ck_deadline_stop_kind_of_article_45"),
        ),
        sa.CheckConstraint(
            "resumed_on IS NULL OR resumed_on >= started_on", name=op.f("ck_deadline_stop_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_deadline_stop_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_stop")),
    )
    with op.batch_alter_table("deadline_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_stop_case_id"), ["case_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("variant", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("addressee", sa.String(length=12), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("template_sha256", sa.String(length=64), nullable=False),
        sa.Column("data", db.Json(), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.Column("issued_at", db.Utc(timezone=True), nullable=False),
        sa.Column("served_mode", sa.String(length=12), nullable=True),
        sa.Column("served_to", sa.String(length=200), nullable=True),
        sa.Column("served_at", db.Utc(timezone=True), nullable=True),
        sa.Column("proof_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("addressee IN ('applicant', 'other', 'file')", name=op.f("ck_document_addressee_known")),
        sa.CheckConstraint("(served_at IS NULL) = (served_mode IS NULL)", name=op.f("ck_document_served_with_mode")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_document_case_id_case_file")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["proof_file_id"], ["stored_file.id"], name=op.f("fk_document_proof_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("case_id", "kind", "variant", name=op.f("uq_document_case_id_kind_variant")),
        sa.UniqueConstraint("prefix", "year", "ordinal", name=op.f("uq_document_prefix_year_ordinal")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_file_id"), ["file_id"], unique=False)

    op.create_table(
        "instance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('active', 'suspended'))", name=op.f("ck_instance_ended_when_over")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'completed', 'terminated')", name=op.f("ck_instance_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_instance_definition_id_definition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
        sa.UniqueConstraint("business_key", name=op.f("uq_instance_business_key")),
    )
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_instance_key_prefix",
            ["business_key"],
            unique=False,
            postgresql_ops={"business_key": "text_pattern_ops"},
        )

    op.create_table(
        "material",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("received", sa.Boolean(), nullable=False),
        sa.Column("received_at", db.Utc(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=100), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("lacking_ok", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("copies >= 0", name=op.f("ck_material_copies_counted")),
        sa.CheckConstraint("received = (received_at IS NOT NULL)", name=op.f("ck_material_received_at_if_received")),
        sa.CheckConstraint("version > 0", name=op.f("ck_material_version_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_material_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("case_id", "code", "version", name=op.f("uq_material_case_id_code_version")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index(
            "uq_material_current",
            ["case_id", "code"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "push",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("receipt_due_at", db.Utc(timezone=True), nullable=False),
        sa.Column("alarmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_push_case_id_case_file")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_push_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_push_outbox_id")),
    )
    with op.batch_alter_table("push", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_push_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_push_unalarmed",
            ["receipt_due_at"],
            unique=False,
            sqlite_where=sa.text("NOT alarmed"),
            postgresql_where=sa.text("NOT alarmed"),
        )

    op.create_table(
        "qualification",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("domains", db.Json(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= issued_on", name=op.f("ck_qualification_valid_after_issue")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_qualification_person_id_person")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_qualification")),
    )
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qualification_person_id"), ["person_id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("rated_at", db.Utc(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_rating_stars_one_to_five")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_rating_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("case_id", name=op.f("uq_rating_case_id")),
    )
    op.create_table(
        "remedy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=200), nullable=False),
        sa.Column("filed_by", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("standpoint", sa.Text(), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('reconsideration', 'litigation')", name=op.f("ck_remedy_kind_known")),
        sa.CheckConstraint("(result IS NULL) = (closed_at IS NULL)", name=op.f("ck_remedy_closed_with_result")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_remedy_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remedy")),
    )
    with op.batch_alter_table("remedy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remedy_case_id"), ["case_id"], unique=False)

    op.create_table(
        "substitute",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.String(length=40), nullable=False),
        sa.CheckConstraint("substitute_id <> person_id", name=op.f("ck_substitute_not_ones_own_substitute")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_substitute_person_id_person")),
        sa.ForeignKeyConstraint(["substitute_id"], ["person.id"], name=op.f("fk_substitute_substitute_id_person")),
        sa.PrimaryKeyConstraint("person_id", "position", name=op.f("pk_substitute")),
        sa.UniqueConstraint("person_id", "substitute_id", name=op.f("uq_substitute_person_id_substitute_id")),
    )
    with op.batch_alter_table("substitute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_substitute_substitute_id"), ["substitute_id"], unique=False)

    op.create_table(
        "supervision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("target", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("opened_at", db.Utc(timezone=True), nullable=False),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "level IN ('remind', 'supervise', 'listed', 'summon')", name=op.f("ck_supervision_level_known")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_supervision_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
    )
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_supervision_open_target",
            ["target", "id"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "web_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("started_at", db.Utc(timezone=True), nullable=False),
        sa.Column("seen_at", db.Utc(timezone=True), nullable=False),
        sa.Column("expires_at", db.Utc(timezone=True), nullable=False),
        sa.Column("ended_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > started_at", name=op.f("ck_web_session_expires_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("hash", name=op.f("uq_web_session_hash")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_person_id_ended_at"), ["person_id", "ended_at"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.Column("raised_at", db.Utc(timezone=True), nullable=False),
        sa.Column("resolved_at", db.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_incident_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incident_instance_id_token_resolved_at"),
            ["instance_id", "token", "resolved_at"],
            unique=False,
        )

    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("payload", db.Json(), nullable=False),
        sa.Column("due_at", db.Utc(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("(instance_id IS NULL) = (token IS NULL)", name=op.f("ck_job_token_of_instance")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_job_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_failed_due_at_id"), ["failed", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_instance_id_token"), ["instance_id", "token"], unique=False)

    op.create_table(
        "material_file",
        sa.Column("material_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_material_file_file_id_stored_file")),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_file_material_id_material")),
        sa.PrimaryKeyConstraint("material_id", "file_id", name=op.f("pk_material_file")),
    )
    with op.batch_alter_table("material_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_file_file_id"), ["file_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.String(length=30), nullable=False),
        sa.Column("facts", db.Json(), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", db.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_notice_case_id_case_file")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_notice_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_case_id"), ["case_id"], unique=False)

    op.create_table(
        "publicity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("content", db.Json(), nullable=False),
        sa.Column("published_at", db.Utc(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", db.Utc(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('granted', 'refused', 'notice')", name=op.f("ck_publicity_kind_known")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name=op.f("ck_publicity_withdrawn_with_reason")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_publicity_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["case_decision.id"], name=op.f("fk_publicity_decision_id_case_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publicity")),
    )
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publicity_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_publicity_published_at"), ["published_at"], unique=False)

    op.create_table(
        "rectification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rating_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", db.Utc(timezone=True), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("called_back", sa.Boolean(), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=True),
        sa.Column("closed_at", db.Utc(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (resolved IS NULL)", name=op.f("ck_rectification_closed_with_result")
        ),
        sa.ForeignKeyConstraint(["rating_id"], ["rating.id"], name=op.f("fk_rectification_rating_id_rating")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_rectification_rating_id")),
    )
    op.create_table(
        "start_event",
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("definition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(kind = 'timer') = (name IS NULL)", name=op.f("ck_start_event_timers_have_no_name")),
        sa.CheckConstraint("kind IN ('message', 'signal', 'timer')", name=op.f("ck_start_event_kind_known")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_start_event_definition_id_definition")
        ),
        sa.PrimaryKeyConstraint("process_id", "element", name=op.f("pk_start_event")),
    )
    with op.batch_alter_table("start_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_start_event_kind_name"), ["kind", "name"], unique=False)

    op.create_table(
        "message_start",
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_message_start_instance_id_instance")),
        sa.PrimaryKeyConstraint("process_id", "key", name=op.f("pk_message_start")),
    )
    with op.batch_alter_table("message_start", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_start_instance_id"), ["instance_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.String(length=120), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(kind = 'message') = (key IS NOT NULL)", name=op.f("ck_subscription_messages_have_keys")),
        sa.CheckConstraint("kind IN ('message', 'signal')", name=op.f("ck_subscription_kind_known")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_subscription_instance_id_instance")),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_kind_name_key"), ["kind", "name", "key"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_key", sa.String(length=80), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=True),
        sa.Column("properties", db.Json(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("assignee", sa.String(length=80), nullable=True),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", db.Utc(timezone=True), nullable=False),
        sa.Column("claimed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("due_at", db.Utc(timezone=True), nullable=True),
        sa.Column("follow_up_at", db.Utc(timezone=True), nullable=True),
        sa.Column("draft", db.Json(), nullable=True),
        sa.Column("draft_form_hash", sa.String(length=64), nullable=True),
        sa.Column("completed_at", db.Utc(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(length=80), nullable=True),
        sa.Column("completed_for", db.Json(), nullable=True),
        sa.CheckConstraint("(completed_at IS NULL) = (state = 'open')", name=op.f("ck_task_completed_when_over")),
        sa.CheckConstraint(
            "state <> 'completed' OR completed_by IS NOT NULL", name=op.f("ck_task_completed_by_somebody")
        ),
        sa.CheckConstraint("state IN ('open', 'completed', 'cancelled')", name=op.f("ck_task_state_known")),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_task_instance_id_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_assignee_state_due_at_id"), ["assignee", "state", "due_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_task_business_key_completed_by"), ["business_key", "completed_by"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_task_instance_id_state"), ["instance_id", "state"], unique=False)

    op.create_table(
        "task_candidate",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.CheckConstraint("kind IN ('group', 'user')", name=op.f("ck_task_candidate_kind_known")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_candidate_task_id_task")),
        sa.PrimaryKeyConstraint("task_id", "kind", "name", name=op.f("pk_task_candidate")),
    )
    with op.batch_alter_table("task_candidate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_candidate_kind_name_task_id"), ["kind", "name", "task_id"], unique=False
        )
    op.create_table(
        "attachment",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_attachment_case_id_case_file")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_attachment_file_id_stored_file")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_attachment_task_id_task")),
        sa.PrimaryKeyConstraint("case_id", "file_id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_file_id"), ["file_id"], unique=False)

    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_view_name_given")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_view_person_id_name")),
    )

    for statement in audit.APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Go one step back."""
    op.drop_table("saved_view")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_file_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("task_candidate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_candidate_kind_name_task_id"))

    op.drop_table("task_candidate")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_instance_id_state"))
        batch_op.drop_index(batch_op.f("ix_task_business_key_completed_by"))
        batch_op.drop_index(batch_op.f("ix_task_assignee_state_due_at_id"))

    op.drop_table("task")
    with op.batch_alter_table("message_start", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_start_instance_id"))

    op.drop_table("message_start")
    with op.batch_alter_table("start_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_start_event_kind_name"))

    op.drop_table("start_event")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_kind_name_key"))

    op.drop_table("subscription")
    op.drop_table("rectification")
    with op.batch_alter_table("publicity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publicity_published_at"))
        batch_op.drop_index(batch_op.f("ix_publicity_case_id"))

    op.drop_table("publicity")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_case_id"))

    op.drop_table("notice")
    with op.batch_alter_table("material_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_file_file_id"))

    op.drop_table("material_file")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_instance_id_token"))
        batch_op.drop_index(batch_op.f("ix_job_failed_due_at_id"))

    op.drop_table("job")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_instance_id_token_resolved_at"))

    op.drop_table("incident")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_person_id_ended_at"))

    op.drop_table("web_session")
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_supervision_open_target",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_supervision_case_id"))

    op.drop_table("supervision")
    with op.batch_alter_table("substitute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_substitute_substitute_id"))

    op.drop_table("substitute")
    with op.batch_alter_table("remedy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remedy_case_id"))

    op.drop_table("remedy")
    op.drop_table("rating")
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qualification_person_id"))

    op.drop_table("qualification")
    with op.batch_alter_table("push", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_push_unalarmed", sqlite_where=sa.text("NOT alarmed"), postgresql_where=sa.text("NOT alarmed")
        )
        batch_op.drop_index(batch_op.f("ix_push_case_id"))

    op.drop_table("push")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_index("uq_material_current", sqlite_where=sa.text("current"), postgresql_where=sa.text("current"))

    op.drop_table("material")
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.drop_index("ix_instance_key_prefix")

    op.drop_table("instance")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_file_id"))

    op.drop_table("document")
    with op.batch_alter_table("deadline_stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deadline_stop_case_id"))

    op.drop_table("deadline_stop")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deadline_running",
            sqlite_where=sa.text("state IN ('open', 'stopped')"),
            postgresql_where=sa.text("state IN ('open', 'stopped')"),
        )
        batch_op.drop_index(batch_op.f("ix_deadline_due_at"))
        batch_op.drop_index(batch_op.f("ix_deadline_alarm_at"))

    op.drop_table("deadline")
    with op.batch_alter_table("case_reader", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_reader_principal_case_id"))

    op.drop_table("case_reader")
    with op.batch_alter_table("case_decision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_decision_effective", sqlite_where=sa.text("effective"), postgresql_where=sa.text("effective")
        )
        batch_op.drop_index(batch_op.f("ix_case_decision_valid_until"))

    op.drop_table("case_decision")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_post_scope"))

    op.drop_table("appointment")
    op.drop_table("account")
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_token_person_id"))

    op.drop_table("access_token")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_until"))
        batch_op.drop_index(batch_op.f("ix_absence_person_id_until"))

    op.drop_table("absence")
    op.drop_table("unit_member")
    op.drop_table("post")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_unit"))

    op.drop_table("person")
    op.drop_table("message_delivered")
    op.drop_table("package_draft_file")
    with op.batch_alter_table("package_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_draft_package_state"))

    op.drop_table("package_draft")
    op.drop_table("deployment_file")
    op.drop_table("definition")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_file_state_id"))
        batch_op.drop_index(batch_op.f("ix_case_file_promised_due_at"))
        batch_op.drop_index("ix_case_file_number_prefix")
        batch_op.drop_index("ix_case_file_list")
        batch_op.drop_index(batch_op.f("ix_case_file_legal_due_at"))
        batch_op.drop_index(batch_op.f("ix_case_file_item_code"))
        batch_op.drop_index(batch_op.f("ix_case_file_applicant_id_id"))
        batch_op.drop_index(batch_op.f("ix_case_file_agent_id_id"))

    op.drop_table("case_file")
    with op.batch_alter_table("wrong_try", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wrong_try_scope_name_at"))

    op.drop_table("wrong_try")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_parent"))

    op.drop_table("unit")
    op.drop_table("tenant_load")
    op.drop_table("upload_allowance")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entry_subject_register"))

    op.drop_table("register_entry")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))

    op.drop_table("stored_file")
    op.drop_table("setting")
    op.drop_table("separation_rule")
    op.drop_table("role_grant")
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_party_phone"))
        batch_op.drop_index(batch_op.f("ix_party_id_number"))

    op.drop_table("party")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_receiver_received_at_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_business_key"))

    op.drop_table("outbox")
    op.drop_table("catalogue_material")
    op.drop_table("catalogue_item")
    op.drop_table("catalogue_bundle")
    op.drop_table("catalogue")
    op.drop_table("number_series")
    op.drop_table("message")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_at"))

    op.drop_table("idempotency_key")
    op.drop_table("deployment")
    op.drop_table("calendar_day")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_on_behalf_of_at_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_at_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_actor_at_id"))
        batch_op.drop_index(batch_op.f("ix_audit_event_action_at_id"))

    op.drop_table("audit_event")
