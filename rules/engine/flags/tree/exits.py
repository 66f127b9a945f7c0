"""Says where control never goes on: after a return, an exception, a call that never returns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.tree.grammar import Branch
    from rules.engine.flags.tree.nodes import Nodes

_MOST_STEPS: Final = 20  # blocks and arms that an exit is looked for in


def others_of(nodes: Nodes, fork: int, branch: Branch) -> list[int]:
    """List the arms of a branch that may run where its condition is false."""
    children = enumerate(nodes.children(fork)) if branch.other else ()
    return [child for at, child in children if branch.other in (nodes.fields[child], f"@{at}")]


def always_exits(nodes: Nodes, node: int) -> bool:
    """Say whether nothing that follows a node in its function runs after it: it returns, raises, breaks."""
    waiting = [node]
    for _ in range(_MOST_STEPS):
        if not waiting:
            return True
        at = waiting.pop()
        if not _leaves(nodes, at):
            inside = list(_ways(nodes, at))
            if not inside:
                return False
            waiting += inside
    return False


def _leaves(nodes: Nodes, node: int) -> bool:
    return nodes.types[node] in nodes.grammar.exits or _never_returns(nodes, node) or _and_exits(nodes, node)


def _ways(nodes: Nodes, node: int) -> Iterator[int]:
    """Walk what ends a block, clause or branch; every way has to leave. None where there is a way around."""
    grammar, kind = nodes.grammar, nodes.types[node]
    branch = grammar.branches.get(kind)
    if branch is None:
        last = last_of(nodes, node)
        yield from () if last is None else (last,)
        return
    then = nodes.part(node, branch.then)
    others = others_of(nodes, node, branch)
    is_clause = kind in grammar.clauses
    is_whole = bool(others) and nodes.types[others[-1]] not in grammar.clauses & grammar.branches.keys()
    if then is not None and (is_clause or (kind in grammar.steps and is_whole)):
        yield from (then, *others)


def last_of(nodes: Nodes, node: int) -> int | None:
    """Give the last statement of a block or clause."""
    kind = nodes.types[node]
    if kind not in nodes.grammar.blocks and kind not in nodes.grammar.clauses:
        return None
    return nodes.last(node)


def _and_exits(nodes: Nodes, node: int) -> bool:
    """Say whether a node does something `and` leaves, as `redirect_to(cart) and return` does; it always succeeds."""
    if nodes.types[node] not in nodes.grammar.logic:
        return False
    kinds = [nodes.types[child] for child in nodes.children(node)]
    return kinds[1:2] == ["and"] and kinds[-1] in nodes.grammar.exits


def _never_returns(nodes: Nodes, node: int) -> bool:
    inside = node if nodes.types[node] in nodes.grammar.calls else next(nodes.children(node), node)
    is_call = nodes.types[inside] in nodes.grammar.calls or (nodes.grammar.implicit_calls and nodes.is_leaf(inside))
    return is_call and ".".join(nodes.chain(inside)) in nodes.grammar.never_returns
