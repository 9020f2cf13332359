"""How a scope is drawn: what surely fails is refused, what may fail is said, what is sound is left alone."""

from __future__ import annotations

import pytest

from engine import bpmn
from tests.engine.bpmn.drawing import drawing, flows, node, timer, zeebe

S, E, AND, XOR, OR = "startEvent", "endEvent", "parallelGateway", "exclusiveGateway", "inclusiveGateway"


def nodes(**kinds: str) -> str:
    """Nodes by ``id=kind``; ``id="kind default"`` names the default flow."""
    out = ""
    for name, kind in kinds.items():
        kind, _, default = kind.partition(" ")
        out += node(kind, name, **({"default": default} if default else {}))
    return out


def said(body: str) -> set[tuple[str, str, str]]:
    """Severity, element and the first words of each finding."""
    findings = bpmn.check(drawing(body), bpmn.Environment())[1]
    return {(found.severity, found.element, found.message.split(",")[0][:30]) for found in findings}


def elements(body: str, severity: str) -> set[str]:
    """The elements that findings of a severity name."""
    return {element for kind, element, _ in said(body) if kind == severity}


def loop(inner: str) -> str:
    """A loop through ``inner`` that an exclusive gateway leaves."""
    return (
        nodes(s=S, m=XOR, d=f"{XOR} d-m", e=E) + inner + flows("s>m>i>d", "d>m", "d>e[done]")
    )  # fmt: skip


SPLIT = nodes(s=S, a="task", b="task", e=E)


@pytest.mark.parametrize(
    ("element", "body"),
    [
        # a parallel join behind an exclusive split
        ("j", SPLIT + nodes(x=f"{XOR} x-b", j=AND) + flows("s>x", "x>a[ok]", "x>b", "a>j", "b>j>e")),
        # one branch of two has a way past the join, by one decision
        ("j", SPLIT + nodes(p=AND, x=f"{XOR} x-e2", j=AND, e2=E)
         + flows("s>p>a>x", "p>b>j", "x>j[ok]", "x>e2", "j>e")),
        # an event may take the way past the join
        ("j", nodes(s=S, p=AND, j=AND, e=E, e2=E) + node("userTask", "u") + node("task", "b")
         + node("boundaryEvent", "late", timer("PT1H"), attachedToRef="u")
         + flows("s>p>u>j", "p>b>j>e", "late>e2")),
        # a join whose other flow comes from behind itself
        ("j", nodes(s=S, j=AND, x=f"{XOR} x-e", e=E) + flows("s>j>x", "x>j[again]", "x>e")),
        # an event-based choice into a parallel join
        ("j", nodes(s=S, v="eventBasedGateway", j=AND, e=E)
         + node("intermediateCatchEvent", "t1", timer("PT1H")) + node("intermediateCatchEvent", "t2", timer("PT2H"))
         + flows("s>v>t1>j", "v>t2>j>e")),
        # a branch that is not joined with those beside it
        ("b", SPLIT + nodes(p=AND, j=AND) + flows("s>p>a>j>e", "p>b")),
        # likewise, in a loop
        ("b", SPLIT + nodes(p=AND, j=AND, m=XOR, x=f"{XOR} x-e", u="userTask")
         + flows("s>m>p>a>j>u>x", "p>b", "x>m[again]", "x>e")),
        # an end that nothing leads to, where ways meet unjoined, turn for ever, or the end was to do something
        ("f", SPLIT + nodes(p=AND, f=E, c="task") + flows("s>p>a>c", "p>b>c>e")),
        ("f", nodes(s=S, u="userTask", m=XOR, b="userTask", p=AND, e=E, f=E) + flows("s>p>u>e", "p>m>b>m")),
        ("f", nodes(s=S, a="task", e=E) + node("endEvent", "f", "<bpmn:terminateEventDefinition/>") + flows("s>a>e")),
        # what was left lying about
        ("lost", nodes(s=S, a="task", e=E, lost="task") + flows("s>a>e")),
        # a condition that says the same whatever the data is
        ("j", SPLIT + nodes(x=f"{XOR} x-b", p=AND, j=AND, e2=E) + flows("s>p>a>x", "p>b2>j", "x>j[false]", "x>b>e2", "j>e") + nodes(b2="task")),
        # conditions where nobody asks them
        ("p-a", SPLIT + nodes(p=AND) + flows("s>p", "p>a[ok]", "p>b", "a>e", "b>e")),
        # a default that is somebody else's flow
        ("x", SPLIT + nodes(x=f"{XOR} s-x") + flows("s>x", "x>a[ok]", "x>b[not(ok)]", "a>e", "b>e")),
        # loops without a wait: nothing changes, or nothing leads out
        ("m", loop(node("task", "i"))),
        ("m", nodes(s=S, m=XOR) + node("scriptTask", "i", zeebe('script expression="=1" resultVariable="n"'))
         + flows("s>m>i>m")),
    ],
)  # fmt: skip
def test_what_surely_fails_is_refused_at_its_element(element: str, body: str) -> None:
    assert elements(body, "error") == {element}


