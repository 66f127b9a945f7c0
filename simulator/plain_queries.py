"""Queries as plans, made once for each document: answered several times as fast as graphql-core walks the document.

A plan knows no more than a plain query needs. Everything else (a mutation, a directive, an error, null where none
may be) is graphql-core's: NotPlainError says so, and the query is executed there from its beginning. As long as
no knob is set a query changes nothing, so that it may be begun twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    get_argument_values,
    get_variable_values,
    is_abstract_type,
    is_leaf_type,
    print_ast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphql import DocumentNode, GraphQLField, GraphQLOutputType, GraphQLSchema, SelectionSetNode, VariableValues

    from simulator.records import Json

TYPENAME = "__typename"


class NotPlainError(Exception):
    """A query asks, or an answer holds, what a plan does not know."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What becomes of a value: whether it may be null, and what each of its items is, or a leaf, or an object."""

    nullable: bool
    item: Shape | None = None
    leaf: Callable[[Any], Any] | None = None
    selected: Selected | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is asked for; `fixed` are its arguments, unless variables are among them."""

    key: str
    node: FieldNode
    definition: GraphQLField
    fixed: Json | None
    shape: Shape


@dataclass(slots=True)
class Selected:
    """What is selected of an object, by the name of its type once that is known; a bare key asks for that name."""

    declared: GraphQLOutputType
    sets: Sequence[SelectionSetNode]
    fields: dict[str, tuple[Field | str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """The plan of one document, made as far as answers needed it."""

    schema: GraphQLSchema
    document: DocumentNode
    _root: Selected | None = None

    async def answer(self, root: Json, variables: Json) -> Json:
        """Answer the query. Raises NotPlainError."""
        operations = [one for one in self.document.definitions if isinstance(one, OperationDefinitionNode)]
        query, kind = operations[0], self.schema.query_type
        if len(operations) > 1 or query.operation is not OperationType.QUERY or kind is None:
            raise NotPlainError
        known = get_variable_values(self.schema, query.variable_definitions or (), variables)
        if isinstance(known, list):
            raise NotPlainError
        self._root = self._root or Selected(kind, (query.selection_set,))
        try:
            return await self._object(self._root, root, known)
        except GraphQLError as error:
            raise NotPlainError from error

    async def _object(self, selected: Selected, source: object, variables: VariableValues) -> Json:
        if not isinstance(source, Mapping):
            raise NotPlainError
        declared = selected.declared
        name = declared.name if isinstance(declared, GraphQLObjectType) else source.get(TYPENAME, "")
        if name not in selected.fields:
            selected.fields[name] = tuple(self._fields(selected, name))
        shown: Json = {}
        for one in selected.fields[name]:
            if isinstance(one, str):
                shown[one] = name
                continue
            value = source.get(one.node.name.value)
            if callable(value):
                value = value(None, **_arguments(one, variables))
            if isawaitable(value):
                value = await value
            leaf = one.shape.leaf
            shown[one.key] = leaf(value) if leaf and value is not None else await self._of(one.shape, value, variables)
        return shown

    async def _of(self, shape: Shape, value: Any, variables: VariableValues) -> Any:  # noqa: ANN401 - GraphQL values of any type
        if value is None:
            if not shape.nullable:
                raise NotPlainError
            return None
        if shape.selected is not None:
            return await self._object(shape.selected, value, variables)
        if shape.item is not None:
            return [await self._of(shape.item, each, variables) for each in value]
        return shape.leaf(value) if shape.leaf else None

    def _fields(self, selected: Selected, name: str) -> Iterator[Field | str]:
        """List the fields that are asked of a type; those of one key are one."""
        kind = self.schema.get_type(name)
        if not isinstance(kind, GraphQLObjectType):
            raise NotPlainError
        by_key: dict[str, list[FieldNode]] = {}
        for chosen in selected.sets:
            for node in self._nodes(chosen, kind):
                by_key.setdefault((node.alias or node.name).value, []).append(node)
        for key, nodes in by_key.items():
            yield key if nodes[0].name.value == TYPENAME else self._field(key, nodes, kind)

    def _nodes(self, nodes: SelectionSetNode, kind: GraphQLObjectType) -> Iterator[FieldNode]:
        for node in nodes.selections:
            if node.directives:
                raise NotPlainError
            match node:
                case FieldNode():
                    yield node
                case InlineFragmentNode():
                    if node.type_condition is None or self._is_of(kind, node.type_condition.name.value):
                        yield from self._nodes(node.selection_set, kind)
                case FragmentSpreadNode():
                    fragment = self._fragment(node.name.value)
                    if self._is_of(kind, fragment.type_condition.name.value):
                        yield from self._nodes(fragment.selection_set, kind)
                case _:
                    raise NotPlainError

    def _is_of(self, kind: GraphQLObjectType, name: str) -> bool:
        """Tell whether a type is that one, or one of its kinds."""
        wider = self.schema.get_type(name)
        return wider is kind or (is_abstract_type(wider) and self.schema.is_sub_type(wider, kind))

    def _fragment(self, name: str) -> FragmentDefinitionNode:
        found = (one for one in self.document.definitions if isinstance(one, FragmentDefinitionNode))
        return next(one for one in found if one.name.value == name)

    def _field(self, key: str, nodes: Sequence[FieldNode], kind: GraphQLObjectType) -> Field:
        definition = kind.fields.get(nodes[0].name.value)
        if definition is None:
            raise NotPlainError  # of the schema itself
        varies = any("$" in print_ast(one) for one in nodes[0].arguments or ())
        fixed = None if varies else get_argument_values(definition, nodes[0])
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        return Field(key, nodes[0], definition, fixed, _shape(definition.type, sets))


def _arguments(one: Field, variables: VariableValues) -> Json:
    return get_argument_values(one.definition, one.node, variables) if one.fixed is None else one.fixed


def _shape(kind: GraphQLOutputType, sets: Sequence[SelectionSetNode]) -> Shape:
    nullable = not isinstance(kind, GraphQLNonNull)
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLList):
        return Shape(nullable, item=_shape(inner.of_type, sets))
    if is_leaf_type(inner):
        return Shape(nullable, leaf=inner.coerce_output_value)
    return Shape(nullable, selected=Selected(inner, sets))
