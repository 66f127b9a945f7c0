from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from bot.address import Repository
from bot.dora.delivered import Delivered
from bot.store import migrate
from bot.store.engine import open_engines
from bot.store.ledger import Release, ReleaseState
from bot.store.store import Store
from bot.store.tables import release_states
from tests.store.given import SHOP, Clock, just_landed

SHA = "c" * 40
LANDED = just_landed(1_000.0, sha=SHA)
SIZED = {"rule": "small-diff", "facts": {"effective_lines": 12, "files": 2}}
RECORD = {"opened_at": 400.0, "undoes": None, "rules": [SIZED], "line": {"lane": "normal"}}


async def became(store: Store, *states: tuple[str, float], of: Release = LANDED) -> None:
    for state, since in states:
        await store.save_release(replace(of, state=ReleaseState(state), since=since))


async def only(store: Store, environment: str = "production") -> Delivered:
    (one,) = (await store.dora.recorded(["octo/shop"], environment)).releases
    return one


async def test_a_release_is_told_with_what_its_pull_request_brought_and_when_it_came_how_far(store: Store) -> None:
    await store.record_decision(SHOP, 3, "a" * 40, RECORD)
    await store.land(LANDED)
    await became(store, ("deploying", 1_100), ("verifying", 1_200), ("live", 1_300))

    assert await only(store) == Delivered(
        repository="octo/shop",
        sha=SHA,
        number=3,
        environment="production",
        branch="main",
        merged_at=1_000.0,
        first_push_at=400.0,
        deployed_at=1_200.0,
        live_at=1_300.0,
        lines=12,
        files=2,
    )


async def test_the_states_of_a_release_are_listed_in_the_order_in_which_it_came_to_them(store: Store) -> None:
    await store.land(LANDED)
    await became(store, ("deploying", 1_100), ("failed", 1_200), ("reverting", 1_300), ("failed", 1_400))
    await became(store, ("live", 1_150), of=replace(LANDED, sha="d" * 40))

    reached = await store.dora.reached(LANDED)

    assert reached == (("landed", 1_000), ("deploying", 1_100), ("failed", 1_200), ("reverting", 1_300))


async def test_a_release_that_goes_live_without_being_verified_is_deployed_then(store: Store) -> None:
    await store.land(LANDED)
    await became(store, ("deploying", 1_100), ("live", 1_300))

    one = await only(store)

    assert (one.deployed_at, one.live_at, one.failed_at) == (1_300.0, 1_300.0, None)


async def test_the_first_time_that_a_state_was_reached_counts(store: Store) -> None:
    await store.land(LANDED)
    await became(store, ("live", 1_300), ("failed", 1_400), ("failed", 1_500), ("live", 1_600))

    one = await only(store)

    assert (one.live_at, one.failed_at) == (1_300.0, 1_400.0)


async def test_a_state_that_a_process_of_the_version_before_wrote_is_told_from_the_release_itself(
    store: Store, url: str
) -> None:
    await store.land(LANDED)
    await became(store, ("live", 1_300))
    engines = open_engines(url)
    with engines.writer.begin() as connection:
        connection.execute(release_states.delete())
    engines.dispose()

    one = await only(store)

    assert (one.merged_at, one.live_at) == (1_000.0, 1_300.0)


@pytest.mark.parametrize("state", ["reverting", "reverted"])
async def test_a_release_that_is_being_taken_back_has_failed(store: Store, url: str, state: str) -> None:
    await store.land(LANDED)
    await became(store, ("live", 1_300))
    engines = open_engines(url)
    with engines.writer.begin() as connection:
        row = {"repository": SHOP.key, "sha": SHA, "state": state, "at": 1_350.0}
        connection.execute(release_states.insert().values(**row))
    engines.dispose()

    assert (await only(store)).failed_at == 1_350.0


