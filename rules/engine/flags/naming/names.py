"""Lists what one file defines, binds, imports and names, in one walk over its nodes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

UNKNOWN: Final = -1
_MOST_SCOPES: Final = 64  # nested functions that a name is looked up through
_DEFAULTS: Final = frozenset(("value", "right"))


class Unit(Enum):
    """What a definition is."""

    FUNCTION = "function"
    CLASS = "class"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Definition:
    """One name that a file defines: the node that defines it, the function it stands in, and what it is.

    A `member` belongs to a class, and is only ever named behind a dot.
    """

    name: str
    node: int
    scope: int
    unit: Unit
    member: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What one file defines and names. `plain` and `dotted` list where each name is used, without and behind a dot.

    `bound` gives the values that each name of a scope is bound to, `UNKNOWN` among them where nobody can tell; `owned`
    does so for attributes of the object itself. `written` lists where a member of any object is assigned to, by its
    name. `returned` gives what each function returns.
    """

    nodes: Nodes
    plain: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    dotted: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    bound: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    owned: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    written: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    returned: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    patterns: list[tuple[int, int]] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    members: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    imported: dict[str, str] = field(default_factory=dict)
    imports: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    loaded: list[tuple[str, int]] = field(default_factory=list)

    def scope_of(self, node: int, name: str) -> int | None:
        """Find the function that binds the name used at a node, -1 for the file; None where nothing here does."""
        scope = self.nodes.scopes[node]
        for _ in range(_MOST_SCOPES):
            if scope < 0 or (scope, name) in self.bound:
                break
            scope = self.nodes.scopes[scope]
        return scope if (scope, name) in self.bound else None

    def brings(self, name: str, path: str) -> bool:
        """Say whether a name is imported from the file at a path."""
        return name in self.imported and stem_of(self.imported[name]) == stem_of(path)

    def uses(self, name: str, scope: int) -> Iterator[int]:
        """Walk the uses of a name that one scope binds."""
        return (node for node in self.plain.get(name, ()) if self.scope_of(node, name) == scope)


def names_of(nodes: Nodes) -> Names:
    """Walk the nodes of a file once."""
    names = Names(nodes)
    walk = _Walk(names)
    at = 0
    while at < len(nodes.types):
        at = walk.step(at)
    walk.rebind()
    return names


