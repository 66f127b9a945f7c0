"""Finds functions that do nothing while their flag is off, and guards what only registers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.engine.flags.tree.nodes import is_text

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.tree.nodes import Nodes


def is_gated(file: Guarded, function: int) -> bool:
    """Say whether a function does nothing while its flag is off."""
    nodes = file.nodes
    body = nodes.body(function)
    if body is None or nodes.types[body] not in nodes.grammar.blocks:
        return False
    inside = (child for child in nodes.children(body) if nodes.types[child] not in nodes.grammar.parameters)
    statements = [child for child in inside if not is_text(nodes, child)]
    covered = [file.on[child] or _asks_only(file, child) for child in statements]
    return bool(covered) and all(covered) and any(file.on[at] for at in range(body, nodes.stops[body]))


def _asks_only(file: Guarded, statement: int) -> bool:
    """Say whether a statement only asks for the flag, leaves without it, or does something with it on."""
    nodes = file.nodes
    leaves = (at for at in range(statement, nodes.stops[statement]) if nodes.is_leaf(at))
    return all(file.on[at] or file.asked[at] or file.held[at] for at in leaves)


def guard_callbacks(file: Guarded, call: int) -> None:
    """Guard a statement that only registers functions which do nothing while their flag is off."""
    nodes, statement = file.nodes, file.nodes.statements[call]
    if statement not in (call, nodes.parents[call]) or nodes.stops[statement] != nodes.stops[call]:
        return
    functions = _given_functions(nodes, call)
    if functions and not _calls_beside(nodes, call, functions) and all(is_gated(file, one) for one in functions):
        start, stop = statement, nodes.stops[statement]
        file.on[start:stop] = b"\1" * (stop - start)


def _given_functions(nodes: Nodes, call: int) -> frozenset[int]:
    """List the functions that a call is given, as arguments or as the block behind them."""
    arguments, block = nodes.part(call, "arguments"), nodes.part(call, "block")
    given = [*(nodes.children(arguments) if arguments is not None else ()), *([block] if block is not None else [])]
    return frozenset(one for one in given if nodes.types[one] in nodes.grammar.functions)


def _calls_beside(nodes: Nodes, call: int, functions: frozenset[int]) -> bool:
    """Say whether a call makes another one before it is made itself."""
    at = call + 1
    while at < nodes.stops[call]:
        if at in functions:
            at = nodes.stops[at]
            continue
        if nodes.types[at] in nodes.grammar.calls:
            return True
        at += 1
    return False
