"""The simulator's small schema is a part of GitHub's published one, and every query of the App fits both."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    is_required_argument,
    parse,
    validate,
)

from bot.github.queries import document
from simulator.graphql import SCHEMA
from tools.contracts import GRAPHQL, ensure

GITHUB = Path(__file__).parents[2] / "bot" / "github"
DOCUMENTS = sorted(path.stem for path in GITHUB.glob("*.graphql"))
Fields = GraphQLObjectType | GraphQLInterfaceType


@functools.cache
def published() -> GraphQLSchema:
    return build_schema(ensure(GRAPHQL).read_text("utf-8"), assume_valid=True)


def differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    """Name whatever ours has that theirs has not, or has otherwise."""
    found = []
    for name, kind in ours.type_map.items():
        other = theirs.type_map.get(name)
        if type(other) is not type(kind):
            found.append(f"{name}: {other!r}")
        elif isinstance(kind, Fields) and isinstance(other, Fields):
            found += _fields(kind, other)
        else:
            found += _members(kind, other)
    return found


def _fields(kind: Fields, other: Fields) -> list[str]:
    if kind.name.startswith("__"):
        return []
    found = [f"{kind.name} is no {each}" for each in kind.interfaces if each.name not in _names(other.interfaces)]
    for name, field in kind.fields.items():
        where = f"{kind.name}.{name}"
        theirs = other.fields.get(name)
        if theirs is None or str(theirs.type) != str(field.type):
            found.append(f"{where}: {field.type}, published {theirs and theirs.type}")
            continue
        for argument, meant in field.args.items():
            if argument not in theirs.args or str(theirs.args[argument].type) != str(meant.type):
                found.append(f"{where}({argument}): {meant.type}")
        demanded = {argument for argument, meant in theirs.args.items() if is_required_argument(meant)}
        found += [f"{where}({argument}) is missing" for argument in demanded - field.args.keys()]
    return found


def _members(kind: object, other: object) -> list[str]:
    match kind, other:
        case GraphQLEnumType(), GraphQLEnumType():
            return [f"{kind.name}.{value}" for value in kind.values if value not in other.values]
        case GraphQLUnionType(), GraphQLUnionType():
            return [f"{kind.name} of {each}" for each in kind.types if each.name not in _names(other.types)]
        case GraphQLInputObjectType(), GraphQLInputObjectType():
            ours, theirs = ({n: str(f.type) for n, f in each.fields.items()} for each in (kind, other))
            return [f"{kind.name}.{n}: {t}" for n, t in ours.items() if theirs.get(n) != t]
        case _:
            return []


def _names(kinds: object) -> set[str]:
    return {kind.name for kind in kinds}  # type: ignore[attr-defined] # a tuple of named types, by every caller


def test_the_simulators_schema_is_part_of_the_published_one() -> None:
    assert differences(SCHEMA, published()) == []


@pytest.mark.parametrize(
    ("ours", "difference"),
    [
        ("type Query { rateLimit(dryRun: Boolean): RateLimit! } type RateLimit { cost: Int! }", "Query.rateLimit"),
        ("type Query { rateLimit(dry: Boolean): RateLimit } type RateLimit { cost: Int! }", "Query.rateLimit(dry)"),
        ("type Query { rateLimit: RateLimit } type RateLimit { price: Int! }", "RateLimit.price"),
        ("type Query { order: Order } enum Order { UP }", "Order"),
        ("type Query { repository(name: String!): Repository } type Repository { url: URI! } scalar URI", "is missing"),
        ("type Query { a: OrderDirection } enum OrderDirection { ASC UP }", "OrderDirection.UP"),
    ],
)
def test_a_schema_that_differs_is_found_out(ours: str, difference: str) -> None:
    assert any(difference in found for found in differences(build_schema(ours), published()))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_query_of_the_app_fits_both_schemas(name: str) -> None:
    sent = parse(document(name))

    assert (validate(SCHEMA, sent), validate(published(), sent)) == ([], [])
