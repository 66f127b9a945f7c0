"""Says whether all uses of a definition can be seen in the changed files, and whether it does anything unused."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final

from rules.engine.flags.naming.names import Definition, Unit

if TYPE_CHECKING:
    from rules.engine.flags.guarding.marked import Guarded
    from rules.engine.flags.tree.nodes import Nodes


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HARMLESS: Final = _words(
    "staticmethod classmethod property cached_property cache lru_cache contextmanager asynccontextmanager dataclass "
    "Override Deprecated SuppressWarnings override abstractmethod wraps final total_ordering frozen define overload "
    "Suppress JvmStatic JvmOverloads JvmField Throws OptIn Composable Transactional"
)
_PLAIN_BASES: Final = _words(
    "object StandardError RuntimeException Exception ValueError RuntimeError KeyError TypeError Enum StrEnum "
    "IntEnum ABC Protocol NamedTuple TypedDict BaseModel Component PureComponent Error Generic"
)
_CALLED_BY_NAME: Final = _words(
    "main init handler setup register app application lambda_handler GET POST PUT PATCH DELETE HEAD OPTIONS "
    "loader action middleware getServerSideProps getStaticProps getStaticPaths generateMetadata default"
)
_ROUTED: Final = re.compile(
    r"(^|/)(pages|routes|commands|management)/|(^|/)(page|layout|route|loading|error)\.[jt]sx?$"
)
_PRIVATE: Final = re.compile(rb"\bprivate\b")
_CONSTANT: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")


class Reach(Enum):
    """Where a name can be used at all."""

    FILE = "file"
    PACKAGE = "package"
    EVERYWHERE = "everywhere"


def reach_of(file: Guarded, name: str, node: int) -> Reach:
    """Say where the name can be used that a node defines: the language, or the word before it, may keep it inside."""
    nodes = file.nodes
    if nodes.grammar.catalogue == "go":
        return Reach.EVERYWHERE if name[:1].isupper() else Reach.PACKAGE
    if nodes.grammar.catalogue in ("python", "ruby"):  # what is private there is so by agreement
        return Reach.EVERYWHERE
    start = nodes.starts[nodes.statements[node]]
    is_private = name.startswith("#") or _PRIVATE.search(nodes.text, start, _name_start(nodes, node)) is not None
    return Reach.FILE if is_private else Reach.EVERYWHERE


def _name_start(nodes: Nodes, node: int) -> int:
    name = nodes.part(node, "name")
    return nodes.starts[node if name is None else name]


def is_ours(file: Guarded, one: Definition) -> bool:
    """Say whether nobody outside the changed files can use a definition: it is new, or it is private to the file."""
    if one.name.startswith("__") or one.name in _CALLED_BY_NAME:
        return False
    if is_fresh(file, one) or (one.name.startswith("_") and not one.member):
        return True
    return one.member and reach_of(file, one.name, one.node) is Reach.FILE


def is_fresh(file: Guarded, one: Definition) -> bool:
    """Say whether the base does not know a definition, not even by another name."""
    return file.nodes.row(file.nodes.starts[one.node]) in file.added and file.is_new(one.name)


def is_constant(file: Guarded, one: Definition) -> bool:
    """Say whether a member of a class is one of an enumeration, or a constant that calls nothing."""
    nodes = file.nodes
    if nodes.types[nodes.parents[one.node]].startswith("enum"):
        return True
    inside = range(one.node, nodes.stops[one.node])
    return _CONSTANT.fullmatch(one.name) is not None and not any(
        nodes.types[at] in nodes.grammar.calls for at in inside
    )


def is_registered(file: Guarded, one: Definition) -> bool:
    """Say whether something finds a definition without naming it: by a decorator, a base class, or its place."""
    nodes = file.nodes
    statement = nodes.statements[one.node]
    above = [at for at in nodes.children(statement) if nodes.types[at] in nodes.grammar.modifiers]
    near = [*nodes.children(statement), *(at for part in above for at in nodes.children(part))]
    marks = [at for at in near if nodes.types[at] in nodes.grammar.decorators]
    if any(nodes.chain(mark + 1)[-1] not in _HARMLESS for mark in marks):
        return True
    return one.unit is Unit.CLASS and not _bases(nodes, one.node) <= _PLAIN_BASES


def _bases(nodes: Nodes, node: int) -> set[str]:
    grammar = nodes.grammar
    parts = [at for at in nodes.children(node) if nodes.fields[at] in grammar.bases or nodes.types[at] in grammar.bases]
    inside = [at for part in parts for at in range(part, nodes.stops[part])]
    return {
        nodes.word(at) for at in inside if nodes.types[at] in grammar.names or nodes.types[at] in grammar.type_names
    }


def may_be_unused(file: Guarded, one: Definition) -> bool:
    """Say whether a definition that nobody uses does nothing by being there."""
    nodes = file.nodes
    if one.member or one.scope >= 0 or not is_fresh(file, one) or _ROUTED.search(file.path):
        return False
    if one.unit is not Unit.VALUE:
        return True
    calls = nodes.grammar.calls | nodes.grammar.exits
    function = nodes.grammar.functions
    inside = range(one.node, nodes.stops[one.node])
    return any(nodes.types[at] in function for at in (one.node + 2,) if at in inside) or not any(
        nodes.types[at] in calls for at in inside
    )