@pytest.mark.parametrize(
    ("element", "body"),
    [
        # a way that only stops
        ("b", SPLIT + nodes(p=AND) + flows("s>p>a>e", "p>b")),
        # a way that only stops, beside one that turns back
        ("b", SPLIT + nodes(m=XOR, x=f"{XOR} x-b", u="userTask", y=f"{XOR} y-a") + flows("s>m>u>y", "y>x[ok]", "y>a>e", "x>m[again]", "x>b")),
        # whether both decisions can differ only the designer knows
        ("j", SPLIT + nodes(p=AND, x=f"{XOR} x-e1", y=f"{XOR} y-e2", j=AND, e1=E, e2=E)
         + flows("s>p>a>x", "p>b>y", "x>j[ok]", "x>e1", "y>j[ok]", "y>e2", "j>e")),
        # what a script decides
        ("j", nodes(s=S, p=AND, x=f"{XOR} x-e1", j=AND, b="task", e=E, e1=E)
         + node("scriptTask", "c", zeebe('script expression="=true" resultVariable="ok"'))
         + flows("s>c>p>x", "p>b>j", "x>j[ok]", "x>e1", "j>e")),
        # tokens that meet without a join
        ("c", SPLIT + nodes(p=AND, c="task") + flows("s>p>a>c", "p>b>c>e")),
        ("c", nodes(s=S, c="task", e=E) + node("userTask", "u")
         + node("boundaryEvent", "late", timer("PT1H"), attachedToRef="u", cancelActivity="false")
         + flows("s>u>c>e", "late>c")),
        # no default, and the conditions say nothing of one another
        ("x", SPLIT + nodes(x=XOR) + flows("s>x", "x>a[n > 1]", "x>b[m > 1]", "a>e", "b>e")),
        # waits for ever, by intent or not
        ("m", nodes(s=S, m=XOR) + node("userTask", "i") + flows("s>m>i>m")),
    ],
)  # fmt: skip
def test_what_may_fail_is_said_and_not_refused(element: str, body: str) -> None:
    assert (elements(body, "error"), elements(body, "warning") & {element}) == (set(), {element})


@pytest.mark.parametrize(
    "body",
    [
        SPLIT + nodes(p=AND, j=AND) + flows("s>p>a>j", "p>b>j>e"),
        SPLIT + nodes(x=f"{XOR} x-b", j=OR) + flows("s>x", "x>a[ok]", "x>b", "a>j", "b>j>e"),
        SPLIT + nodes(x=XOR) + flows("s>x", "x>a[n > 1]", "x>b[n <= 1]", "a>e", "b>e"),
        SPLIT + nodes(x=XOR) + flows("s>x", "x>a[ok]", "x>b[not(ok)]", "a>e", "b>e"),
        # all branches end at one end event, and a scope without any end event ends by itself
        SPLIT + nodes(p=AND) + flows("s>p>a>e", "p>b>e"),
        nodes(s=S, a="task") + flows("s>a"),
        # a parallel block inside a loop that a person keeps turning
        nodes(s=S, m=XOR, p=AND, a="task", b="userTask", j=AND, d=f"{XOR} d-m", e=E)
        + flows("s>m>p>a>j", "p>b>j>d", "d>m", "d>e[done]"),
        loop(node("userTask", "i")),
        loop(node("scriptTask", "i", zeebe('script expression="=n + 1" resultVariable="n"'))),
        # a branch that ends the whole scope leaves no join waiting
        nodes(s=S, p=AND, a="task", b="userTask", x=f"{XOR} x-j", j=AND, e=E)
        + node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
        + flows("s>p>a>j", "p>b>x", "x>stop[bad]", "x>j", "j>e"),
        # a condition that always holds
        SPLIT + nodes(x=OR) + flows("s>x", "x>a[true]", "x>b[few]", "a>e", "b>e"),
        # what comes after the join goes back into one of the branches
        nodes(s=S, e=E, f=OR, j=OR, d=f"{XOR} d-e", a=XOR, w="userTask", b="task")
        + flows("s>f", "f>a[true]", "f>b[few]", "a>w>j", "b>j", "j>d", "d>a[again]", "d>e"),
    ],
)
def test_what_is_sound_is_left_alone(body: str) -> None:
    assert said(body) == set()


def test_a_wide_and_long_drawing_is_judged_at_once() -> None:
    wide = [f"t{number}" for number in range(200)]
    body = nodes(s=S, p=AND, j=AND, e=E, **dict.fromkeys(wide, "task"))
    body += flows("s>p", "j>e", *(f"p>{each}>j" for each in wide))
    assert said(body) == set()
    blocks = nodes(s=S, e=E) + "".join(
        nodes(**{f"x{n}": f"{XOR} x{n}-b{n}", f"a{n}": "task", f"b{n}": "task", f"y{n}": XOR})
        + flows(f"x{n}>a{n}[ok]", f"x{n}>b{n}", f"a{n}>y{n}", f"b{n}>y{n}", f"y{n}>{f'x{n + 1}' if n < 49 else 'e'}")
        for n in range(50)
    )
    assert said(blocks + flows("s>x0")) == set()
