import asyncio

import aiohttp
import pytest
from aiohttp import web

from bot.address import Repository
from bot.github.connection import API_VERSION, Connection
from bot.github.errors import Gone, Later, Refused
from bot.github.tokens import Purpose, Scope
from bot.github.write import apply
from bot.published import CreateComment, Merge, MergePullRequest
from simulator.calls import Exchange
from simulator.knobs import RateLimit
from tests.github.conftest import Line

PULLS = "/repos/octo/shop/commits/{}/pulls"


def path(line: Line) -> str:
    repository = line.github.repository("octo/shop")
    assert repository is not None
    return PULLS.format(repository.head)


async def test_a_hundred_calls_at_once_make_one_token(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.LOOK)

    await asyncio.gather(*(line.connection.get(scope, path(line)) for _ in range(100)))

    assert line.minted() == 1


async def test_each_purpose_has_a_token_of_its_own_that_may_do_no_more(line: Line) -> None:
    await line.connection.get(Scope.of(line.place, Purpose.LOOK), path(line))

    with pytest.raises(Refused) as refused:
        await line.connection.get(Scope.of(line.place, Purpose.DEPLOY), path(line))

    assert refused.value.status == 403
    assert line.minted() == 2


async def test_a_token_is_replaced_before_it_expires(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.LOOK)
    await line.connection.get(scope, path(line))
    line.github.advance(3600 - 299)

    await line.connection.get(scope, path(line))

    assert line.minted() == 2
    assert 401 not in {call.status for call in line.github.calls}


async def test_a_token_that_github_no_longer_takes_is_replaced_once(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.LOOK)
    await line.connection.get(scope, path(line))
    line.github.tokens.clear()

    await line.connection.get(scope, path(line))

    assert line.minted() == 2


async def test_a_token_reaches_no_other_repository(line: Line) -> None:
    await line.github.create_repository("octo/secret")
    scope = Scope.of(line.place, Purpose.LOOK)

    with pytest.raises(Gone):
        await line.connection.get(scope, "/repos/octo/secret/pulls/1/files")


async def test_what_is_not_installed_is_gone_and_not_an_error_of_ours(line: Line) -> None:
    with pytest.raises(Gone):
        await line.connection.get(Scope.of(Repository(999, "other", "shop"), Purpose.LOOK), path(line))


async def test_every_request_names_the_api_version(line: Line) -> None:
    seen: list[str] = []

    class Ear:
        def on_exchange(self, exchange: Exchange) -> None:
            named = {name.lower(): value for name, value in exchange.headers.items()}
            seen.append(named.get("x-github-api-version", ""))

        def on_webhook(self, event: str, payload: object) -> None:
            """Hear nothing of it: no event is emitted here."""

    line.github.observers.append(Ear())

    await line.connection.get(Scope.of(line.place, Purpose.LOOK), path(line))

    assert seen == [API_VERSION, API_VERSION]


async def test_no_answer_at_all_is_later_and_a_write_may_have_been_carried_out(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.DISPATCH)
    line.github.resets_next(1, lambda asked: asked.kind.endswith("/dispatches"), after=True)

    with pytest.raises(Later) as broken:
        await line.connection.write(scope, "POST", "/repos/octo/shop/dispatches", {"event_type": "x"})

    assert broken.value.uncertain


async def test_a_refused_connection_was_certainly_not_carried_out(line: Line) -> None:
    scope = Scope.of(line.place, Purpose.DISPATCH)
    await line.connection.get(Scope.of(line.place, Purpose.LOOK), path(line))
    await line.github.stop()

    with pytest.raises(Later) as unreachable:
        await line.connection.write(scope, "POST", "/repos/octo/shop/dispatches", {"event_type": "x"})

    assert not unreachable.value.uncertain


async def test_while_one_installation_is_limited_another_goes_on(line: Line) -> None:
    other = line.github.install("hexa")
    await line.github.create_repository("hexa/shop")
    line.github.limits_next(1, lambda asked: asked.kind == "query Q", RateLimit(status=429, retry_after=600))
    query = "query Q { rateLimit { cost } }"

    with pytest.raises(Later) as limited:
        await line.connection.graphql(Scope.of(line.place, Purpose.LOOK), query, {})
    with pytest.raises(Later) as still:
        await line.connection.graphql(Scope.of(line.place, Purpose.LOOK), query, {})
    answer = await line.connection.graphql(Scope.of(Repository(other.id, "hexa", "shop"), Purpose.LOOK), query, {})

    assert limited.value.retry_at == pytest.approx(line.github.now() + 600, abs=5)
    assert still.value.retry_at == limited.value.retry_at
    assert answer.data["rateLimit"]["cost"] == 1


async def test_of_the_last_of_an_hour_a_merge_is_sent_and_a_comment_is_not(line: Line) -> None:
    bucket = line.github.limits.bucket(line.place.installation, "core")
    bucket.used = bucket.limit - 20
    await line.connection.get(Scope.of(line.place, Purpose.LOOK), path(line))

    with pytest.raises(Refused) as sent:
        await apply(line.connection, MergePullRequest(line.place, 1, Merge("a" * 40, "squash")))
    with pytest.raises(Later) as put_off:
        await apply(line.connection, CreateComment(line.place, 1, "Hello."))

    assert sent.value.status == 404
    assert put_off.value.retry_at == int(bucket.reset_at)


async def test_the_end_of_one_hour_leaves_the_other_resource_alone(line: Line) -> None:
    bucket = line.github.limits.bucket(line.place.installation, "graphql")
    bucket.used = bucket.limit
    scope = Scope.of(line.place, Purpose.LOOK)

    with pytest.raises(Later):
        await line.connection.graphql(scope, "query Q { rateLimit { cost } }", {})
    answer = await line.connection.get(scope, path(line))

    assert answer == []


async def test_partial_data_is_kept_beside_what_github_said_of_the_rest(line: Line) -> None:
    line.github.partial_data("Repository.defaultBranchRef")
    query = 'query Q { repository(owner: "octo", name: "shop") { defaultBranchRef { name } squashMergeAllowed } }'

    answer = await line.connection.graphql(Scope.of(line.place, Purpose.LOOK), query, {})

    assert answer.data["repository"]["squashMergeAllowed"] is True
    assert len(answer.errors) == 1


async def test_a_next_page_on_another_host_never_gets_our_token(unused_tcp_port: int, line: Line) -> None:
    async def first_page(_: web.Request) -> web.Response:
        return web.json_response([{"id": 1}], headers={"Link": '<http://evil.example/steal>; rel="next"'})

    application = web.Application()
    application.router.add_get("/app/installations", first_page)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    api_url = f"http://127.0.0.1:{unused_tcp_port}"
    async with aiohttp.ClientSession() as session:
        app = (line.github.app_id, line.github.private_key_pem)
        connection = Connection(session, api_url=api_url, graphql_url=f"{api_url}/graphql", app=app)

        with pytest.raises(Later, match="another host"):
            _ = [page async for page in connection.app_pages("/app/installations")]

    await runner.cleanup()
