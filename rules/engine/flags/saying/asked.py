"""Looks at how added lines ask for a flag: whether its key is written out, and what counts where nobody answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.reading.sites import Site
    from rules.engine.flags.tree.nodes import Nodes

_FORMATS: Final = frozenset(("format", "Sprintf", "sprintf", "concat", "join", "formatted"))
_JOINS: Final = frozenset(("binary_operator", "binary_expression", "binary", "additive_expression"))
_DEFAULTS: Final = frozenset(("default", "default_value", "defaultValue", "fallback", "fallback_value"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One place on an added line that asks for a flag: its line, and the flag's own name where that is written out.

    `is_made` says that the name is put together at run time, `starts_on` that the flag is on where nobody answers.
    """

    line: int
    key: str
    is_made: bool = False
    starts_on: bool = False


def asked_in(file: Guarded) -> tuple[Asked, ...]:
    """List the places on added lines that ask for a flag, in order."""
    sites = sorted(file.reading.sites, key=lambda site: site.node)
    rows = ((site, file.nodes.row(file.nodes.starts[site.node])) for site in sites)
    return tuple(_asked(file.nodes, site, line) for site, line in rows if line in file.added)


def _asked(nodes: Nodes, site: Site, line: int) -> Asked:
    place = site.pattern.key
    is_made = any(_is_made(nodes, key) for key in _arguments(nodes, site)[place : place + 1])
    starts_on = site.pattern.default >= 0 and not site.pattern.negated and _starts_on(nodes, site)
    return Asked(line, site.key, is_made, starts_on)


def _arguments(nodes: Nodes, site: Site) -> list[int]:
    arguments = nodes.part(site.node, "arguments")
    return list(nodes.children(arguments)) if arguments is not None else []


def _is_made(nodes: Nodes, argument: int) -> bool:
    """Say whether a name is put together of a text and something else."""
    kind = nodes.types[argument]
    if kind in nodes.grammar.calls:
        return nodes.chain(argument)[-1] in _FORMATS
    if kind not in nodes.grammar.strings and kind not in _JOINS:
        return False
    kinds = nodes.types[argument : nodes.stops[argument]]
    return any(one in nodes.grammar.strings for one in kinds) and any(one in nodes.grammar.names for one in kinds)


def _starts_on(nodes: Nodes, site: Site) -> bool:
    """Say whether the first that is handed over as a default and is true or false is true."""
    kinds = (kind for at, argument in enumerate(_arguments(nodes, site)) for kind in _values(nodes, site, at, argument))
    plain = (kind for kind in kinds if kind in nodes.grammar.true or kind in nodes.grammar.false)
    return next(plain, "") in nodes.grammar.true


def _values(nodes: Nodes, site: Site, at: int, argument: int) -> Iterator[str]:
    """Give the type of what is handed over at a place where the default may stand, or by a name that says so."""
    if nodes.types[argument] not in nodes.grammar.keys:
        if at >= site.pattern.default:
            yield nodes.types[argument]
    elif nodes.word(argument + 1) in _DEFAULTS:
        yield from (nodes.types[value] for value in list(nodes.children(argument))[1:])
