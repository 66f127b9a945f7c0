"""Pages of GraphQL connections, and what a query costs by the documented formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    VariableNode,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import DocumentNode, FragmentDefinitionNode, SelectionSetNode

    from simulator.records import Json

MAX_PAGE = 100  # `first` and `last` are 1 to 100 (docs, GraphQL node limit)
MAX_NODES = 500_000  # in one call (same)
MAX_TEXT = 512_000  # bytes of a blob's text before it is truncated
PAGED = frozenset({"nodes", "edges", "pageInfo", "totalCount"})  # what only connections have
POINT = 100  # requests for which one point is charged (docs, GraphQL rate limit)


def problem(kind: str, message: str) -> GraphQLError:
    """Make an error of one of GitHub's types, such as NOT_FOUND."""
    return GraphQLError(message, extensions={"type": kind})


def connection(rows: Sequence[Any], arguments: Json) -> Json:
    """Cut a page out of rows: forwards with `first` and `after`, backwards with `last` and `before`."""
    total = len(rows)
    start = _position(arguments.get("after"), -1) + 1
    end = _position(arguments.get("before"), total)
    if arguments.get("first") is not None:
        end = min(end, start + arguments["first"])
    if arguments.get("last") is not None:
        start = max(start, end - arguments["last"])
    page = rows[start:end]
    info = {
        "hasNextPage": end < total,
        "hasPreviousPage": start > 0,
        "startCursor": str(start) if page else None,
        "endCursor": str(end - 1) if page else None,
    }
    return {"totalCount": total, "nodes": page, "pageInfo": info}


def _position(cursor: str | None, otherwise: int) -> int:
    if cursor is None:
        return otherwise
    if not cursor.isdecimal():
        raise problem("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.")
    return int(cursor)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a query costs: points charged, and nodes it may return at most."""

    points: int
    nodes: int


def _has_pages(field: FieldNode) -> bool:
    """Tell a connection from a plain list of the same name by what is asked of it."""
    asked = field.selection_set.selections if field.selection_set is not None else ()
    return any(isinstance(one, FieldNode) and one.name.value in PAGED for one in asked)


class Pricing:
    """Walks a query as GitHub's price list does: each connection's requests are its parents' pages multiplied."""

    def __init__(self, document: DocumentNode, variables: Json, connections: set[str]) -> None:
        self.variables = variables
        self.connections = connections
        self.fragments: dict[str, FragmentDefinitionNode] = {}
        self.operation: OperationDefinitionNode | None = None
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self.operation = definition
            elif hasattr(definition, "name") and definition.kind == "fragment_definition":
                self.fragments[definition.name.value] = definition  # type: ignore[assignment] # its kind says so
        self.requests = 0
        self.nodes = 0

    def cost(self) -> Cost:
        """Price the query. Raises GraphQLError for a connection without a page size, or too many nodes."""
        if self.operation is not None:
            self._walk(self.operation.selection_set, 1)
        if self.nodes > MAX_NODES:
            message = f"This query requests up to {self.nodes:,} possible nodes which exceeds the maximum limit of "
            raise problem("MAX_NODE_LIMIT_EXCEEDED", message + f"{MAX_NODES:,}.")
        return Cost(max(1, round(self.requests / POINT)), self.nodes)

    def _walk(self, selections: SelectionSetNode | None, parents: int) -> None:
        for selection in selections.selections if selections is not None else ():
            match selection:
                case FieldNode():
                    self._walk(selection.selection_set, parents * self._page(selection, parents))
                case InlineFragmentNode():
                    self._walk(selection.selection_set, parents)
                case FragmentSpreadNode():
                    self._walk(self.fragments[selection.name.value].selection_set, parents)
                case _:
                    raise TypeError(f"not a selection: {selection}")

    def _page(self, field: FieldNode, parents: int) -> int:
        if field.name.value not in self.connections or not _has_pages(field):
            return 1
        sizes = [self._value(a.value) for a in field.arguments or () if a.name.value in {"first", "last"}]
        known = [size for size in sizes if size is not None]
        name = field.name.value
        if not known:
            message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            raise problem("MISSING_PAGINATION_BOUNDARIES", message)
        if not 1 <= known[0] <= MAX_PAGE:
            message = (
                f"Requesting {known[0]} records on the `{name}` connection exceeds the `first` limit of 100 records."
            )
            raise problem("EXCESSIVE_PAGINATION", message)
        self.requests += parents
        self.nodes += parents * known[0]
        return known[0]

    def _value(self, node: object) -> int | None:
        if isinstance(node, VariableNode):
            value = self.variables.get(node.name.value)
            return value if isinstance(value, int) else None
        return int(node.value) if isinstance(node, IntValueNode) else None
