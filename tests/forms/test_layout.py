"""Parts stand side by side where the form's layout says so, on 16 columns."""

from __future__ import annotations

from typing import Any

import pytest

import forms


def lines(*components: dict[str, Any], **values: Any) -> list[list[tuple[str, int]]]:
    source = [
        {"type": "textfield", "key": name, "label": name, **more}
        for component in components
        for name, more in [component.popitem()]
    ]
    bound = forms.bind(forms.compile({"type": "default", "components": source}), None, values, {})
    return [[(part.name, columns) for part, columns in line] for line in forms.lines(bound.components)]


def at(row: str, columns: Any = None) -> dict[str, Any]:
    return {"layout": {"row": row, "columns": columns}}


def test_parts_of_a_row_stand_side_by_side_and_others_alone() -> None:
    assert lines({"a": at("1", 4)}, {"b": at("1", 12)}, {"c": {}}, {"d": {}}) == [
        [("a", 4), ("b", 12)], [("c", 16)], [("d", 16)],
    ]  # fmt: skip


def test_columns_that_are_not_given_share_the_rest() -> None:
    assert lines({"a": at("1", 6)}, {"b": at("1")}, {"c": at("1")}) == [[("a", 6), ("b", 5), ("c", 5)]]


def test_a_hidden_part_takes_no_room() -> None:
    hidden = {**at("1"), "conditional": {"hide": "=true"}}
    assert lines({"a": at("1", 8)}, {"b": hidden}, {"c": at("2")}) == [[("a", 16)], [("c", 16)]]


@pytest.mark.parametrize(("columns", "taken"), [(0, 2), (99, 16), ("8", 8), (True, 8), (-3, 2)], ids=str)
def test_columns_beyond_the_grid_are_brought_into_it(columns: Any, taken: int) -> None:
    assert lines({"a": at("1", 8)}, {"b": at("1", columns)}) == [[("a", 8), ("b", taken)]]


@pytest.mark.parametrize("layout", [None, [], "Row_1", {"row": 3}, {}])
def test_a_layout_that_is_none_is_no_layout(layout: Any) -> None:
    assert lines({"a": {"layout": layout}}, {"b": {"layout": layout}}) == [[("a", 16)], [("b", 16)]]
