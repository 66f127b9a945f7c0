"""What GitHub keeps on another host: reached without a token, and only as far as it must."""

from __future__ import annotations

import pytest

from bot.github.connection import Connection
from bot.github.errors import Later, Redirected, Refused
from bot.github.tokens import Purpose, Scope
from simulator.actions import archive
from tests.github.conftest import Line

CONTENT = archive({"coverage.xml": "<coverage/>"})


async def address(line: Line) -> str:
    """Upload an artifact, and give the address that GitHub names for its bytes."""
    repo = line.github.repositories["octo/shop"]
    artifact = await repo.actions.uploads(repo.head, "andon-coverage", CONTENT)
    scope = Scope.of(line.place, Purpose.READ_ARTIFACT)
    with pytest.raises(Redirected) as sent:
        await line.connection.get(scope, f"/repos/octo/shop/actions/artifacts/{artifact.id}/zip")
    return sent.value.location


async def test_a_redirect_is_told_and_not_followed(line: Line) -> None:
    place = await address(line)

    assert not place.startswith(line.github.url)
    assert line.github.blobs.fetched == []


async def test_the_bytes_come_without_our_token(line: Line) -> None:
    content = await line.connection.elsewhere(await address(line), len(CONTENT))

    assert content == CONTENT
    assert [each.authorization for each in line.github.blobs.fetched] == [None]


async def test_more_than_was_asked_for_is_refused_while_it_comes(line: Line) -> None:
    with pytest.raises(Refused, match="more than"):
        await line.connection.elsewhere(await address(line), len(CONTENT) - 1)


async def test_an_address_that_has_expired_is_refused(line: Line) -> None:
    place = await address(line)
    line.github.advance(61)

    with pytest.raises(Refused, match="403"):
        await line.connection.elsewhere(place, len(CONTENT))


async def test_a_second_redirect_is_refused(line: Line) -> None:
    place = await address(line)
    line.github.blobs.moved_to = f"{line.github.url}/app"

    with pytest.raises(Refused, match="302"):
        await line.connection.elsewhere(place, len(CONTENT))


async def test_a_storage_that_is_away_is_later(line: Line) -> None:
    place = await address(line)
    await line.github.blobs.stop()

    with pytest.raises(Later, match="storage broke off"):
        await line.connection.elsewhere(place, len(CONTENT))


async def test_from_an_encrypted_github_no_plain_address_is_followed(line: Line) -> None:
    place = await address(line)
    app = (line.github.app_id, line.github.private_key_pem)
    session = line.connection._session  # noqa: SLF001 - the same session, so that nothing but the address differs
    encrypted = Connection(session, api_url="https://api.github.test", graphql_url="https://api.github.test", app=app)

    with pytest.raises(Refused, match="not encrypted"):
        await encrypted.elsewhere(place, len(CONTENT))
