"""Plays one schedule: opens, lets things happen, comes to rest, and holds what is then against the laws."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from bot.address import PullRequestAt, Want
from bot.sweep import discover
from tests.chaos import faults, laws, thrift
from tests.chaos.acts import play
from tests.chaos.events import Event, Fate, Schedule, Then
from tests.chaos.forms import Form
from tests.chaos.policies import BROKEN, POLICY, TEXTS, opened, terms_of
from tests.chaos.resting import RestlessError
from tests.chaos.world import Breach, World

PERSON = 2.0
"""Seconds from one event to the next: GitHub tells moments in whole seconds, and people are no faster."""

BLINK = 0.15
"""Seconds, or as many times that as the variant of the event says: one look takes about one."""

A_MOMENT = 4.0
CHECKS = frozenset({"ci", "green", "lint", "status", "other-app"})
"""Events of checks, which a sweep tells from one another by their states alone."""

CALM = 130.0
"""Seconds within which nothing is due at rest: longer than the bot looks again, or leaves a comment alone."""


async def played(form: Form, schedule: Schedule) -> Counter[str]:
    """Play a schedule to its end and count what happened. Raises Breach where a law does not hold."""
    world = await begun(form, schedule)
    for event in schedule.events:
        await happen(world, event)
    await settle(world)
    await nothing_is_left(world)
    return world.tally


async def begun(form: Form, schedule: Schedule) -> World:
    """Set up the repository with its policy and open the pull requests."""
    github = form.github
    installation = github.install("octo")
    repository = await github.create_repository("octo/shop")
    world = World(form, repository, installation.id)
    repository.require_checks("main", ("ci", None))
    repository.outsiders.add("mallory")
    await repository.branch("release")
    await repository.commit("main", {POLICY: TEXTS[schedule.policy], "shared.py": "begun = 0\n"}, "Set the policy")
    world.watch()
    await form.rest(A_MOMENT)
    for shape in schedule.shapes:
        await opened(repository, shape)
    world.note()
    world.tally[f"policy {schedule.policy}"] += 1
    return world


async def happen(world: World, event: Event) -> None:
    """Play one event with the fate of its deliveries, then leave the bot alone as long as it says."""
    world.form.github.advance(PERSON)
    with _fated(world, event.fate):
        done = await play(world, event)
    world.happened += done
    if done and event.fate is Fate.LOST:
        world.unheard = True
        world.checks_unheard |= event.kind in CHECKS
    world.tally[event.kind if done else "nothing to do"] += 1
    world.note()
    world.last_event = thrift.now_of(world) if done else world.last_event
    match event.then:
        case Then.GO:
            pass
        case Then.BLINK:
            await asyncio.sleep(BLINK * (1 + event.pick))
        case Then.MOMENT:
            await world.form.rest(A_MOMENT)
        case Then.REST:
            await rest(world)
        case Then.SWEEP:
            await settle(world)


@contextmanager
def _fated(world: World, fate: Fate) -> Iterator[None]:
    """Have the deliveries meet their fate meanwhile; what is held stays so."""
    github = world.form.github
    match fate:
        case Fate.LOST:
            github.loses_deliveries()
        case Fate.DOUBLED:
            github.doubles_deliveries()
        case Fate.HELD:
            github.holds_deliveries()
        case Fate.TOLD:
            pass
    yield
    github.loses_deliveries(0)
    github.doubles_deliveries(0)
    github.holding.left = 0


async def rest(world: World) -> None:
    """Let everything that was told arrive and be done; where nothing was lost, all laws hold by then."""
    world.form.github.release_held(reverse=True)
    try:
        await world.form.rest(CALM)
    except RestlessError as error:
        raise Breach(str(error)) from error
    await _looked_up(world)
    await laws.nothing_forbidden_landed(world)
    laws.one_comment(world)
    laws.no_check_twice(world)
    laws.one_deployment(world)
    laws.one_merge_at_a_time(world)
    await laws.nothing_is_given_up(world)
    thrift.little_was_written(world)
    if not (world.unheard or world.unseen or world.disturbed):
        laws.everybody_is_answered(world)
        await laws.everything_is_done(world)


async def settle(world: World) -> None:
    """Have GitHub behave, sweep, and hold all laws; what no delivery tells of is looked at besides."""
    faults.heal(world)
    await rest(world)
    try:
        world.aged += 2  # hours pass in a sweep's rest: waits take too long, deployments too, freezes end
        await world.form.sweep()
        if world.unseen:
            numbers = [pull.number for pull in world.pulls if pull.open]
            await world.form.bench.store.want(Want(PullRequestAt(world.place, number)) for number in numbers)
            await world.form.rest(CALM)
    except RestlessError as error:
        raise Breach(str(error)) from error
    world.unheard = world.unseen = world.disturbed = world.lagging = False
    await rest(world)
    laws.remember(world)


async def nothing_is_left(world: World) -> None:
    """A second sweep over what did not move writes nothing."""
    before = len(world.form.github.calls)
    await discover(world.form.bench)
    await world.form.rest(1.0)
    written = laws.writes(world.form.github.calls[before:])
    if written:
        raise Breach(f"a second sweep wrote {[call.kind for call in written]}")


async def _looked_up(world: World) -> None:
    blob = await world.repository.history.blob(world.repository.head, POLICY)
    text = blob.content.decode() if blob else None
    world.governed = text not in (None, BROKEN)
    world.terms = terms_of(text)
