"""The list of powers (权责清单) for everybody: what the town may penalise, under which clause (处罚法47, 48)."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from engine.cases.enforcement import power
from engine.organisation import unit
from web import database
from web.security import public

blueprint = Blueprint("powers", __name__, url_prefix="/powers")


@blueprint.get("")
@public
def powers() -> str:
    """Show the powers that fit the words and the team."""
    connection = database.connection()
    text, team = request.args.get("text", "").strip()[:100], request.args.get("team", "")
    return render_template(
        "public/powers/powers.html",
        rows=power.search(connection, text, team),
        clauses=power.clauses_of,
        teams={row.code: row for row in unit.every(connection, "enforcement_team")},
        text=text,
        team=team,
        list=power.latest(connection),
        transfer=power.transfer(connection),
    )


@blueprint.get("/<code>")
@public
def one(code: str) -> str:
    """Show one power with its clauses, brackets and what is not certain about it."""
    connection = database.connection()
    row = power.get(connection, code)
    return render_template(
        "public/powers/power.html",
        row=row,
        body=row.body,
        clauses=power.clauses_of(row.body),
        team=unit.get(connection, row.team),
        transfer=power.transfer(connection),
    )
