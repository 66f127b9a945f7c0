"""Finds functions that do nothing while their flag is off, and guards what only calls or registers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.engine.flags.nodes import is_text

if TYPE_CHECKING:
    from rules.engine.flags.marked import Guarded
    from rules.engine.flags.names import Definition
    from rules.engine.flags.nodes import Nodes


def is_helper(file: Guarded, one: Definition) -> bool:
    """Say whether a definition is such a function, and called by its plain name."""
    function = file.reading.function_of(one)
    return function is not None and not one.member and _is_gated(file, function)


def _is_gated(file: Guarded, function: int) -> bool:
    """Say whether a function does nothing while its flag is off."""
    nodes = file.nodes
    body = nodes.part(function, "body")
    if body is None or nodes.types[body] not in nodes.grammar.blocks:
        return False
    statements = [child for child in nodes.children(body) if not is_text(nodes, child)]
    covered = [file.on[child] or _asks_only(file, child) for child in statements]
    return bool(covered) and all(covered) and any(file.on[at] for at in range(body, nodes.stops[body]))


def _asks_only(file: Guarded, statement: int) -> bool:
    """Say whether a statement only asks for the flag, leaves without it, or does something with it on."""
    nodes = file.nodes
    leaves = (at for at in range(statement, nodes.stops[statement]) if nodes.is_leaf(at))
    return all(file.on[at] or file.asked[at] or file.held[at] for at in leaves)


def guard_callbacks(file: Guarded, call: int) -> None:
    """Guard a statement that only registers functions which do nothing while their flag is off."""
    nodes = file.nodes
    arguments = nodes.part(call, "arguments")
    statement = nodes.statements[call]
    if arguments is None or nodes.stops[statement] != nodes.stops[call]:
        return
    given = list(nodes.children(arguments))
    functions = [one for one in given if nodes.types[one] in nodes.grammar.functions]
    rest = [at for one in given if one not in functions for at in range(one, nodes.stops[one])]
    if any(nodes.types[at] in nodes.grammar.calls for at in rest) or not functions:
        return
    if nodes.parents[call] == statement and all(_is_gated(file, one) for one in functions):
        start, stop = statement, nodes.stops[statement]
        file.on[start:stop] = b"\1" * (stop - start)


def guard_calls(file: Guarded, name: str) -> None:
    """Guard the statements that only call such a function."""
    nodes = file.nodes
    for node in file.reading.names.plain.get(name, ()):
        statement = _alone(nodes, node)
        if statement is not None:
            start, stop = statement, nodes.stops[statement]
            file.on[start:stop] = b"\1" * (stop - start)


def _alone(nodes: Nodes, node: int) -> int | None:
    """Find the statement that does no more than to call what a node names."""
    if not nodes.is_called(node):
        return None
    call = nodes.parents[node]
    around = nodes.parents[call]
    if nodes.types[around] in nodes.grammar.blocks:
        return call
    return around if nodes.types[around] in nodes.grammar.lone else None
