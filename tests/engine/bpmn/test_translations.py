"""Whatever the kernel tells a designer it tells in Chinese too."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from engine import errors

ROOT = Path(__file__).parents[3]
ERRORS = [
    errors.BpmnUnreadable, errors.BpmnUnsafe, errors.BpmnTooLarge, errors.DeploymentRefused, errors.BpmnStartUnknown,
    errors.TokenUnknown, errors.ActivityNotOffered, errors.ActivityUnderWay,
]  # fmt: skip


def messages() -> set[str]:
    """Every text that the kernel marks for translation, and the messages of its errors."""
    found = {" ".join((error.__doc__ or "").split()) for error in ERRORS}
    for path in (ROOT / "engine" / "bpmn").glob("*/*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) == "N_":
                found.add(ast.literal_eval(call.args[0]))
    return found


def catalogue() -> dict[str, str]:
    """The translations as shipped."""
    with (ROOT / "web" / "translations" / "zh_CN" / "bpmn.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_message_has_its_translation_and_no_translation_is_left_over() -> None:
    assert set(catalogue()) == messages()


@pytest.mark.parametrize(("english", "chinese"), sorted(catalogue().items()))
def test_a_translation_names_the_same_facts(english: str, chinese: str) -> None:
    assert chinese
    assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese))
