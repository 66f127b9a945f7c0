"""Says to which function a name belongs that one binds: an assignment may mean a name of an outer one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from rules.engine.flags.naming.names import UNKNOWN, Definition, Names, Unit
from rules.engine.flags.tree.grammar import words

_MOST_SCOPES: Final = 64  # functions inside each other
_DEEP: Final = -2  # the owner of what lies deeper: nobody knows, so it counts for each
_DECLARES: Final = words(
    "variable_declarator short_var_declaration var_spec const_spec property_declaration enum_constant enum_assignment "
    "enum_entry"
)
_METHODS: Final = frozenset(("method", "singleton_method"))  # that see no names around them, as blocks do


@dataclass(frozen=True, slots=True)
class Owners:
    """The values of one file by the function that they belong to, -1 for the file, and their name."""

    names: Names
    groups: dict[tuple[int, str], list[Definition]] = field(default_factory=lambda: defaultdict(list))
    loose: dict[str, list[Definition]] = field(default_factory=lambda: defaultdict(list))
    declared: set[tuple[int, str]] = field(default_factory=set)
    used: dict[str, dict[int | None, list[int]]] = field(default_factory=dict)

    def of(self, scope: int, name: str) -> int | None:
        """Find the function that owns a name which another one binds; None where nothing declares it."""
        at = scope
        for _ in range(_MOST_SCOPES):
            if (at, name) in self.declared:
                return at
            if at < 0:
                return None
            at = self.names.nodes.scopes[at]
        return _DEEP

    def uses(self, name: str, owner: int | None) -> list[int]:
        """List the uses of a name that belongs to a function, or with None to nothing that is declared here."""
        if name not in self.used:
            found: dict[int | None, list[int]] = defaultdict(list)
            for node in self.names.plain.get(name, ()):
                found[self.of(self.names.nodes.scopes[node], name)].append(node)
            self.used[name] = found
        return [*self.used[name].get(owner, ()), *self.used[name].get(_DEEP, ())]

    def values(self, name: str, owner: int) -> list[int]:
        """List what a name of a function is bound to."""
        scopes = {owner} | {one.scope for one in self.groups.get((owner, name), ())}
        return [value for scope in scopes for value in self.names.bound.get((scope, name), ())]


def owners_of(names: Names) -> Owners:
    """Sort the values of a file by the function that they belong to."""
    found = Owners(names)
    values = [one for one in names.definitions if one.unit is Unit.VALUE and not one.member]
    found.declared.update(key for key, some in names.bound.items() if UNKNOWN in some)
    found.declared.update((one.scope, one.name) for one in values if _declares(names, one))
    for one in values:
        owner = found.of(one.scope, one.name)
        if owner is None or owner == _DEEP:
            found.loose[one.name].append(one)
        else:
            found.groups[owner, one.name].append(one)
    return found


def _declares(names: Names, one: Definition) -> bool:
    """Say whether an assignment makes a name of its own, where the language does not say so by a word."""
    nodes = names.nodes
    if nodes.grammar.catalogue == "python":
        return True
    if nodes.grammar.catalogue != "ruby":
        return nodes.types[one.node] in _DECLARES
    at = one.scope
    for _ in range(_MOST_SCOPES):
        if at < 0 or nodes.types[at] in _METHODS:
            break
        at = nodes.scopes[at]
        if (at, one.name) in names.bound:
            return False
    return True
