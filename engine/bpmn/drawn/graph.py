"""Questions about the graph of a scope: its loops, and where branches meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set

from engine.bpmn.elements.nodes import EventGateway, ExclusiveGateway, InclusiveGateway, Node, ParallelGateway

GATEWAYS = (ExclusiveGateway, InclusiveGateway, ParallelGateway, EventGateway)
AT_ONCE = (InclusiveGateway, ParallelGateway)
"""Gateways behind which several branches may run at the same time."""
Edges = Mapping[str, Sequence[str]]
ROOT = ""
"""Stands before the branches whose meeting is looked for; no element has this id."""


def loops(nodes: list[Node]) -> Iterator[list[Node]]:
    """Yield the strongly connected parts that hold a loop, within ``nodes`` and in their order (Kosaraju)."""
    within = {node.name: node for node in nodes}
    forth = {name: [f.name for f in node.followers() if f.name in within] for name, node in within.items()}
    back: dict[str, list[str]] = {name: [] for name in within}
    for name, followers in forth.items():
        for follower in followers:
            back[follower].append(name)
    done: set[str] = set()
    finished = [each for name in within for each in _postorder(forth, name, done)]
    seen: set[str] = set()
    for name in reversed(finished):
        part = set(_postorder(back, name, seen))
        if len(part) > 1 or (part and name in forth[name]):
            yield [node for node in nodes if node.name in part]


def meeting(branches: list[Node], merges: Set[str], *, avoid: str) -> str | None:
    """Return the first of the merges to which two of the branches lead without a common node on the way.

    By Menger's theorem there are two such ways if no single node stands on all of them: if the merge's immediate
    dominator is what all branches come from. A way ends at a join that gathers several of the branches.
    """
    edges: dict[str, list[str]] = {ROOT: [branch.name for branch in branches]}
    joins = _joins_of(branches, avoid)
    todo = list(branches)
    while todo:
        node = todo.pop()
        if node.name not in edges:
            followers = [each for each in node.followers() if each.name != avoid and node.name not in joins]
            edges[node.name] = [each.name for each in followers]
            todo += followers
    order = list(reversed(list(_postorder(edges, ROOT, set()))))
    above = _dominators(edges, order)
    for name in order:
        if name in merges and above[name] == ROOT:
            coming = [source for source in order for target in edges[source] if target == name]
            if sum(not _dominates(name, source, above) for source in coming) > 1:
                return name
    return None


def _joins_of(branches: list[Node], avoid: str) -> set[str]:
    """Return the joins to which more than one of the branches leads."""
    times: Counter[str] = Counter()
    for branch in branches:
        seen, todo = {avoid}, [branch]
        while todo:
            node = todo.pop()
            if node.name not in seen:
                seen.add(node.name)
                todo += node.followers()
                times[node.name] += node.gathers
    return {name for name, count in times.items() if count > 1}


def joined_beside(end: Node, nodes: list[Node]) -> Node | None:
    """Return a gateway that joins what splits off on the ways to ``end``, if there is one."""
    before = _all_before(end, nodes)
    edges = {node.name: [follower.name for follower in node.followers()] for node in nodes}
    for split in nodes:
        if split.name in before and len(split.flows) > 1 and isinstance(split, GATEWAYS):
            names = set(_postorder(edges, split.name, set()))
            join = next((n for n in nodes if n.name in names - before and _only_joins(n, GATEWAYS)), None)
            if join is None and isinstance(split, AT_ONCE):  # a loop around it may lead from the join back to the end
                alone = _all_before(end, nodes, stop=split.name)
                join = next((n for n in nodes if n.name in names - alone and _only_joins(n, AT_ONCE)), None)
            if join is not None:
                return join
    return None


def _only_joins(node: Node, kinds: tuple[type[Node], ...]) -> bool:
    return isinstance(node, kinds) and len(node.flows) < 2


def _all_before(end: Node, nodes: list[Node], stop: str | None = None) -> set[str]:
    """Return the nodes that lead to ``end``, without what leads to ``stop`` only."""
    back: dict[str, list[str]] = {node.name: [] for node in nodes}
    for node in nodes:
        for follower in node.followers():
            if follower.name != stop:
                back[follower.name].append(node.name)
    return set(_postorder(back, end.name, set()))


def _postorder(edges: Edges, start: str, seen: set[str]) -> Iterator[str]:
    """Yield what is reached from ``start`` and not yet seen, each after what it leads to; no recursion."""
    if start in seen:
        return
    seen.add(start)
    work = [(start, iter(edges[start]))]
    while work:
        name, followers = work[-1]
        step = next((each for each in followers if each not in seen), None)
        if step is None:
            work.pop()
            yield name
        else:
            seen.add(step)
            work.append((step, iter(edges[step])))


def _dominators(edges: Edges, order: Sequence[str]) -> dict[str, str]:
    """Return the immediate dominator of each node (Cooper, Harvey and Kennedy, 2001)."""
    place = {name: number for number, name in enumerate(order)}
    coming: dict[str, list[str]] = {name: [] for name in order}
    for name in order:
        for follower in edges[name]:
            coming[follower].append(name)
    above = {ROOT: ROOT}
    changed = True
    while changed:
        changed = False
        for name in order[1:]:
            known = [each for each in coming[name] if each in above]
            nearest = known[0]
            for other in known[1:]:
                while nearest != other:
                    if place[nearest] > place[other]:
                        nearest = above[nearest]
                    else:
                        other = above[other]
            if above.get(name) != nearest:
                above[name] = nearest
                changed = True
    return above


def _dominates(name: str, other: str, above: Mapping[str, str]) -> bool:
    while other not in (name, ROOT):
        other = above[other]
    return other == name
