"""Incidents in the store: settled by what releases say, with the story of each."""

from __future__ import annotations

from dataclasses import replace

from bot.evidence.evidence import Evidence, Kind, State, Watch
from bot.postmortem.actions import Agreed, OpenAction
from bot.postmortem.facts import Facts, Said
from bot.postmortem.incident import Incident
from bot.store.flags_kept import Landed
from bot.store.incidents_kept import RECENT_SECONDS, KeptIncident, Post
from bot.store.ledger import Release, ReleaseState
from bot.store.store import Store
from tests.store.given import SHOP, Clock
from tests.store.test_dora_kept import LANDED

NOW = 1_000_000.0
BAD, MEND = "c" * 40, "d" * 40
FIRST = replace(LANDED, sha=BAD, number=3, since=NOW - 500, created_at=NOW - 500)
PROBE = Evidence("home", Kind.PROBE, State.FAILED, "503", "200", NOW - 120)
RULES = [
    {"rule": "small-diff", "sentence": "12 lines.", "facts": {"effective_lines": 12, "files": 2}},
    {
        "rule": "flag-wrapped",
        "sentence": "No flag.",
        "override": {"by": "bob"},
        "facts": {"risky_files": [{}], "wrapped": "none"},
    },
]


def later(seconds: float, **changes: object) -> Release:
    return replace(FIRST, since=NOW - seconds, **changes)  # type: ignore[arg-type] # of any field


async def fails(store: Store, release: Release = FIRST, at: float = NOW - 100) -> None:
    await store.land(release)
    await store.save_release(replace(release, state=ReleaseState.DEPLOYING, since=at - 300))
    failed = replace(release, state=ReleaseState.FAILED, since=at, detail="it broke", watch=Watch(first_failing=PROBE))
    await store.save_release(failed)


async def only(store: Store) -> KeptIncident:
    [one] = await store.incidents.all_of("Octo", "Shop")
    return one


async def story(store: Store) -> Facts:
    found = await store.incidents.facts(await only(store))
    assert found is not None
    return found


async def test_a_failed_release_makes_one_incident_however_often_it_is_settled(store: Store, clock: Clock) -> None:
    clock.now = NOW
    await fails(store)

    changed = [await store.incidents.settle(SHOP, "main") for _ in range(2)]

    assert changed == [(BAD,), ()]
    kept = await only(store)
    assert kept.incident == Incident(BAD, 3, NOW - 100, (BAD,))
    assert (kept.details, kept.post, kept.is_over) == ({BAD: "it broke"}, Post(), False)
    assert await store.incidents.settle(SHOP, "other") == ()


async def test_once_restored_that_is_kept_beside_what_its_issue_was_by_then(store: Store, clock: Clock) -> None:
    clock.now = NOW
    await fails(store)
    await store.incidents.settle(SHOP, "main")
    post = Post(NOW, 7, "", closed=True, agreed=Agreed((OpenAction("watch it"),)), nudged=True, looked_at=NOW)
    seen = await only(store)
    mended = replace(LANDED, sha=MEND, number=4, state=ReleaseState.LIVE, since=NOW - 10, created_at=NOW - 50)
    await store.save_release(mended)

    changed = await store.incidents.settle(SHOP, "main")
    await store.incidents.save(seen, post)

    assert changed == (BAD,)
    kept = await only(store)
    assert (kept.incident.restored_at, kept.incident.restored_by) == (NOW - 10, MEND)
    assert (kept.post, kept.is_over) == (post, True)
    assert await store.incidents.of(SHOP, BAD) == kept


async def test_what_was_said_of_a_failure_stays_when_its_release_goes_on(store: Store, clock: Clock) -> None:
    clock.now = NOW
    await fails(store)
    await store.incidents.settle(SHOP, "main")
    await store.save_release(later(50, state=ReleaseState.REVERTED, detail="taken back"))

    await store.incidents.settle(SHOP, "main")

    assert (await only(store)).details == {BAD: "it broke"}
    assert (await story(store)).failed[0].detail == "it broke"


async def test_what_failed_and_was_mended_long_ago_makes_no_incident_any_more(store: Store, clock: Clock) -> None:
    clock.now = NOW
    day = NOW - RECENT_SECONDS
    await fails(store, replace(FIRST, created_at=day - 7), at=day - 3)
    await store.save_release(replace(FIRST, state=ReleaseState.REVERTED, created_at=day - 7, since=day - 2))
    await fails(store, replace(FIRST, sha="e" * 40, number=5, created_at=day - 8), at=day + 1)

    assert await store.incidents.settle(SHOP, "main") == ("e" * 40,)
    assert await store.incidents.branches(SHOP) == ("main",)


async def test_the_story_says_what_was_known_of_what_came_with_it(store: Store, clock: Clock) -> None:
    clock.now = NOW
    await store.record_decision(SHOP, 3, "a" * 40, {"rules": RULES})
    await store.note_flags(Landed(SHOP, 3, NOW - 500, added=("checkout-v2",)))
    well = replace(LANDED, sha="1" * 40, number=1, state=ReleaseState.LIVE, since=NOW - 700, created_at=NOW - 900)
    beside = replace(LANDED, sha="2" * 40, number=2, since=NOW - 600, created_at=NOW - 600)
    await store.save_release(well)
    await store.land(beside)
    await fails(store)
    await store.incidents.settle(SHOP, "main")

    facts = await story(store)

    [failed] = facts.failed
    assert (failed.landed_at, failed.deploying_at, failed.failed_at) == (NOW - 500, NOW - 400, NOW - 100)
    assert (failed.first, failed.environment, failed.revert) == (PROBE, "production", None)
    assert sorted((one.number, one.is_in) for one in facts.suspects) == [(2, False), (3, True)]
    [own] = (one for one in facts.suspects if one.is_in)
    assert (own.lines, own.files, own.risky, own.wrapped, own.flags) == (12, 2, 1, "none", ("checkout-v2",))
    assert own.said == (Said("small-diff", "12 lines."), Said("flag-wrapped", "No flag.", overridden=True))


async def test_the_story_names_what_takes_it_back_and_does_not_suspect_that(store: Store, clock: Clock) -> None:
    clock.now = NOW
    await fails(store)
    await store.record_decision(SHOP, 4, "a" * 40, {"opened_at": NOW - 90, "undoes": BAD, "rules": []})
    revert = replace(LANDED, sha=MEND, number=4, since=NOW - 60, created_at=NOW - 60)
    await store.land(revert)
    await fails(store, revert, at=NOW - 30)
    await store.incidents.settle(SHOP, "main")

    facts = await story(store)

    first, second = facts.failed
    assert (first.revert, first.revert_opened_at, first.revert_merged_at) == (4, NOW - 90, NOW - 60)
    assert (second.number, second.revert) == (4, None)
    assert [one.number for one in facts.suspects] == [3]