@dataclass(slots=True)
class _Walk:
    names: Names
    targets: set[int] = field(default_factory=set)
    rebound: list[tuple[int, list[int]]] = field(default_factory=list)

    def step(self, at: int) -> int:
        """Note one node, and give the next."""
        nodes, names = self.names.nodes, self.names
        grammar, kind = nodes.grammar, nodes.types[at]
        if kind in grammar.names or kind in grammar.type_names or kind in grammar.fields:
            self._name(at)
        elif kind in grammar.calls:
            names.calls.append(at)
            self._load(at)
        elif kind in grammar.members:
            names.members.append(at)
        elif kind in grammar.imports:
            self._import(at)
            return nodes.stops[at]
        elif kind in grammar.decorators or kind in grammar.openings:
            names.marks.append(at)
        else:
            self._definition(at, kind)
        return at + 1

    def _definition(self, at: int, kind: str) -> None:
        nodes, grammar = self.names.nodes, self.names.nodes.grammar
        if kind in grammar.assigns:
            self._assign(at, kind)
        elif kind in grammar.functions or kind in grammar.classes:
            self._named(at, Unit.FUNCTION if kind in grammar.functions else Unit.CLASS)
        elif kind in grammar.exits and kind.startswith("return"):
            self.names.returned[self._left(at)].append(next(nodes.children(at), UNKNOWN))
        elif kind in grammar.binders:
            target = nodes.part(at, grammar.binders[kind])
            if target is not None:
                self._bind(at, target, UNKNOWN)
        elif kind in grammar.parameters:
            self._bind(at, at, UNKNOWN)

    def _name(self, at: int) -> None:
        """Note a use of a name, unless it is where the name is defined, or the key of a value."""
        nodes = self.names.nodes
        if at in self.targets:
            return
        parent, place = nodes.parents[at], nodes.fields[at]
        above = nodes.types[parent] if parent >= 0 else ""
        is_key = above in nodes.grammar.keys and at == parent + 1
        if is_key and nodes.types[at] not in nodes.grammar.shorthands:
            return
        pair = None if above in nodes.grammar.computed else nodes.grammar.members.get(above)
        behind = pair is not None and place == pair.value and nodes.part(parent, pair.target) is not None
        (self.names.dotted if behind else self.names.plain)[nodes.word(at)].append(at)

    def _named(self, at: int, unit: Unit) -> None:
        nodes = self.names.nodes
        name = nodes.part(at, "name")
        body = nodes.body(at)
        if body is not None and nodes.types[body] not in nodes.grammar.blocks:
            self.names.returned[at].append(body)
        elif body is not None and (nodes.grammar.last_returns or body == at):
            self.names.returned[at] += [child for child in list(nodes.children(body))[-1:] if not self._exits(child)]
        for place in ("parameter", "parameters"):  # an arrow function's only parameter needs no brackets
            alone = nodes.part(at, place)
            if alone is not None and nodes.is_leaf(alone):
                self._bind(at, alone, UNKNOWN)
        if name is None:
            return
        self.targets.add(name)
        member = self._is_member(at)
        self.names.definitions.append(Definition(nodes.word(name), at, nodes.scopes[at], unit, member))
        if not member:
            self.names.bound[nodes.scopes[at], nodes.word(name)].append(UNKNOWN)

    def _left(self, at: int) -> int:
        """Find the function that a return leaves: one that is a block itself only where it is named."""
        nodes = self.names.nodes
        scope = nodes.scopes[at]
        is_named = nodes.part(at, "label") is not None
        for _ in range(0 if is_named else _MOST_SCOPES):
            if scope < 0 or nodes.types[scope] not in nodes.grammar.blocks:
                break
            scope = nodes.scopes[scope]
        return scope

    def _exits(self, node: int) -> bool:
        return self.names.nodes.types[node] in self.names.nodes.grammar.exits

    def _is_member(self, at: int) -> bool:
        nodes = self.names.nodes
        if nodes.types[at] in nodes.grammar.methods:
            return True
        block = nodes.parents[nodes.statements[at]]
        return block >= 0 and nodes.parents[block] >= 0 and nodes.types[nodes.parents[block]] in nodes.grammar.classes

    def _assign(self, at: int, kind: str) -> None:
        nodes, pair = self.names.nodes, self.names.nodes.grammar.assigns[kind]
        target, value = nodes.part(at, pair.target) or at, nodes.part(at, pair.value)
        values = [] if value is None else self._listed(value)
        targets = self._listed(target)
        for number, one in enumerate(targets):
            self._assign_one(at, one, values[number : number + 1] if values else [])

    def _listed(self, node: int) -> list[int]:
        """Take a list of targets or values apart."""
        nodes = self.names.nodes
        return list(nodes.children(node)) if nodes.types[node] in nodes.grammar.tuples else [node]

    def _assign_one(self, at: int, target: int, values: list[int]) -> None:
        nodes = self.names.nodes
        if nodes.types[target] in nodes.grammar.members:
            self._own(target, values)
            return
        if nodes.types[target] in nodes.grammar.patterns:
            self.names.patterns.extend((target, held) for held in values)
            self._bind(at, target, UNKNOWN)
            self._take(target)
            return
        self.targets.add(target)
        if nodes.types[target] in nodes.grammar.fields:
            self.names.owned[nodes.word(target)].extend(values)
            self.names.written[nodes.word(target)].append(target)
            return
        if nodes.types[at] in nodes.grammar.rebinds:
            self.rebound.append((target, values or [UNKNOWN]))
        member = self._is_member(at) and nodes.scopes[at] == nodes.scopes[nodes.statements[at]]
        self.names.definitions.append(Definition(nodes.word(target), at, nodes.scopes[at], Unit.VALUE, member))
        if member:
            self.names.owned[nodes.word(target)].extend(values)
        else:
            self.names.bound[nodes.scopes[at], nodes.word(target)].extend(values)

    def rebind(self) -> None:
        """Let an assignment that declares nothing count for the name of the function, or the object, around too."""
        names, nodes = self.names, self.names.nodes
        for target, values in self.rebound:
            name, scope = nodes.word(target), nodes.scopes[target]
            outer = names.scope_of(scope, name) if scope >= 0 else None
            if outer is not None:
                names.bound[outer, name].extend(values)
            elif nodes.grammar.implicit and name in names.owned:
                names.owned[name].extend(values)

    def _take(self, pattern: int) -> None:
        """Note that a pattern reads members by their names."""
        nodes = self.names.nodes
        for node in range(pattern, nodes.stops[pattern]):
            if nodes.types[node] in nodes.grammar.names:
                self.names.dotted[nodes.word(node)].append(node)

    def _own(self, target: int, values: list[int]) -> None:
        """Note an attribute of the object itself, or of another."""
        nodes = self.names.nodes
        chain = nodes.chain(target)
        if nodes.types[target] not in nodes.grammar.computed and chain:
            self.names.written[chain[-1]].append(target)
        if len(chain) == len(("self", "name")) and chain[0] == nodes.grammar.own:
            self.names.owned[chain[1]].extend(values)
            self.targets.update(range(target, nodes.stops[target]))

    def _bind(self, at: int, target: int, value: int) -> None:
        """Bind every name below a target, but none that only stands in what another one defaults to."""
        nodes = self.names.nodes
        scope = at if nodes.types[at] in nodes.grammar.functions else nodes.scopes[at]
        node = target
        while node < nodes.stops[target]:
            if nodes.fields[node] in _DEFAULTS and nodes.types[nodes.parents[node]] in nodes.grammar.defaults:
                node = nodes.stops[node]
                continue
            if nodes.types[node] in nodes.grammar.names:
                self.targets.add(node)
                self.names.bound[scope, nodes.word(node)].append(value)
            node += 1

    def _import(self, at: int) -> None:
        """Note the modules of an import and the names that it brings."""
        nodes = self.names.nodes
        source = nodes.part(at, "source") or nodes.part(at, "module_name") or at
        module = nodes.word(source).strip("'\"`") if source != at else ""
        inside = [*range(at + 1, source), *range(at + 1 if source == at else nodes.stops[source], nodes.stops[at])]
        dotted = [nodes.word(node) for node in inside if nodes.types[node] in nodes.grammar.modules]
        words = tuple(nodes.word(node) for node in inside if nodes.types[node] in nodes.grammar.imported)
        texts = [nodes.word(node).strip('"') for node in inside if nodes.types[node] in nodes.grammar.spelled]
        self.names.modules.update([module], (f"{module}.{word}" if module else word for word in dotted), texts)
        self.names.imports.append((module, words))
        self.names.imported.update(dict.fromkeys(words, module))

    def _load(self, at: int) -> None:
        """Note a module that is imported while the program runs."""
        nodes = self.names.nodes
        if not nodes.grammar.loads or nodes.is_leaf(at) or nodes.said(at + 1) not in nodes.grammar.loads:
            return
        texts = [node for node in range(at, nodes.stops[at]) if nodes.types[node] in nodes.grammar.strings]
        self.names.loaded.extend((nodes.word(text).strip("'\"`"), at) for text in texts)
        if nodes.grammar.shared:
            self.names.modules.update(module for module, _ in self.names.loaded)


def stem_of(path: str) -> str:
    """Give the name that a file is imported by, without its suffix; an index goes by its directory."""
    parts = re.split(r"[/.]", re.sub(r"\.(?:py|[cm]?[jt]sx?|go|java|kts?|rb|rake)$", "", path))
    named = [part for part in parts if part not in ("", "index", "__init__")]
    return named[-1] if named else ""
