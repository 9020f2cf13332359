"""What cases are about in English: the items, powers and classes of events under which they run, and who has them."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.enforcement import lead, power
from engine.cases.grid.items import item_class
from engine.cases.items import catalogue
from engine.cases.items.item import catalogue_item
from engine.organisation import trail
from engine.organisation.unit import unit

_TABLES = (catalogue_item, power.power, item_class.item_class)
TOLD_BY = (trail.STREAM, catalogue.STREAM, power.STREAM, item_class.STREAM)
"""The streams that tell when one of the names has changed."""
_LATIN = re.compile("[A-Za-z]")


def english(connection: Connection) -> dict[str, str]:
    """Return the English name of every matter, material and department by the Chinese one, which a case keeps.

    Cases outlive the version under which they were opened, so that all versions are read; where two differ, the
    newest holds. What a town has named in Chinese only is left out.
    """
    found = {row.name: row.name_en for row in connection.execute(sa.select(unit.c.name, unit.c.name_en)) if row.name_en}
    for facts in connection.scalars(sa.select(power.power_list.c.facts).order_by(power.power_list.c.version)):
        found.update((team["name"], team["name_en"]) for team in facts.get("teams", ()) if team.get("name_en"))
    found[lead.ITEM["name"]] = lead.ITEM["name_en"]
    for table in (catalogue.catalogue_material, *_TABLES):
        query = sa.select(table.c.name, table.c.name_en).where(table.c.name_en != "").order_by(table.c.version)
        found.update((row.name, row.name_en) for row in connection.execute(query))
    return found


def about(column: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    """Tell whether a column names a matter that a text is part of, in Chinese or in any version's English."""
    found = column.icontains(text, autoescape=True)
    if not _LATIN.search(text):
        return found
    named = [sa.select(table.c.name).where(table.c.name_en.icontains(text, autoescape=True)) for table in _TABLES]
    if text.lower() in lead.ITEM["name_en"].lower():
        named.append(sa.select(sa.literal(lead.ITEM["name"])))
    return sa.or_(found, column.in_(sa.union(*named)))
