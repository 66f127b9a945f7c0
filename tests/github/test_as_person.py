"""A person's connection reads, and sends nothing that changes something."""

import aiohttp
import pytest

from bot.address import Repository
from bot.github.as_person import NOT_SENT, PersonsConnection
from bot.github.errors import Refused
from bot.github.queries import document
from bot.github.tokens import Purpose, Scope
from tests.github.conftest import Line

PLACE = Repository(0, "octo", "shop")
SCOPE = Scope.of(PLACE, Purpose.MERGE)


def connected(line: Line, session: aiohttp.ClientSession) -> PersonsConnection:
    token = line.github.personal_token("dora")
    return PersonsConnection(session, api_url=line.github.url, graphql_url=line.github.graphql_url, token=token)


async def test_it_reads_with_the_persons_token_alone(line: Line) -> None:
    async with aiohttp.ClientSession() as session:
        found = await connected(line, session).get(SCOPE, "/repos/octo/shop/branches/main")

    assert found["name"] == "main"
    assert line.minted() == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_write_never_leaves_this_machine(line: Line, method: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused, match=NOT_SENT):
            await connected(line, session).write(SCOPE, method, "/repos/octo/shop/check-runs", {"query": "query"})

    assert line.github.calls == []


@pytest.mark.parametrize(
    "words",
    [
        document("arm_auto_merge"),
        "mutation { a }",
        "query A { a }\nmutation B { b }",
        "query A { a } mutation B { b }",
        "# query\nmutation { a }",
        "fragment F on X { a } mutation { a }",
        "",
    ],
)
async def test_a_mutation_never_leaves_this_machine_however_it_is_sent(line: Line, words: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused, match=NOT_SENT):
            await connected(line, session).graphql(SCOPE, words, {})

    assert line.github.calls == []


async def test_nothing_is_asked_as_the_app(line: Line) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(Refused, match="a person is no App"):
            await connected(line, session).as_app("GET", "/app")

    assert line.github.calls == []
