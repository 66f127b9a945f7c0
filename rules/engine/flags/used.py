"""Finds the modules that a file imports and that the functions with its added lines use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Names
    from rules.engine.flags.tree.nodes import Nodes

_JOINT: Final = re.compile(r"[./]")
_WORD: Final = re.compile(rb"\w+")
_MOST_AROUND: Final = 64  # functions and classes around an added line


def used_modules(names: Names, lines: frozenset[int]) -> frozenset[str]:
    """List the imported modules, and what each is inside, without those whose names nothing around the lines uses.

    An import that does not say by which names its module is used counts as used.
    """
    said = frozenset(_said(names.nodes, lines)) if names.imports else frozenset[bytes]()
    used: set[str] = set()
    unused: set[str] = set()
    for module, words in names.imports:
        is_used = not words or not said.isdisjoint(word.encode() for word in words)
        (used if is_used else unused).update(_brought(module, words))
    everything = frozenset(part for module in names.modules for part in _parts(module))
    return everything - (unused - used)


def _brought(module: str, words: tuple[str, ...]) -> Iterator[str]:
    """Walk the modules that an import may mean, and what each is inside."""
    inner = (f"{module}.{word}" for word in words)
    for one in (module, *inner) if module else (*words, ".".join(words)):
        yield from _parts(one)


@lru_cache(maxsize=4096)
def _parts(module: str) -> tuple[str, ...]:
    """List what a module is inside: `a.b/c` is in `a` and `a.b`, and a package of `@a` in `@a/*`."""
    ends = [found.start() for found in _JOINT.finditer(module)]
    scope = module.partition("/")[0]
    return (module, *(module[:end] for end in ends), f"{scope}/*")


def _said(nodes: Nodes, lines: frozenset[int]) -> Iterator[bytes]:
    """Walk the words of the functions and the heads of the classes that some lines stand in."""
    bodies: dict[int, int | None] = {}
    around: dict[int, int] = {}
    for line in lines:
        for node, stop in _around(nodes, nodes.first_on(line), bodies):
            around.setdefault(node, stop)
    read = 0
    for start, stop in sorted((nodes.starts[node], stop) for node, stop in around.items()):
        if stop > read:  # what stands inside what was read is read no second time
            yield from _WORD.findall(nodes.text, max(start, read), stop)
            read = stop


def _around(nodes: Nodes, node: int, bodies: dict[int, int | None]) -> Iterator[tuple[int, int]]:
    """Walk the statement of a node, the outermost function around it, and the classes, each with where it stops."""
    statement = nodes.statements[node]
    yield statement, nodes.ends[statement]
    at = node
    for _ in range(_MOST_AROUND):
        if at < 0:
            return
        kind = nodes.types[at]
        if kind in nodes.grammar.functions and nodes.scopes[at] < 0:
            yield nodes.statements[at], nodes.ends[at]
        if kind in nodes.grammar.classes:
            body = bodies[at] = bodies[at] if at in bodies else nodes.part(at, "body")
            if body is not None:
                yield nodes.statements[at], nodes.starts[body]
        at = nodes.parents[at]
