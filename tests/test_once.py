"""What the first test process makes is what the others get."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.once import Once


def test_what_was_made_once_is_not_made_again(tmp_path: Path) -> None:
    assert Once(tmp_path)("town", lambda: "官林镇") == "官林镇"
    assert Once(tmp_path)("town", lambda: pytest.fail("made again")) == "官林镇"


def test_what_failed_is_tried_again_by_the_next(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        Once(tmp_path)("town", lambda: str(1 // 0))
    assert Once(tmp_path)("town", lambda: "官林镇") == "官林镇"
