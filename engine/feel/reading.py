"""Which variables an expression reads, without running it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.feel import ast

Seen = frozenset[str]
PathRead = tuple[str, ...]


def read_paths(node: ast.Node, bound: Seen = frozenset()) -> Iterator[PathRead]:
    """Yield the dotted paths of free names, as tuples."""
    if isinstance(node, ast.Name):
        if node.name not in bound:
            yield (node.name,)
    elif isinstance(node, ast.Path):
        yield from _path(node, bound)
    elif isinstance(node, ast.Filter):
        yield from read_paths(node.base, bound)
        yield from read_paths(node.condition, bound | {"item"})
    elif isinstance(node, ast.Context):
        for key, entry in node.entries:
            yield from read_paths(entry, bound)
            bound |= {key}
    elif isinstance(node, ast.For | ast.Quantified):
        yield from _iteration(node, bound)
    elif isinstance(node, ast.Lambda):
        yield from read_paths(node.body, bound | {name for name, _ in node.parameters})
    elif isinstance(node, ast.In):
        yield from read_paths(node.value, bound)
        for test in node.tests:
            yield from read_paths(test, bound | {"?"})
    else:
        for child in children(node):
            yield from read_paths(child, bound)


def _path(node: ast.Path, bound: Seen) -> Iterator[PathRead]:
    names = [node.name]
    base = node.base
    while isinstance(base, ast.Path):
        names.append(base.name)
        base = base.base
    if isinstance(base, ast.Name):
        if base.name not in bound:
            yield (base.name, *reversed(names))
    else:
        yield from read_paths(base, bound)


def _iteration(node: ast.For | ast.Quantified, bound: Seen) -> Iterator[PathRead]:
    for name, source in node.iterators:
        yield from read_paths(source, bound)
        bound |= {name}
    if isinstance(node, ast.For):
        yield from read_paths(node.body, bound | {"partial"})
    else:
        yield from read_paths(node.condition, bound)


def children(node: ast.Node) -> Iterator[ast.Node]:
    """Yield the direct parts of a node."""
    for field in type(node).__slots__:  # type: ignore[var-annotated]
        value = getattr(node, field)
        if isinstance(value, ast.Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, ast.Node))