@pytest.mark.parametrize(
    ("record", "rework", "reverts"),
    [
        ({**RECORD, "undoes": "d" * 40}, True, "d" * 40),
        ({**RECORD, "line": {"lane": "fix"}}, True, None),
        ({**RECORD, "line": None}, False, None),
        (RECORD, False, None),
    ],
    ids=["a revert", "a fix", "in no line", "a plain change"],
)
async def test_reverts_and_what_went_before_all_others_are_rework(
    store: Store, record: dict[str, Any], rework: bool, reverts: str | None
) -> None:
    await store.record_decision(SHOP, 3, "a" * 40, record)
    await store.land(LANDED)

    one = await only(store)

    assert (one.rework, one.reverts) == (rework, reverts)


@pytest.mark.parametrize("facts", [None, {"effective_lines": None, "files": 4000}])
async def test_a_size_that_is_not_known_is_not_nought(store: Store, facts: dict[str, Any] | None) -> None:
    rules = [] if facts is None else [{"rule": "small-diff", "facts": facts}]
    await store.record_decision(SHOP, 3, "a" * 40, {**RECORD, "rules": rules})
    await store.land(LANDED)

    assert (await only(store)).lines is None


async def test_without_the_time_of_opening_the_first_evaluation_counts(store: Store, clock: Clock) -> None:
    clock.now = 500.0
    await store.record_decision(SHOP, 3, "a" * 40, {"rules": []})
    clock.now = 900.0
    await store.record_decision(SHOP, 3, "b" * 40, {"rules": []})
    await store.land(LANDED)

    assert (await only(store)).first_push_at == 500.0


async def test_a_pull_request_that_was_never_judged_has_no_first_push_and_no_size(store: Store) -> None:
    await store.land(LANDED)

    one = await only(store)

    assert (one.first_push_at, one.lines, one.files, one.rework) == (None, None, None, False)


async def test_what_was_judged_later_changes_nothing_of_what_landed(store: Store) -> None:
    await store.record_decision(SHOP, 3, "a" * 40, RECORD)
    await store.land(LANDED)
    await store.record_decision(SHOP, 3, "b" * 40, {**RECORD, "opened_at": 1.0, "rules": []})
    await store.land(LANDED)

    one = await only(store)

    assert (one.first_push_at, one.lines) == (400.0, 12)


async def test_only_what_is_asked_for_is_counted(store: Store) -> None:
    docs = Repository(7, "octo", "docs")
    others = [
        replace(LANDED, sha="1" * 40, environment="staging"),
        replace(LANDED, sha="2" * 40, base_branch="next"),
        replace(LANDED, sha="3" * 40, repository=docs),
    ]
    for one in (LANDED, *others):
        await store.land(one)

    shop, main, every = (
        await store.dora.recorded(["Octo/Shop", "octo/shop"], "production"),
        await store.dora.recorded(["octo/shop"], "production", "main"),
        await store.dora.recorded([], "production"),
    )

    assert sorted(one.sha[0] for one in shop.releases) == ["2", "c"]
    assert [one.sha[0] for one in main.releases] == ["c"]
    assert sorted(one.sha[0] for one in every.releases) == ["2", "3", "c"]
    assert (shop.repositories, every.repositories) == (("octo/shop",), ("octo/docs", "octo/shop"))
    assert (shop.environments, shop.since) == (("production", "staging"), 1_000.0)


async def test_a_repository_of_which_nothing_is_known_is_named_and_one_that_was_only_judged_is_known(
    store: Store,
) -> None:
    await store.record_decision(SHOP, 3, "a" * 40, RECORD)

    found = await store.dora.recorded(["octo/shop", "octo/shup"], "production")

    assert (found.repositories, found.unknown, found.releases) == (("octo/shop",), ("octo/shup",), ())


async def test_releases_that_were_kept_before_the_tables_were_there_are_told_as_far_as_they_are_known(
    bare_url: str, clock: Clock
) -> None:
    migrate.upgrade(bare_url)
    store = await Store.open(bare_url, clock)
    await store.land(LANDED)
    await became(store, ("deploying", 1_100), ("live", 1_300))
    await store.close()
    engines = open_engines(bare_url)
    with engines.writer.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "bot.store:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
    engines.dispose()

    migrate.upgrade(bare_url)
    again = await Store.open(bare_url, clock)
    one = await only(again)
    await again.close()

    assert (one.merged_at, one.live_at, one.lines, one.first_push_at) == (1_000.0, 1_300.0, None, None)
