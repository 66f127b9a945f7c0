"""POST /graphql: priced, executed by graphql-core over our own small schema, errors in GitHub's form."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLObjectType, build_schema, default_field_resolver, execute, parse, validate

from simulator.connections import Cost, Pricing, problem
from simulator.mutations import mutation_view
from simulator.plain_queries import NotPlainError, Plan
from simulator.routing import Answer, Ask
from simulator.views import Reader, query_view

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLResolveInfo

    from simulator.records import Json

SCHEMA = build_schema(resources.files("simulator").joinpath("schema.graphql").read_text("utf-8"))
CONNECTIONS = {
    name
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, GraphQLObjectType)
    for name, field in kind.fields.items()
    if str(field.type).rstrip("!").endswith("Connection")
}
PARSED: dict[str, DocumentNode] = {}
PLANS: dict[str, Plan] = {}
PRICED: dict[tuple[str, tuple[tuple[str, int], ...]], Cost] = {}


def operation_name(body: object) -> str | None:
    """Name the operation of a request: what it says, or the first name in its text."""
    if not isinstance(body, dict):
        return None
    if body.get("operationName"):
        return str(body["operationName"])
    words = str(body.get("query", "")).replace("(", " ").replace("{", " ").split()
    places = [place for place, word in enumerate(words) if word in {"query", "mutation"}]
    return words[places[0] + 1] if places and places[0] + 1 < len(words) else "anonymous"


async def answer(ask: Ask) -> Answer:
    """Answer one GraphQL request. Every refusal within GraphQL is a 200 with `errors` (docs, GraphQL)."""
    token = ask.granted
    query, variables = str(ask.body.get("query", "")), ask.body.get("variables") or {}
    try:
        document = _parsed(query)
        cost = _priced(query, document, variables)
    except GraphQLError as error:
        return Answer(200, {"errors": [_shown(error)]})
    reader = Reader(ask.github, token, cost)
    body = await _plainly(reader, query, variables) or await by_graphql_core(reader, document, ask)
    return Answer(200, body, {"x-cost": str(_charged(cost))})


async def _plainly(reader: Reader, query: str, variables: Json) -> Json | None:
    """Answer by the plan of a query; None where that cannot be, or a knob is set that makes a read differ."""
    if reader.github.disturbs_reads:
        return None
    try:
        return {"data": await PLANS[query].answer(query_view(reader), variables)}
    except NotPlainError:
        return None


async def by_graphql_core(reader: Reader, document: DocumentNode, ask: Ask) -> Json:
    """Answer by graphql-core."""
    found = execute(
        SCHEMA,
        document,
        root_value=query_view(reader) | mutation_view(reader),
        context_value=reader,
        variable_values=ask.body.get("variables") or {},
        operation_name=ask.body.get("operationName"),
        field_resolver=_resolve,
    )
    result = found if not hasattr(found, "__await__") else await found
    body: Json = {"data": result.data}
    if result.errors:
        body["errors"] = [_shown(error) for error in result.errors]
    return body


def _priced(query: str, document: DocumentNode, variables: Json) -> Cost:
    """Price a query once for each set of numbers it is asked with: page sizes are all that the price knows of them."""
    numbers = tuple(sorted((name, value) for name, value in variables.items() if isinstance(value, int)))
    key = (query, numbers)
    if key not in PRICED:
        PRICED[key] = Pricing(document, variables, CONNECTIONS).cost()
    return PRICED[key]


def _charged(cost: Cost) -> int:
    return cost.points


def _parsed(query: str) -> DocumentNode:
    if query not in PARSED:
        document = parse(query)
        errors = validate(SCHEMA, document)
        if errors:
            raise errors[0]
        PARSED[query], PLANS[query] = document, Plan(SCHEMA, document)
    return PARSED[query]


def _resolve(source: Any, info: GraphQLResolveInfo[Reader], **arguments: Any) -> Any:  # noqa: ANN401 - GraphQL values of any type
    """Resolve a field from its view; a knob may make it fail, once, beside the other data."""
    reader: Reader = info.context
    name = f"{info.parent_type.name}.{info.field_name}"
    if name in reader.github.partial:
        reader.github.partial.remove(name)
        raise problem("SERVICE_UNAVAILABLE", "Something went wrong while executing your query.")
    return default_field_resolver(source, info, **arguments)


def _shown(error: GraphQLError) -> Json:
    formatted: Json = dict(error.formatted)
    extensions = formatted.pop("extensions", None) or {}
    return {"type": extensions["type"], **formatted} if "type" in extensions else formatted
