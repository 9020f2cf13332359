"""The pool of experts: how often each was drawn, replaced, answered and was paid, and the draws behind the figures."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from engine import clock
from engine.cases.people import access, expert_draw, expert_pool, expert_register, personal
from web import database, i18n, security
from web.shown import csv_out, formatting, lexicon

blueprint = Blueprint("experts", __name__, url_prefix="/experts")

ROWS, EXPORTED = 50, 20_000


def readers(view: security.View) -> security.View:
    """Let in whoever reads the register of experts."""
    return security.guarded(view, lambda: access.reads_pool(security.reader()))


@blueprint.get("", endpoint="experts")
@readers
def register() -> str:
    """List the experts of the pool, of a field or by name if asked."""
    wanted, connection = _wanted(), database.connection()
    rows = expert_register.page(connection, **wanted, after=request.args.get("after", "")[:40], limit=ROWS + 1)
    return render_template(
        "experts/experts.html",
        rows=rows[:ROWS],
        next=rows[ROWS - 1].id if len(rows) > ROWS else None,
        wanted=wanted,
        fields=expert_pool.fields(connection),
        **_words(),
    )


@blueprint.get("/export.csv")
@readers
def export() -> Response:
    """Hand out the experts that fit as a table; that they were handed out is noted."""
    wanted = _wanted()
    rows = expert_register.page(database.connection(), **wanted, limit=EXPORTED)
    with database.noting() as writing:
        personal.exported(writing, security.actor(), "experts", wanted, len(rows))
    head = [
        *(_("Expert number"), _("Name"), _("Fields"), _("Title"), _("Unit"), _("Contract until"), _("Times drawn")),
        *(_("Replaced"), _("Opinions given"), _("Fees noted (yuan)"), _("Last drawn"), _("Not drawn now")),
    ]
    answer = csv_out.answer("experts", head, [_cells(row) for row in rows])
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<expert>")
@readers
def one(expert: str) -> str:
    """Show an expert with the draws of cases that the reader may open."""
    connection, reader = database.connection(), security.reader()
    row, below = expert_register.one(connection, expert), request.args.get("below", type=int)
    before = below if below is not None and 0 < below < 2**63 else None
    draws = expert_register.draws(connection, reader, expert, below=before, limit=ROWS + 1)
    return render_template(
        "experts/expert.html",
        row=row,
        draws=draws[:ROWS],
        next=draws[ROWS - 1].id if len(draws) > ROWS else None,
        others=row.drawn - expert_register.readable(connection, reader, expert),
        votes=expert_draw.VOTES,
        **_words(),
    )


def _wanted() -> dict[str, str]:
    """Return the field and the part of a name that the address asks for."""
    return {name: request.args.get(name, "").strip()[:80] for name in ("field", "text")}


def _words() -> dict[str, Any]:
    return {"fields_of": _fields, "unit_of": _unit, "standing": _standing}


def _fields(row: Any) -> str:
    return lexicon.words(row.facts[name] for name in expert_register.FIELDS if row.facts.get(name))


def _unit(row: Any) -> str:
    """Return where an expert works, in the reader's language if the town has told it."""
    chinese = row.facts.get("employer") or ""
    return str((row.facts.get("employer_en") if i18n.locale_name() == "en" else "") or chinese)


def _standing(row: Any) -> str:
    """Return why an expert is not drawn today for anybody; empty if they may be."""
    reason = expert_pool.unavailable(row, clock.today())
    return i18n.message(expert_pool.REASONS[reason]) if reason else ""


def _cells(row: Any) -> list[object]:
    facts, last = row.facts, formatting.iso(row.last_drawn_at)[:16].replace("T", " ")
    return [
        *(row.id, row.display_name, _fields(row), lexicon.word(facts.get("title") or ""), _unit(row)),
        *(facts.get("valid_until") or "", row.drawn, row.replaced, row.answered, row.fees, last, _standing(row)),
    ]
