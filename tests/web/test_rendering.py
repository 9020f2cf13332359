"""Templates: in each language of their own, with the same words and the same escaping as Jinja's."""

from __future__ import annotations

import pytest
from flask import Flask, g, render_template, render_template_string, url_for
from jinja2 import DictLoader

from web import i18n, rendering
from web.addresses import Application

PAGE = """{{ _("Log out") }}|{{ _("in place of %(name)s", name=name) }}|{{ pgettext("key", "open") }}|{{ _(said) }}
{{- "|" }}{{ ngettext("%(num)d task", "%(num)d tasks", 2) }}|{{ {"a": _("free")}["a"] }}"""

FACT = '{{ _("in place of %(name)s", name=name) }}'

OWN = """{% extends "whole.html" %}
{% block part %}{{ super() }}{{ given }}{{ count }}{{ "<u>one</u>"|safe }}{% endblock %}"""


class Pages(Application):
    """An application of two pages."""

    jinja_environment = rendering.Environment


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Pages(__name__)
    app.jinja_env.loader = DictLoader({"page.html": PAGE, "label.html": "{{ label }}{{ count }}", "fact.html": FACT})
    i18n.init_app(app)
    for rule, endpoint in {"/cases/<number>": "case", "/tasks/<int:task>": "task", "/a": "both", "/b": "both"}.items():
        app.add_url_rule(rule, endpoint, _answer)
    return app


def _answer(**_values: object) -> str:
    return "here"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh_CN", "退出|代 &lt;b&gt;|打开|在办|共 2 件|待签收"),
        ("en", "Log out|in place of &lt;b&gt;|open|open|2 tasks|free"),
    ],
)
def test_a_page_says_in_each_language_what_jinja_itself_would_say(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(headers={"Cookie": f"lang={language}"}):
        g.person = None
        ours = render_template("page.html", name="<b>", said="open")
        assert ours == render_template_string(PAGE, name="<b>", said="open")  # nothing is folded in what has no name
    assert ours == said


def test_a_constant_text_is_in_the_compiled_page(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "lang=zh_CN"}):
        g.person = None
        spoken = app.jinja_env.get_template("page.html").environment
    assert "退出" in spoken.compile(PAGE, "page.html", raw=True)


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "待签收1"), ("en", "free1")])
def test_a_label_is_said_in_the_language_of_the_page(app: Flask, language: str, said: str) -> None:
    label = i18n.lazy_gettext("free")
    with app.test_request_context(headers={"Cookie": f"lang={language}"}):
        g.person = None
        assert render_template("label.html", label=label, count=1) == said
        assert str(label) + "1" == said


@pytest.mark.parametrize(("language", "said"), [("zh_CN", "代 &lt;b&gt;"), ("en", "in place of &lt;b&gt;")])
def test_a_text_with_facts_is_compiled_in_pieces(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(headers={"Cookie": f"lang={language}"}):
        g.person = None
        assert render_template("fact.html", name="<b>") == said
        spoken = app.jinja_env.get_template("fact.html").environment
        assert "%(name)s" not in spoken.compile(FACT, "fact.html", raw=True)


@pytest.mark.parametrize(
    ("endpoint", "values", "address"),
    [
        ("case", {"number": "GL 1/2", "tab": "story", "none": None}, "/window/cases/GL%201/2?tab=story"),
        ("task", {"task": 7, "back": "/inbox?view=a&b=时"}, "/window/tasks/7?back=/inbox?view%3Da%26b%3D%E6%97%B6"),
        ("task", {"task": 7, "_anchor": "here"}, "/window/tasks/7#here"),
        ("case", {"number": "A", "_external": True}, "http://localhost/window/cases/A"),
        ("both", {"x": [1, 2]}, "/window/a?x=1&x=2"),
    ],
)
def test_an_address_is_written_as_flask_writes_it(
    app: Flask, endpoint: str, values: dict[str, object], address: str
) -> None:
    app.test_client().get("/a")  # rules may be added until the first request
    with app.test_request_context(base_url="http://localhost/window"):
        assert url_for(endpoint, **values) == Flask.url_for(app, endpoint, **values)
        assert url_for(endpoint, **values) == address


def test_a_block_repeats_what_its_parent_says_and_escapes_what_is_given(app: Flask) -> None:
    sources = {"whole.html": "<b>{% block part %}A{% endblock %}</b>", "own.html": OWN}
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        g.person = None
        app.jinja_env.loader.mapping.update(sources)  # type: ignore[union-attr]  # the fixture's own loader
        assert render_template("own.html", given="<i>", count=2) == "<b>A&lt;i&gt;2<u>one</u></b>"
