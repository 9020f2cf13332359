"""What cases are about in English: the names of the items, powers and classes of events under which cases run."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases.enforcement import lead
from engine.cases.enforcement.power import power
from engine.cases.grid.items.item_class import item_class
from engine.cases.items.item import catalogue_item

_TABLES = (catalogue_item, power, item_class)


def english(connection: Connection) -> dict[str, str]:
    """Return the English name of every matter by its Chinese one, which is what a case keeps.

    Cases outlive the version under which they were opened, so that all versions are read; where two differ, the
    newest holds. What a town has named in Chinese only is left out.
    """
    found = {lead.ITEM["name"]: lead.ITEM["name_en"]}
    for table in _TABLES:
        query = sa.select(table.c.name, table.c.name_en).where(table.c.name_en != "").order_by(table.c.version)
        found.update((row.name, row.name_en) for row in connection.execute(query))
    return found
