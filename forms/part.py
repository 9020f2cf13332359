"""The part of a form: one component as it stands on the page, with what was typed, its words and its faults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from forms.answers import Answer, Fault
from forms.sanitise import sanitise
from forms.schema import Component

if TYPE_CHECKING:
    from forms.bound import BoundForm


@dataclass
class Part:
    """One component as it stands on the page; ``kind`` is its component's, ``name`` its path, also its
    name in the request.

    Its words are made when they are first asked for: an answer that is right is judged without them.
    """

    form: BoundForm = field(repr=False, compare=False)
    component: Component
    kind: str
    name: str
    path: tuple[str | int, ...]
    row: tuple[str | int, ...]
    answer: Answer | None = field(default=None, init=False)
    visible: bool = field(default=True, init=False)
    readonly: bool = field(default=False, init=False)
    errors: list[Fault] = field(default_factory=list, init=False)
    children: Sequence[Part] = field(default=(), init=False)
    rows: Sequence[tuple[int, list[Part]]] = field(default=(), init=False)

    @cached_property
    def label(self) -> str:
        """What stands before the field."""
        names = ("label", "dateLabel", "timeLabel")
        return self.form.filled(self, next(filter(None, map(self.form.text_of(self), names)), ""))

    @cached_property
    def help(self) -> str:
        """The explanation under the field."""
        return self.form.filled(self, self.form.text_of(self)("description"))

    @cached_property
    def content(self) -> str:
        """The text of what is no field."""
        if self.kind == "html":
            return sanitise(self.form.filled(self, self.form.text_of(self)("content"), escape))
        return self.form.filled(self, self.form.text_of(self)("text"))

    @cached_property
    def required(self) -> bool:
        """Whether an answer is wanted."""
        return self.form.feel(self.component.limits.get("required"), self) is True

    @cached_property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen: value and label of each."""
        return self.form.options(self)

    @cached_property
    def value(self) -> Any:
        """What stands in the field: what was typed, else the variable."""
        return self.form.shown_value(self)

    @property
    def html_id(self) -> str:
        """An id for the page that no path can break."""
        return "f-" + re.sub(r"[^A-Za-z0-9_]+", "-", self.name).strip("-")

    def inner(self) -> Iterator[Part]:
        """Yield the parts directly within, of all rows."""
        yield from self.children
        for _, parts in self.rows:
            yield from parts
