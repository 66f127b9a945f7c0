"""Says whether all uses of a definition can be seen in the changed files, and whether it does anything unused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rules.engine.flags.names import Definition, Unit

if TYPE_CHECKING:
    from rules.engine.flags.marked import Guarded
    from rules.engine.flags.nodes import Nodes


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HARMLESS: Final = _words(
    "staticmethod classmethod property cached_property cache lru_cache contextmanager asynccontextmanager dataclass "
    "Override Deprecated SuppressWarnings override abstractmethod wraps final total_ordering frozen define overload"
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


def is_ours(file: Guarded, one: Definition) -> bool:
    """Say whether nobody outside the changed files can use a definition: it is new, or it is private to the file."""
    if one.name.startswith("__") or one.name in _CALLED_BY_NAME:
        return False
    return _is_new(file, one) or (one.name.startswith("_") and not one.member)


def _is_new(file: Guarded, one: Definition) -> bool:
    """Say whether the base does not know a definition, not even by another name."""
    return file.nodes.row(file.nodes.starts[one.node]) in file.added and file.is_new(one.name)


def is_registered(file: Guarded, one: Definition) -> bool:
    """Say whether something finds a definition without naming it: by a decorator, a base class, or its place."""
    nodes = file.nodes
    statement = nodes.statements[one.node]
    if one.unit is Unit.VALUE:
        return one.member
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
    if one.member or one.scope >= 0 or not _is_new(file, one) or _ROUTED.search(file.path):
        return False
    if one.unit is not Unit.VALUE:
        return True
    calls = nodes.grammar.calls | nodes.grammar.exits
    function = nodes.grammar.functions
    inside = range(one.node, nodes.stops[one.node])
    return any(nodes.types[at] in function for at in (one.node + 2,) if at in inside) or not any(
        nodes.types[at] in calls for at in inside
    )
