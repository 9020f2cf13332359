"""A draft of a process package: saved by revision, checked as a whole, put into force by somebody else."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

import forms
from engine import audit, bpmn, definitions, errors, instances, tasks
from engine.design import drafts, package_check, packages
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe

CHEN = audit.Actor("chen.design")
LIN = audit.Actor("lin.design")
WANG = audit.Actor("wang.publish")
KNOWN = bpmn.Environment(handlers=set(), groups={"hall.window"}, processes=set())
TOML = b'name = "small"\n'


def task(name: str, start: str = "s") -> bytes:
    """A process of one task called ``name``."""
    offered = zeebe('assignmentDefinition candidateGroups="hall.window"')
    return drawing(node("startEvent", start) + node("userTask", "u", offered, name=name) + flows(f"{start}>u"))


def small(name: str = "Read") -> packages.Package:
    return packages.of({"package.toml": TOML, "small.bpmn": task(name)})


def in_force(connection: Connection) -> sa.Row[object]:
    return definitions.deploy(connection, audit.SYSTEM, small(), KNOWN)


def tagged(tag: str, name: str) -> bytes:
    """A process ``q`` that carries a version tag and opens one task called ``name``."""
    return drawing(
        zeebe(f'versionTag value="{tag}"') + node("startEvent", "s") + node("userTask", "u", name=name) + flows("s>u"),
        process="q",
    )


def test_a_call_bound_by_a_version_tag_finds_the_latest_that_carries_it(db_connection: Connection) -> None:
    call = zeebe('calledElement processId="q" bindingType="versionTag" versionTag="a"')
    caller = drawing(node("startEvent", "s") + node("callActivity", "k", call) + flows("s>k"))
    for tag, name in [("a", "first"), ("a", "second"), ("b", "third")]:
        files = {"package.toml": b'name = "called"\n', "q.bpmn": tagged(tag, name)}
        definitions.deploy(db_connection, audit.SYSTEM, packages.of(files), KNOWN)
    known = replace(KNOWN, processes={"q"})
    definitions.deploy(db_connection, audit.SYSTEM, packages.of({"package.toml": TOML, "small.bpmn": caller}), known)
    instances.start(db_connection, audit.SYSTEM, "p", business_key="GL-1")
    opened = db_connection.execute(sa.select(tasks.task.c.name)).scalars().all()
    assert opened == ["second"]


def test_slips_of_the_pen_and_tasks_for_nobody_are_warnings() -> None:
    script = node("scriptTask", "c", zeebe('script expression="=1" resultVariable="amount"'))
    route = node("exclusiveGateway", "g", default="g-e") + node("endEvent", "e") + node("userTask", "u")
    body = node("startEvent", "s") + script + route + flows("s>c>g", "g>u[amuont > 3]", "u>e", "g>e")
    found = package_check.check(packages.of({"package.toml": TOML, "small.bpmn": drawing(body)}), KNOWN)
    assert [(each.severity, each.element, each.facts.get("other")) for each in found] == [
        ("warning", "u", None),
        ("warning", "g", "amount"),
    ]


def actions(connection: Connection) -> list[tuple[str, str]]:
    return [(event.action, event.actor) for event in audit.trail(connection, drafts.STREAM)]


def test_what_is_saved_is_what_runs_and_running_cases_stay_on_their_version(db_connection: Connection) -> None:
    first = in_force(db_connection)
    old = instances.start(db_connection, audit.SYSTEM, "p", business_key="GL-1")
    draft = drafts.start(db_connection, CHEN, definitions.package(db_connection, first.id), first)
    draft = drafts.save(db_connection, CHEN, draft.id, draft.revision, {"small.bpmn": task("Read twice")})
    assert drafts.check(db_connection, CHEN, draft.id, KNOWN) == []
    second = drafts.deploy(db_connection, WANG, draft.id, draft.revision, KNOWN, over=1)

    new = instances.start(db_connection, audit.SYSTEM, "p", business_key="GL-2")
    names = [
        definitions.model(db_connection, definitions.get(db_connection, step.row.definition_id))
        .processes["p"]
        .elements["u"]
        .name
        for step in (old, new)
    ]
    assert (second.version, names) == (2, ["Read", "Read twice"])
    assert drafts.get(db_connection, draft.id).state == "deployed"
    assert actions(db_connection) == [
        ("draft.started", "chen.design"),
        ("draft.saved", "chen.design"),
        ("draft.checked", "chen.design"),
        ("draft.deployed", "wang.publish"),
    ]


def test_of_two_designers_the_second_to_save_is_told_of_the_first(db_connection: Connection) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    drafts.save(db_connection, CHEN, draft.id, 1, {"small.bpmn": task("Chen")})
    with pytest.raises(errors.DraftChanged, match=r"chen\.design"):
        drafts.save(db_connection, LIN, draft.id, 1, {"small.bpmn": task("Lin")})
    assert b"Chen" in drafts.files(db_connection, draft.id)["small.bpmn"]
    assert actions(db_connection)[-1] == ("draft.saved", "chen.design")


def test_the_same_save_twice_is_one(db_connection: Connection) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    once = drafts.save(db_connection, CHEN, draft.id, 1, {"small.bpmn": task("Chen")})
    again = drafts.save(db_connection, CHEN, draft.id, 1, {"small.bpmn": task("Chen")})
    assert (once.revision, again.revision) == (2, 2)
    assert len(actions(db_connection)) == 2


def test_a_save_makes_the_findings_void(db_connection: Connection) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    drafts.save(db_connection, CHEN, draft.id, 1, {"small.bpmn": drawing(node("userTask", "lost"))})
    drafts.check(db_connection, CHEN, draft.id, KNOWN)
    kept = drafts.get(db_connection, draft.id).findings
    assert {(finding["path"], finding["element"]) for finding in kept} == {("small.bpmn", "p"), ("small.bpmn", "lost")}
    assert drafts.save(db_connection, CHEN, draft.id, 2, {"small.bpmn": task("Chen")}).findings is None


def test_nobody_puts_their_own_draft_into_force(db_connection: Connection) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    drafts.save(db_connection, WANG, draft.id, 1, {"small.bpmn": task("Wang")})
    for author in (CHEN, WANG):
        with pytest.raises(errors.DraftOwn):
            drafts.deploy(db_connection, author, draft.id, 2, KNOWN, over=0)
    assert drafts.deploy(db_connection, LIN, draft.id, 2, KNOWN, over=0).version == 1


def test_a_newer_version_is_not_undone_unseen(db_connection: Connection) -> None:
    first = in_force(db_connection)
    draft = drafts.start(db_connection, CHEN, small("Chen"), first)
    definitions.deploy(db_connection, audit.SYSTEM, small("Lin"), KNOWN)
    with pytest.raises(errors.DraftOvertaken, match="Version 2"):
        drafts.deploy(db_connection, WANG, draft.id, 1, KNOWN, over=1)
    assert drafts.deploy(db_connection, WANG, draft.id, 1, KNOWN, over=2).version == 3


def test_an_older_version_comes_back_as_a_new_one(db_connection: Connection) -> None:
    first = in_force(db_connection)
    definitions.deploy(db_connection, audit.SYSTEM, small("Lin"), KNOWN)
    draft = drafts.start(db_connection, CHEN, definitions.package(db_connection, first.id), first)
    back = drafts.deploy(db_connection, WANG, draft.id, 1, KNOWN, over=2)
    assert (back.version, back.hash) == (3, first.hash)
    assert definitions.current(db_connection, "p").deployment_id == back.id


def test_what_is_in_force_is_not_put_into_force_again(db_connection: Connection) -> None:
    first = in_force(db_connection)
    draft = drafts.start(db_connection, CHEN, small(), first)
    with pytest.raises(errors.DraftUnchanged):
        drafts.deploy(db_connection, WANG, draft.id, 1, KNOWN, over=1)


def test_a_draft_with_findings_stays_a_draft(db_connection: Connection) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    draft = drafts.save(db_connection, CHEN, draft.id, 1, {"small.bpmn": b"<!DOCTYPE x><x/>"})
    with pytest.raises(errors.DeploymentRefused) as refused:
        drafts.deploy(db_connection, WANG, draft.id, 2, KNOWN, over=0)
    assert [finding.path for finding in refused.value.facts["findings"]] == ["small.bpmn"]
    assert (drafts.get(db_connection, draft.id).state, definitions.versions(db_connection)) == ("open", [])


def test_a_discarded_draft_is_closed_and_readable(db_connection: Connection) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    drafts.discard(db_connection, CHEN, draft.id)
    assert drafts.under_way(db_connection) == []
    assert set(drafts.files(db_connection, draft.id)) == {"package.toml", "small.bpmn"}
    with pytest.raises(errors.DraftEnded):
        drafts.save(db_connection, CHEN, draft.id, 1, {})
    assert actions(db_connection)[-1] == ("draft.discarded", "chen.design")


@pytest.mark.parametrize(
    ("changed", "removed", "error"),
    [
        ({"../up.bpmn": b""}, (), errors.PackageUnreadable),
        ({"/etc/x.bpmn": b""}, (), errors.PackageUnreadable),
        ({"a\\b.bpmn": b""}, (), errors.PackageUnreadable),
        ({"run.py": b""}, (), errors.PackageFileUnknown),
        ({"tool.exe": b""}, (), errors.PackageFileUnknown),
        ({"package.toml": b'name = "other"'}, (), errors.DraftRenamed),
        ({"package.toml": b"name ="}, (), errors.PackageUnreadable),
        ({}, ("package.toml",), errors.PackageUnreadable),
        ({"big.md": b" " * (packages.MAX_BYTES + 1)}, (), errors.PackageUnreadable),
    ],
)
def test_what_no_package_may_hold_is_not_saved(
    db_connection: Connection, changed: dict[str, bytes], removed: tuple[str, ...], error: type[errors.EngineError]
) -> None:
    draft = drafts.start(db_connection, CHEN, small())
    with pytest.raises(error):
        drafts.save(db_connection, CHEN, draft.id, 1, {"small.bpmn": task("Chen")} | changed, removed)
    assert drafts.files(db_connection, draft.id) == small().files


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()


@pytest.mark.parametrize(
    "source",
    [
        b"no zip",
        packed({"package.toml": TOML, "../../etc/passwd.txt": b"root"}),
        packed({"package.toml": TOML, "/etc/passwd.txt": b"root"}),
        packed({"package.toml": TOML, "C:\\x.txt": b"root"}),
        packed({"package.toml": TOML, "bomb.txt": b"0" * (packages.MAX_BYTES + 1)}),
        packed({"package.toml": TOML} | {f"{number}.txt": b"" for number in range(packages.MAX_FILES)}),
    ],
)
def test_a_zip_that_would_do_harm_is_refused(source: bytes) -> None:
    with pytest.raises(errors.PackageUnreadable):
        packages.read(source)


def test_a_file_of_a_kind_that_nothing_reads_is_refused() -> None:
    with pytest.raises(errors.PackageFileUnknown, match=r"tool\.exe"):
        packages.read(packed({"package.toml": TOML, "tool.exe": b"MZ"}))


def test_a_zipped_folder_is_a_package_and_what_is_left_out_is_named() -> None:
    package = packages.read(packed({"small/package.toml": TOML, "small/run.py": b"", "__MACOSX/._x": b""}))
    assert package.files == {"package.toml": TOML}
    assert package.left_out == ("small/run.py", "__MACOSX/._x")


def test_a_package_survives_export_and_import() -> None:
    assert packages.read(packages.write_zip(small())) == small()


@pytest.mark.parametrize(
    ("path", "content", "element"),
    [
        ("x.form", b"{", ""),
        ("x.form", b"[]", ""),
        ("x.form", b'{"id": "x", "components": [{"type": "rocket", "id": "r"}]}', "r"),
        ("x.dmn", b"<x/>", ""),
        ("x.dmn", b"<!DOCTYPE x><x/>", ""),
        ("x.bpmn", b"not xml", ""),
        ("x.bpmn", task("again"), ""),
        ("x.bpmn", drawing(node("scriptTask", "py", "<bpmn:script>import os</bpmn:script>"), process="q"), "py"),
        (
            "x.bpmn",
            drawing(
                node("scriptTask", "py", zeebe('script expression="=__import__(\'os\')" resultVariable="r"')),
                process="q",
            ),
            "py",
        ),
        ("x.bpmn", drawing(node("userTask", "t", zeebe("telepathy")), process="q"), "t"),
    ],
)
def test_each_kind_of_file_is_checked_and_named(path: str, content: bytes, element: str) -> None:
    package = packages.of(dict(small().files) | {path: content})
    findings = package_check.check(package, KNOWN, forms.compile)
    assert element in {finding.element for finding in findings}
    assert {finding.path for finding in findings} <= {path, "package.toml"}


def test_start_is_a_good_id(db_connection: Connection) -> None:
    package = packages.of({"package.toml": TOML, "small.bpmn": task("Read", start="Start")})
    assert package_check.check(package, KNOWN) == []
    definitions.deploy(db_connection, audit.SYSTEM, package, KNOWN)
    instances.start(db_connection, audit.SYSTEM, "p", business_key="GL-1")


def test_a_package_that_was_checked_is_checked_again_when_it_or_what_is_around_it_has_changed() -> None:
    line = node("serviceTask", "t", zeebe('taskDefinition type="remote.call"'))
    files = {"package.toml": TOML, "small.bpmn": drawing(node("startEvent", "s") + line + flows("s>t"))}
    form = {"package.toml": TOML, "a.form": b'{"id": "a", "components": [{"type": "nonsense"}]}'}
    knows, knows_not = bpmn.Environment(handlers={"remote.call"}), bpmn.Environment(handlers={"another"})
    for _ in range(2):
        assert package_check.check(packages.of(files), knows) == []
        assert [found.element for found in package_check.check(packages.of(files), knows_not)] == ["t"]
        mended = files | {"small.bpmn": files["small.bpmn"].replace(b"remote.call", b"another")}
        assert package_check.check(packages.of(mended), knows_not) == []
        assert len(package_check.check(packages.of(form), KNOWN, forms.compile)) == 2
        assert len(package_check.check(packages.of(form), KNOWN)) == 1
        package_check.check(packages.of(files), knows).append("what a caller adds stays the caller's")
