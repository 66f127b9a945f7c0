"""What one file defines, binds, imports and names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine.flags.tree.nodes import Nodes

UNKNOWN: Final = -1
MOST_SCOPES: Final = 64  # nested functions that a name is looked up through


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
    name. `returned` gives what each function returns. `used` keeps what `uses` was asked for.
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
    used: dict[str, dict[int | None, list[int]]] = field(default_factory=dict)

    def scope_of(self, node: int, name: str) -> int | None:
        """Find the function that binds the name used at a node, -1 for the file; None where nothing here does."""
        scope = self.nodes.scopes[node]
        for _ in range(MOST_SCOPES):
            if scope < 0 or (scope, name) in self.bound:
                break
            scope = self.nodes.scopes[scope]
        return scope if (scope, name) in self.bound else None

    def brings(self, name: str, path: str) -> bool:
        """Say whether a name is imported from the file at a path."""
        return name in self.imported and stem_of(self.imported[name]) == stem_of(path)

    def uses(self, name: str, scope: int) -> Sequence[int]:
        """List the uses of a name that one scope binds; all uses of a name are sorted by scope at once, and kept."""
        if name not in self.used:
            by_scope: dict[int | None, list[int]] = defaultdict(list)
            for node in self.plain.get(name, ()):
                by_scope[self.scope_of(node, name)].append(node)
            self.used[name] = by_scope
        return self.used[name].get(scope, ())


def stem_of(path: str) -> str:
    """Give the name that a file is imported by, without its suffix; an index goes by its directory."""
    parts = re.split(r"[/.]", re.sub(r"\.(?:py|[cm]?[jt]sx?|go|java|kts?|rb|rake)$", "", path))
    named = [part for part in parts if part not in ("", "index", "__init__")]
    return named[-1] if named else ""
