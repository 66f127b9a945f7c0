"""Notes what one file defines, binds, imports and names, in one walk over its nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import MOST_SCOPES, UNKNOWN, Definition, Names, Unit

if TYPE_CHECKING:
    from rules.engine.flags.tree.grammar import Grammar
    from rules.engine.flags.tree.nodes import Nodes

_DEFAULTS: Final = frozenset(("value", "right"))


def names_of(nodes: Nodes) -> Names:
    """Walk the nodes of a file once."""
    names = Names(nodes)
    walk = _Walk(names)
    notes, imports, after = _notes(nodes.grammar), nodes.grammar.imports, 0
    for at, kind in enumerate(nodes.types):
        if kind in notes and at >= after:
            notes[kind](walk, at)
            after = nodes.stops[at] if kind in imports else after
    walk.rebind()
    return names


@dataclass(slots=True)
class _Walk:
    names: Names
    targets: set[int] = field(default_factory=set)
    rebound: list[tuple[int, list[int]]] = field(default_factory=list)

    def call(self, at: int) -> None:
        """Note a call, and what it may load."""
        self.names.calls.append(at)
        self._load(at)

    def member(self, at: int) -> None:
        """Note a member of an object."""
        self.names.members.append(at)

    def mark(self, at: int) -> None:
        """Note a decorator, or the beginning of an element."""
        self.names.marks.append(at)

    def function(self, at: int) -> None:
        """Note a function."""
        self._named(at, Unit.FUNCTION)

    def class_(self, at: int) -> None:
        """Note a class."""
        self._named(at, Unit.CLASS)

    def returned(self, at: int) -> None:
        """Note what a function gives."""
        self.names.returned[self._left(at)].append(next(self.names.nodes.children(at), UNKNOWN))

    def binder(self, at: int) -> None:
        """Note what binds names to something unknown."""
        nodes = self.names.nodes
        target = nodes.part(at, nodes.grammar.binders[nodes.types[at]])
        if target is not None:
            self._bind(at, target, UNKNOWN)

    def parameters(self, at: int) -> None:
        """Note what a function takes."""
        self._bind(at, at, UNKNOWN)

    def name(self, at: int) -> None:
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
        for _ in range(0 if is_named else MOST_SCOPES):
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

    def assign(self, at: int) -> None:
        """Note what is assigned to what."""
        nodes = self.names.nodes
        pair = nodes.grammar.assigns[nodes.types[at]]
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

    def import_(self, at: int) -> None:
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


@lru_cache(maxsize=32)
def _notes(grammar: Grammar) -> Mapping[str, Callable[[_Walk, int], None]]:
    """Say by the kind of a node what is noted of it; of several, the last counts."""
    kinds: tuple[tuple[Iterable[str], Callable[[_Walk, int], None]], ...] = (
        (grammar.parameters, _Walk.parameters),
        (grammar.binders, _Walk.binder),
        ((kind for kind in grammar.exits if kind.startswith("return")), _Walk.returned),
        (grammar.classes, _Walk.class_),
        (grammar.functions, _Walk.function),
        (grammar.assigns, _Walk.assign),
        (grammar.decorators | grammar.openings, _Walk.mark),
        (grammar.imports, _Walk.import_),
        (grammar.members, _Walk.member),
        (grammar.calls, _Walk.call),
        (grammar.names | grammar.type_names | grammar.fields, _Walk.name),
    )
    return {kind: note for some, note in kinds for kind in some}
