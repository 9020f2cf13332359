"""Templates as each language reads them: compiled once per locale, with the texts of the catalogue already in them.

A page says some hundred texts that never change. Looked up at each rendering they were half of what a page cost; here
``_("…")`` with a constant becomes the translated constant when the template is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any

from babel.support import NullTranslations
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Environment as JinjaEnvironment
from jinja2 import Template, nodes
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as _escape_text  # type: ignore[attr-defined]  # the C function itself

from web import i18n

_FACT = re.compile(r"%\((\w+)\)s")
"""A fact that is written as it is: every second piece of a text split here."""


class _Context(Context):
    """Calls what is a plain function directly; Jinja asks each time in three ways what else it might be."""

    def call(self, called: Callable[..., Any], /, *given: Any, **named: Any) -> Any:
        """Call a function of a template."""
        if type(called) not in (FunctionType, MethodType) or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *given, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*given, **named)


class _Template(Template):
    """Hands out each part of a page as one text: Jinja's own passes every cell through all templates around it."""

    @classmethod
    def _from_namespace(
        cls, environment: JinjaEnvironment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace["escape"] = _escaped
        namespace["root"] = _whole(namespace["root"])
        namespace["blocks"] = {name: _whole(block) for name, block in namespace["blocks"].items()}
        namespace.update({f"block_{name}": block for name, block in namespace["blocks"].items()})  # as super() calls it
        return super()._from_namespace(environment, namespace, globals)


def _whole(draw: Callable[[Context], Iterator[str]]) -> Callable[[Context], Iterator[str]]:
    def drawn(context: Context) -> Iterator[str]:
        yield "".join(draw(context))

    return drawn


def _escaped(value: Any) -> str:
    """Escape what stands in a page; MarkupSafe's own makes an object of each text, which nobody looks at."""
    kind = type(value)
    if kind is str:
        return _escape_text(value)
    if kind is int or kind is i18n.Label:
        return str(value)
    return value if kind is Markup else escape(value)


class Environment(FlaskEnvironment):
    """Flask's own, which has each template in the language of whoever asks."""

    context_class = _Context
    template_class = _Template
    locale = ""
    """The locale that this environment's templates are compiled for; none for the one that chooses."""

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if self.locale:
            return super()._load_template(name, globals)
        return self._speaking(i18n.locale_name())._load_template(name, globals)

    def _speaking(self, locale: str) -> Environment:
        known: dict[str, Environment] = self.__dict__.setdefault("_by_locale", {})
        if locale not in known:
            overlay = self.overlay()
            texts = i18n.texts(locale)
            overlay.locale, overlay.globals = locale, {**self.globals, **_functions(texts)}
            known[locale] = overlay
        return known[locale]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return one mapping, which is copied at each rendering; Jinja's own chain of two takes thrice as long."""
        return {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.locale:
            _Folding(i18n.texts(self.locale)).visit(tree)
        return tree


class _Folding(NodeTransformer):
    """Puts the translation of a constant text in the place of the call that asks for it."""

    def __init__(self, texts: NullTranslations) -> None:
        self._texts = texts

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802  # Jinja's way to name it
        """Draw a text with facts as what it is, piece by piece; to fill one in takes ten times as long."""
        self.generic_visit(node)
        node.nodes = [piece for part in node.nodes for piece in _pieces(part)]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  # Jinja's way to name it
        """Fold ``_("…")``, with facts or without, and ``pgettext("…", "…")``."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return node
        given = [part.value for part in node.args if isinstance(part, nodes.Const)]
        if len(given) != len(node.args):
            return node
        if (node.node.name, len(given)) == ("_", 1):
            return _said(self._texts.ugettext(*given), node)
        if (node.node.name, len(given)) == ("pgettext", 2):
            return _said(self._texts.upgettext(*given), node)
        return node


def _said(text: str, node: nodes.Call) -> nodes.Expr:
    """Return a text as a constant, or with the facts of the call filled in when the page is drawn."""
    if not node.kwargs:
        return nodes.Const(_trusted(text) % {}, lineno=node.lineno)
    facts = [nodes.Pair(nodes.Const(fact.key), fact.value) for fact in node.kwargs]
    return nodes.Mod(nodes.Const(_trusted(text)), nodes.Dict(facts), lineno=node.lineno)


def _pieces(part: nodes.Expr) -> list[nodes.Expr]:
    """Return a text with facts in its pieces; whole where it is none, or where a fact is not simply written."""
    if not isinstance(part, nodes.Mod) or not isinstance(part.left, nodes.Const) or type(part.left.value) is not Markup:
        return [part]
    said = _FACT.split(part.left.value)
    if not isinstance(part.right, nodes.Dict) or any("%" in text for text in said[::2]):
        return [part]
    facts = {pair.key.as_const(): pair.value for pair in part.right.items}
    return [
        facts[text] if place % 2 else nodes.TemplateData(text, lineno=part.lineno) for place, text in enumerate(said)
    ]


def _functions(texts: NullTranslations) -> dict[str, Callable[..., Markup]]:
    """Return what templates call for texts that are known only when a page is drawn; facts in them are escaped."""

    @lru_cache(maxsize=4096)
    def plain(text: str) -> Markup:
        return _trusted(texts.ugettext(text)) % {}

    def gettext(text: str, **facts: Any) -> Markup:
        return _trusted(texts.ugettext(text)) % facts if facts else plain(text)

    def ngettext(one: str, many: str, num: int, **facts: Any) -> Markup:
        return _trusted(texts.ungettext(one, many, num)) % {"num": num, **facts}

    def pgettext(context: str, text: str, **facts: Any) -> Markup:
        return _trusted(texts.upgettext(context, text)) % facts

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext}


def _trusted(text: str) -> Markup:
    """Return a text of the catalogue as templates take it, as Jinja's own ``_`` does: what is ours may hold markup."""
    return Markup(text)  # noqa: S704  # facts are put in afterwards and escaped
