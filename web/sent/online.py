"""An application as its applicant types it: the process's start form, the item's questions, and the papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

import forms
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.people import online
from web import i18n
from web.sent import startform
from web.sent.received import Received

KNOWN = frozenset({"channel", "agent"})
"""What the page knows by itself: the way in, and that the applicant is there in person."""

FETCHED = "共享"
"""The source of materials that the town has or fetches, and nobody hands in."""


@dataclass
class Application:
    """What stands in the form, and what came with it."""

    item: sa.Row[Any]
    channel: str
    form: forms.BoundForm
    typed: Mapping[str, str]
    papers: Mapping[str, Received] = field(default_factory=dict)

    @property
    def questions(self) -> list[Mapping[str, Any]]:
        """The item's questions about the applicant's situation."""
        return list((self.item.body.get("detail") or {}).get("situations") or ())

    @property
    def brought(self) -> list[Mapping[str, Any]]:
        """The materials that the applicant hands in."""
        return [entry for entry in self.item.body.get("materials") or () if entry.get("source") != FETCHED]

    @property
    def sound(self) -> bool:
        """Judge the form and the files; the faults stand in both."""
        return self.form.validate() and not any(got.faults for got in self.papers.values())

    def opening(self) -> cases.Opening:
        """Return what the case is opened with; only after :attr:`sound`."""
        values = dict(self.form.values)
        answers = ((question["id"], self.typed.get(f"situation.{question['id']}")) for question in self.questions)
        return cases.Opening(
            item=opening.item_context(self.item.body),
            catalogue_version=self.item.version,
            channel=self.channel,
            applicant=startform.party(values.pop("applicant", None) or {}),
            facts={
                **values,
                "situations": [{"id": name, "answer": answer} for name, answer in answers if answer],
                "materials": [_handed_in(entry, got.ids) for entry in self.brought if (got := self._got(entry)).ids],
            },
        )

    def _got(self, entry: Mapping[str, Any]) -> Received:
        return self.papers.get(field_of(entry), Received())


def load(connection: Connection, item: sa.Row[Any], channel: str, sent: Any = None) -> Application:
    """Return the application for an item, as it begins or as it was sent.

    Raises
    ------
    ItemWithoutProcess
        If no process takes applications for the item.
    """
    form = forms.bind(
        startform.schema(connection, item, without=KNOWN),
        sent,
        {},
        {"item": item.body, "channel": channel},
        locale=i18n.locale_name(),
    )
    return Application(item, channel, form, {name: sent.get(name, "") for name in sent or ()})


def channel_of(item: sa.Row[Any], wanted: str) -> str | None:
    """Return the way in that the item offers on these pages: the one wanted, else the first, else none."""
    offered = [channel for channel in online.CHANNELS if channel in item.body.get("channels", ())]
    return wanted if wanted in offered else next(iter(offered), None)


def field_of(entry: Mapping[str, Any]) -> str:
    """Return the name of the field in which a material is handed in."""
    return f"material.{entry['code']}"


def _handed_in(entry: Mapping[str, Any], file_ids: list[int]) -> dict[str, Any]:
    names = ("code", "name", "source", "required", "lacking_ok")
    files = [str(file_id) for file_id in file_ids]
    return {
        **{name: entry.get(name) for name in names},
        "received": True,
        "form": "电子件",
        "copies": 1,
        "files": files,
    }
