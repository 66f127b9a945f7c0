"""Plans answer as graphql-core does, and leave to it what they do not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import parse

from bot.github.queries import document
from simulator import graphql
from simulator.clock import Clock
from simulator.connections import Cost
from simulator.github import Simulator
from simulator.memory_git import MemoryGit
from simulator.plain_queries import NotPlainError, Plan
from simulator.routing import Ask
from simulator.views import Reader, query_view

MERGED = """
query Merged($number: Int!) {
  repository(owner: "octo", name: "shop") {
    known: pullRequest(number: $number) { number ...Told author { __typename ... on User { databaseId } } }
  }
}
fragment Told on PullRequest { number title labels(first: 1) { nodes { name } pageInfo { hasNextPage endCursor } } }
"""
DIRECTED = "query Directed { viewer { login @skip(if: true) databaseId } }"
MISSING = 'query Missing { repository(owner: "octo", name: "none") { databaseId } }'


@pytest.fixture
async def reader() -> Reader:
    github = Simulator(Path("nowhere"), webhook_secret="a secret of at least thirty-two bytes", clock=Clock())
    github.open_git = lambda _: MemoryGit()
    installation = github.install("octo")
    repository = await github.create_repository("octo/shop")
    pull = await repository.open_pull_request(files={"app.py": "x = 1\n"})
    await pull.label("one")
    await pull.label("two")
    await repository.ci.succeeds(pull.head)
    return Reader(github, installation.mint(installation.permissions, None), Cost(1, 1))


@pytest.mark.parametrize("query", [document("pull_request"), document("open_pull_requests"), MERGED])
async def test_a_plan_answers_as_graphql_core_does(reader: Reader, query: str) -> None:
    variables = {"owner": "octo", "name": "shop", "number": 1}
    parsed = parse(query)

    shown = await Plan(graphql.SCHEMA, parsed).answer(query_view(reader), variables)

    ask = Ask(reader.github, {}, {}, {"query": query, "variables": variables}, {}, reader.token, "")
    expected = await graphql.by_graphql_core(reader, parsed, ask)
    assert {"data": shown} == expected
    assert list(shown["repository"]) == list(expected["data"]["repository"])


@pytest.mark.parametrize("query", [DIRECTED, MISSING], ids=["a directive", "an error"])
async def test_what_a_plan_does_not_know_is_left_to_graphql_core(reader: Reader, query: str) -> None:
    plan = Plan(graphql.SCHEMA, parse(query))

    with pytest.raises(NotPlainError):
        await plan.answer(query_view(reader), {})
