"""A form accepts what it offers, keeps what was typed, and says per field what to do."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import pytest
from babel.messages import pofile
from hypothesis import given
from hypothesis import strategies as st

import forms
from engine import errors
from forms import answers, checks, rules, schema

ROOT = Path(__file__).parents[2]


def form(*components: dict[str, Any]) -> forms.Schema:
    return forms.compile({"id": "f", "components": list(components)})


def one(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": "a", "id": "a", "label": "甲", **more}


def judged(component: dict[str, Any], *typed: str, **options: Any) -> forms.BoundForm:
    bound = forms.bind(form(component), {"a": list(typed)}, {}, {}, **options)
    bound.validate()
    return bound


@pytest.mark.parametrize(
    ("component", "typed", "value"),
    [
        (one("textfield"), " 你好 ", "你好"),
        (one("number"), "1,200.10", Decimal("1200.10")),
        (one("datetime", subtype="date"), "2024-02-29", "2024-02-29"),
        (one("datetime", subtype="time"), "09:30", "09:30:00"),
        (one("datetime", subtype="datetime"), "2026-03-05T09:30", "2026-03-05T09:30:00"),
        (one("number", serializeToString=True), "0012.50", "12.50"),
        (one("number", increment=0.5), "2.5", Decimal("2.5")),
        (one("datetime", subtype="time", timeInterval=15), "09:45", "09:45:00"),
        (one("datetime", subtype="date", validate={"min": '=date("2026-03-05")'}), "2026-03-05", "2026-03-05"),
        (one("textfield", disabled="=1 > 2"), "x", "x"),
        (one("checkbox"), "true", True),
        (one("radio", values=[{"label": "是", "value": "y"}]), "y", "y"),
        (one("taglist", valuesExpression='=["x", "y"]'), "x", ["x"]),
    ],
)
def test_each_kind_gives_its_value(component: dict[str, Any], typed: str, value: object) -> None:
    bound = judged(component, typed)
    assert bound.errors == {}
    assert bound.values == {"a": value}


@pytest.mark.parametrize(
    ("component", "typed"),
    [
        (one("number"), "zwölf"),
        (one("number"), "NaN"),
        (one("number"), "1,5"),
        (one("textfield", validate={"validationType": "email"}), "at home"),
        (one("number"), "1e999999"),
        (one("number", decimalDigits=2), "1.005"),
        (one("number", validate={"max": "=2 + 3"}), "6"),
        (one("number", increment=5), "12"),
        (one("datetime", subtype="time", timeInterval=30), "09:45"),
        (one("datetime", subtype="datetime", timeInterval=30), "2026-03-05T09:45"),
        (one("datetime", subtype="date", validate={"min": "2026-03-05"}), "2026-03-04"),
        (one("datetime", subtype="date", validate={"max": '=today() + duration("P1D")'}), "2026-03-04"),
        (one("datetime", subtype="datetime", validate={"max": "2026-03-05T01:00:00Z"}), "2026-03-05T09:30"),
        (one("datetime", subtype="date"), "2026-02-31"),
        (one("datetime", subtype="date"), "2026-13-01"),
        (one("datetime", subtype="date", properties={"check": "date-not-future"}), "2999-01-01"),
        (one("checklist", valuesExpression='=["x", "y"]', properties={"check": "at-least-two"}), "x"),
        (one("textfield"), "a\x00b"),
        (one("textarea"), "a" * 20_001),
        (one("textfield"), "a\nb"),
        (one("textfield", validate={"required": True}), " "),
        (one("textfield", validate={"pattern": "^[0-9]{6}$"}), "12345"),
        (one("textfield", validate={"pattern": "^(a+)+$"}), "a" * 40 + "b"),
        (one("textfield", properties={"check": "uscc"}), "91350100M000100Y44"),
        (one("radio", values=[{"label": "是", "value": "y"}]), "n"),
        (one("filepicker"), "file-of-another"),
    ],
)
def test_a_wrong_answer_is_refused_and_kept(component: dict[str, Any], typed: str) -> None:
    bound = judged(component, typed)
    assert list(bound.errors) == ["a"]
    assert bound.raw == bound.draft() == {"a": [typed]}
    shown = bound.components[0].value
    assert shown in (typed, [typed])


def test_a_moment_that_a_default_works_out_can_be_sent_as_it_stands() -> None:
    component = one("datetime", subtype="datetime", defaultValue='=date and time("2026-03-05T09:30:45.5+08:00")')
    (part,) = forms.bind(form(component), None, {}, {}).components
    assert part.value == "2026-03-05T09:30"
    assert judged(component, part.value).errors == {}


def test_what_is_only_read_is_shown_as_it_is_whatever_was_sent() -> None:
    schema_ = form(
        {
            "type": "dynamiclist",
            "path": "rows",
            "id": "rows",
            "allowAddRemove": False,
            "components": [
                {"type": "textfield", "key": "name", "id": "n", "readonly": True},
                {"type": "checkbox", "key": "here", "id": "h"},
            ],
        }
    )
    values = {"rows": [{"name": "身份证"}, {"name": "营业执照"}]}
    for sent in ({"rows[1].here": ["true"]}, {"rows[0].name": ["伪造"], "rows[1].here": ["true"]}):
        bound = forms.bind(schema_, sent, values, {})
        assert [row[0].value for _, row in bound.components[0].rows] == ["身份证", "营业执照"]
        assert bound.values["rows"] == [{"name": "身份证", "here": False}, {"name": "营业执照", "here": True}]


@pytest.mark.parametrize("typed", ["2.5", "300.50"])
def test_where_no_decimals_are_allowed_a_whole_number_is_asked_for(typed: str) -> None:
    assert judged(one("number", decimalDigits=0), "3.00").errors == {}
    [fault] = judged(one("number", decimalDigits=0), typed).errors["a"]
    assert fault.message == "Write a whole number."


def test_a_text_names_a_value_as_the_reader_calls_it() -> None:
    text = {
        "type": "text",
        "id": "t",
        "text": "案由：{{item.name}}，{{kinds}}",
        "properties": {"text:en": "{{item.name}}: {{kinds}}"},
    }
    english = {"占道经营": "street trading", "罚款": "fine"}
    values = {"item": {"name": "占道经营"}, "kinds": ["罚款", "警告"]}
    bound = forms.bind(form(text), None, values, {}, locale="en", called=lambda said: english.get(said, said))
    assert bound.components[0].content == "street trading: fine, 警告"


def test_a_draft_brings_back_empty_rows_too() -> None:
    rows = form({"type": "dynamiclist", "path": "rows", "id": "rows", "components": [one("checkbox")]})
    bound = forms.bind(rows, {"rows[0]": [""], "rows[1].a": ["true"]}, {}, {})
    again = forms.bind(rows, bound.draft(), {}, {})
    assert again.values == bound.values == {"rows": [{"a": False}, {"a": True}]}


def test_hidden_read_only_and_unknown_fields_are_never_accepted() -> None:
    bound = forms.bind(
        form(
            {"type": "checkbox", "key": "more", "id": "m"},
            {"type": "textfield", "key": "why", "id": "w", "conditional": {"hide": "=more != true"}},
            {"type": "textfield", "key": "number", "id": "n", "readonly": True},
            {"type": "textfield", "key": "fee", "id": "fee", "disabled": True},
            {"type": "textfield", "key": "note", "id": "note", "disabled": "=more != true"},
        ),
        {"why": ["x"], "number": ["forged"], "fee": ["0"], "note": ["x"], "state": ["approved"]},
        {"number": "GL-1", "fee": "9"},
        {},
    )
    assert bound.validate()
    assert bound.values == {"more": False}


def test_a_condition_follows_what_was_sent() -> None:
    bound = forms.bind(
        form(
            {"type": "checkbox", "key": "more", "id": "m"},
            {"type": "textfield", "key": "why", "id": "w", "conditional": {"hide": "=more != true"}},
        ),
        {"more": ["true"], "why": ["x"]},
        {},
        {},
    )
    assert bound.values == {"more": True, "why": "x"}


def test_rows_of_a_list_are_closed_up_and_keep_what_cannot_be_written() -> None:
    rows = {
        "type": "dynamiclist",
        "path": "materials",
        "id": "l",
        "components": [
            {"type": "textfield", "key": "name", "id": "n", "readonly": True},
            {"type": "number", "key": "copies", "id": "c", "validate": {"min": 1}},
        ],
    }
    values = {"materials": [{"name": "甲"}, {"name": "乙"}]}
    sent = {"materials[1].name": ["forged"], "materials[1].copies": ["2"], "materials[7].copies": ["3"]}
    bound = forms.bind(form(rows), sent, values, {})
    assert bound.validate()
    assert bound.values == {
        "materials": [{"name": "乙", "copies": Decimal(2)}, {"copies": Decimal(3)}],
    }
    wrong = forms.bind(form(rows), {"materials[0].copies": ["0"]}, values, {})
    assert not wrong.validate()
    assert list(wrong.errors) == ["materials[0].copies"]


def test_thousands_of_rows_are_one_clear_fault() -> None:
    rows = {"type": "dynamiclist", "path": "r", "id": "l", "components": [one("textfield")]}
    bound = forms.bind(form(rows), {f"r[{n}].a": ["x"] for n in range(3000)}, {}, {})
    assert not bound.validate()
    assert bound.errors["r"][0].facts == {"limit": 200}


def test_a_row_is_added_and_taken_out_without_a_script() -> None:
    rows = form({"type": "dynamiclist", "path": "r", "id": "l", "components": [one("textfield")]})
    sent = {"r[0].a": ["x"], "r[1].a": ["y"]}
    longer = forms.bind(rows, sent | {"add-row": ["r"]}, {}, {})
    shorter = forms.bind(rows, sent | {"remove-row": ["r[0]"]}, {}, {})
    first = forms.bind(rows, {"add-row": ["r"]}, {}, {})
    assert longer.rearranged
    assert [index for index, _ in longer.components[0].rows] == [0, 1, 2]
    assert [index for index, _ in first.components[0].rows] == [0]
    assert shorter.values == {"r": [{"a": "y"}]}
    assert 'value="r[2]"' in page(longer)
    assert not forms.bind(rows, sent, {}, {}).rearranged


def test_a_nested_key_keeps_its_neighbours() -> None:
    bound = forms.bind(form(one("textfield", key="p.a")), {"p.a": ["new"]}, {"p": {"a": "old", "b": 1}}, {})
    assert bound.values == {"p": {"a": "new", "b": 1}}


def test_an_expression_is_computed_and_texts_are_filled() -> None:
    bound = forms.bind(
        form(one("number"), {"type": "expression", "key": "sum", "id": "s", "expression": "=a * 2"}, one_text()),
        {"a": ["1.5"], "sum": ["99"]},
        {},
        {"who": "张三"},
        locale="en",
    )
    assert bound.values == {"a": Decimal("1.5"), "sum": Decimal("3.0")}
    assert bound.components[2].content == "For 张三"


@pytest.mark.parametrize(
    ("locale", "listed", "shown"),
    [("zh_CN", ["甲", "乙"], "致甲、乙"), ("en", ["A", "B"], "For A, B"), ("zh_CN", [], "致—"),
     ("zh_CN", [{"name": "农药", "quantity": "12瓶", "note": None}], "致农药 12瓶"),
     ("en", "2026-03-02T09:00:00+08:00", "For 2026-03-02 09:00")],
)  # fmt: skip
def test_a_value_in_a_text_is_written_as_people_read_it(locale: str, listed: Any, shown: str) -> None:
    assert forms.bind(form(one_text()), None, {}, {"who": listed}, locale=locale).components[0].content == shown


def one_text() -> dict[str, Any]:
    return {"type": "text", "id": "t", "text": "致{{who}}", "properties": {"text:en": "For {{who}}"}}


@pytest.mark.parametrize(
    ("component", "error"),
    [
        ({"type": "iframe", "id": "i"}, errors.FormComponentUnknown),
        ({"type": "textfield", "id": "i"}, errors.FormKeyMissing),
        (one("textfield", key="a b"), errors.FormKeyUnusable),
        (one("textfield", properties={"check": "zodiac"}), errors.FormCheckUnknown),
        (one("textfield", conditional={"hide": "=1 +"}), errors.FormExpressionUnusable),
        (one("textfield", validate={"validationType": "zodiac"}), errors.FormPatternUnusable),
        (one("textfield", validate={"pattern": "(["}), errors.FormPatternUnusable),
        (one("textfield", validate={"pattern": "(?i)a"}), errors.FormPatternUnusable),
    ],
)
def test_what_is_not_understood_is_refused(component: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        form(component)


def test_html_keeps_its_form_and_loses_its_teeth() -> None:
    content = (
        '<p onclick="x()">{{who}} <b>now<script>alert(1)</script></p><img src=x onerror=y>'
        '<a href="javascript:x()">a</a><a href="//evil">b</a><a href="https://gov.cn">c</a>'
    )
    bound = forms.bind(form({"type": "html", "id": "h", "content": content}), None, {}, {"who": "<a href='/x'>"})
    assert bound.components[0].content == (
        "<p>&lt;a href=&#x27;/x&#x27;&gt; <b>now</b></p><a>a</a><a>b</a>"
        '<a href="https://gov.cn" rel="noopener noreferrer">c</a>'
    )


def test_a_condition_in_a_row_sees_its_own_row() -> None:
    hide = {"hide": '=kind != "b"'}
    columns = [{"type": "textfield", "key": "kind", "id": "k"}, one("textfield", conditional=hide)]
    rows = form({"type": "dynamiclist", "path": "r", "id": "l", "components": columns})
    sent = {"r[3].kind": ["b"], "r[3].a": ["x"], "r[5].kind": ["c"], "r[5].a": ["forged"]}
    bound = forms.bind(rows, sent, {}, {})
    assert bound.validate()
    assert bound.values == {"r": [{"kind": "b", "a": "x"}, {"kind": "c"}]}


def test_a_key_stands_once_and_nesting_ends() -> None:
    with pytest.raises(errors.FormKeyTwice):
        form(one("textfield"), one("number"))
    with pytest.raises(errors.FormKeyTwice):
        form(one("textfield", key="p.a"), one("textfield", key="p"))
    nested = one("textfield")
    for _ in range(10):
        nested = {"type": "group", "id": "g", "components": [nested]}
    with pytest.raises(errors.FormTooDeep):
        form(nested)


def test_numbers_of_the_state_carry_a_check_sign() -> None:
    assert checks.uscc("91350100M000100Y43")
    assert checks.resident_id("11010519491231002X")
    assert not checks.resident_id("110105194902310026")
    assert checks.mobile("13800138000")
    assert checks.mobile("+8613800138000")
    assert not checks.mobile("12345678901")


@given(st.integers(0, 16), st.sampled_from(checks.USCC))
def test_one_wrong_sign_in_a_credit_code_is_seen(place: int, sign: str) -> None:
    code = "91350100M000100Y43"
    changed = code[:place] + sign + code[place + 1 :]
    assert checks.uscc(changed) is (changed == code)


@given(st.sampled_from(sorted(schema.INPUTS)), st.lists(st.text(), max_size=3))
def test_no_typing_breaks_a_form(kind: str, typed: list[str]) -> None:
    bound = judged(one(kind, expression="=1"), *typed)
    if kind != "expression":
        assert bound.raw == {"a": typed}


def test_the_hash_ignores_the_order_of_keys() -> None:
    assert forms.hash({"a": 1, "b": 2}) == forms.hash({"b": 2, "a": 1}) != forms.hash({"a": 1})


def page(bound: forms.BoundForm) -> str:
    loader = jinja2.FileSystemLoader(ROOT / "web/templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.globals["_"] = lambda text, **facts: text % facts if facts else text
    environment.filters["lines"] = forms.lines
    environment.filters["message"] = lambda text, facts: text.format_map(facts)
    template = environment.from_string('{% from "forms/_fields.html" import render with context %}{{ render(form) }}')
    return template.render(form=bound)


def test_the_page_ties_fault_help_and_label_to_the_field() -> None:
    bound = judged(one("textfield", description="看这里", validate={"maxLength": 2}), "<b>")
    html = page(bound)
    assert '<label class="field-label" for="f-a">' in html
    assert 'aria-describedby="f-a-help f-a-error" aria-invalid="true"' in html
    assert 'href="#f-a"' in html
    assert 'value="&lt;b&gt;"' in html


def test_every_fault_and_error_speaks_chinese() -> None:
    with (ROOT / "web/translations/zh_CN/forms.po").open("rb") as content:
        known = {message.id for message in pofile.read_po(content, locale="zh_CN") if message.string}
    kinds = (entry for entry in vars(errors).values() if isinstance(entry, type))
    named = {" ".join((kind.__doc__ or "").split()) for kind in kinds if issubclass(kind, errors.FormRefused)}
    marked = set()
    for module in (answers, rules, forms.bound):
        source = Path(str(module.__file__)).read_text()
        marked |= {part.split('")')[0] for part in source.split('N_("')[1:]}
    assert (named | marked) - known == set()


def test_a_form_names_the_fields_on_which_others_depend() -> None:
    inner = {"type": "textfield", "key": "why", "id": "w", "conditional": {"hide": "=result != kind.name"}}
    row = {"type": "group", "id": "g", "path": "kind", "components": [inner]}
    assert form(one("textfield", conditional={"hide": "=more != true"}), row).deciding == (
        "kind.name",
        "more",
        "result",
    )
    assert form(one("textfield")).deciding == ()
