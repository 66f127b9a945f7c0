"""What may happen to one open pull request, played on GitHub the way people and machines do it."""

from __future__ import annotations

from collections.abc import Mapping

from simulator import auto_merge, merging, reviewing
from simulator.ci import start_check
from simulator.mergeability import merging_of
from simulator.merging import Wish
from simulator.pull_request import PullRequest
from simulator.records import App, CheckRunState, User
from tests.chaos.events import Event
from tests.chaos.oracle import IMPOSTOR
from tests.chaos.policies import HOLD_LABEL, SHIP, rows
from tests.chaos.world import Act, World

OTHER_APP = App(IMPOSTOR, "other", User(902003, "other[bot]", "Bot"))
SIZES = (5, 6, 3, 25, 60, 4)
LABELS = (SHIP, HOLD_LABEL, "bug")
COMMANDS = (
    ("bob", "/andon merge"),
    ("bob", "/andon hold not today"),
    ("bob", "/andon unhold"),
    ("bob", "/andon recheck"),
    ("dave", "/andon override small-diff generated, read whole"),
    ("bob", "/andon fix-forward restores the checkout"),
    ("carol", "/andon merge"),
    ("mallory", "/andon merge"),
)
ORDERS = (
    ("bob", "/andon freeze database migration"),
    ("bob", "/andon unfreeze"),
    ("bob", "/andon freeze lunch until 30m"),
    ("carol", "/andon unfreeze"),
)
WORDS = (
    ("alice", "/andon hold"),
    ("helper[bot]", "/andon merge"),
    ("mallory", "/andon unfreeze"),
    ("alice", "/andon merge"),
    ("bob", "looks good"),
    ("carol", "/andon hold"),
    ("bob", "/andon dance"),
    ("bob", "/andon override small-diff"),
)


def _own(pull: PullRequest) -> str:
    return f"part_{pull.number}.py"


async def _push(world: World, event: Event) -> bool:
    pull = world.pull(event)
    count = SIZES[event.pick % len(SIZES)]
    await pull.push({_own(pull): rows(count, f"part_{pull.number}_{world.happened}")})
    return True


async def _empty_push(world: World, event: Event) -> bool:
    await world.pull(event).push({}, "Nothing")
    return True


async def _back(world: World, event: Event) -> bool:
    pull = world.pull(event)
    older = [head for head in world.heads[pull.number] if head != pull.head]
    if not older:
        return False
    await pull.force_push(at=older[event.pick % len(older)])
    return True


async def _rewrite(world: World, event: Event) -> bool:
    pull = world.pull(event)
    await pull.force_push({_own(pull): rows(SIZES[event.pick % len(SIZES)], f"part_{pull.number}")})
    return True


async def _swap(world: World, event: Event) -> bool:
    """Force-push to a commit on which CI succeeded before: GitHub itself has nothing against that head."""
    pull = world.pull(event)
    files = {_own(pull): rows(SIZES[event.pick % len(SIZES)], f"part_{pull.number}_{world.happened}")}
    other = await world.repository.write("refs/heads/kept", pull.head, files, ("Try", pull.author.login))
    await world.repository.ci.succeeds(other, "ci", tell=False)
    await pull.force_push(at=other)
    return True


async def _review(world: World, event: Event) -> bool:
    by = ("bob", "carol", "mallory", "bob")[event.pick % 4]
    state = ("APPROVED", "APPROVED", "CHANGES_REQUESTED", "COMMENTED")[(event.pick // 2) % 4]
    await world.pull(event).review(by, state)
    return True


async def _dismiss(world: World, event: Event) -> bool:
    pull = world.pull(event)
    if not pull.now.reviews:
        return False
    reviewing.dismiss(pull, pull.now.reviews[-1])
    world.unheard = True
    return True


async def _ci(world: World, event: Event) -> bool:
    ci, head = world.repository.ci, world.pull(event).head
    match event.pick:
        case 5:
            await ci.fails(head, "ci")
        case 6:
            await ci.starts(head, "ci")
            world.unheard = world.checks_unheard = True  # the bot hears of what ended; a sweep finds what only began
        case 7:
            await ci.finishes(head, "ci", "neutral")
        case _:
            await ci.succeeds(head, "ci")
    return True


async def _lint(world: World, event: Event) -> bool:
    conclusion = ("success", "failure", "skipped", "cancelled")[event.pick % 4]
    await world.repository.ci.finishes(world.pull(event).head, "lint", conclusion)
    return True


async def _status(world: World, event: Event) -> bool:
    state = ("success", "pending", "failure")[event.pick % 3]
    if state == "pending":
        world.unheard = world.checks_unheard = True
    await world.repository.ci.status(world.pull(event).head, ("ci", "lint")[event.pick // 4], state)
    return True


async def _other_app(world: World, event: Event) -> bool:
    name = ("ci", "andon", "ci", "lint")[event.pick % 4]
    state = CheckRunState("completed", "success" if event.pick < 4 else "failure", started_at=world.form.github.now())
    await start_check(world.repository, OTHER_APP, (name, world.pull(event).head), state)
    return True


async def _retarget(world: World, event: Event) -> bool:
    pull = world.pull(event)
    await pull.edit(base="release" if pull.base == "main" else "main")
    return True


async def _label(world: World, event: Event) -> bool:
    pull, name = world.pull(event), LABELS[event.pick % len(LABELS)]
    await (pull.unlabel(name) if name in pull.labels else pull.label(name))
    return True


def _says(words: tuple[tuple[str, str], ...]) -> Act:
    async def say(world: World, event: Event) -> bool:
        by, said = words[event.pick % len(words)]
        await world.comment(world.pull(event), by, said)
        return True

    return say


async def _edit(world: World, event: Event) -> bool:
    return await world.edit(world.pull(event), ("/andon merge", "never mind", "/andon unhold")[event.pick % 3])


async def _close(world: World, event: Event) -> bool:
    await world.pull(event).close()
    return True


async def _by_hand(world: World, event: Event) -> bool:
    """Merge as a person on the page does, where GitHub lets them."""
    pull = world.pull(event)
    state = await merging_of(pull, pull.now)
    if state.status not in auto_merge.READY or world.repository.ruleset(pull.base).queue:
        return False
    async with world.repository.merging:
        if pull.open:
            await merging.carried_out(pull, Wish("squash", pull.head), world.form.github.user("bob"))
    return True


async def _arm(world: World, event: Event) -> bool:
    """Arm GitHub's auto-merge as a person does."""
    pull = world.pull(event)
    state = await merging_of(pull, pull.now)
    if state.status in auto_merge.READY or pull.now.auto_merge is not None:
        return False
    await auto_merge.arm(pull, Wish("squash", pull.head), world.form.github.user("bob"))
    return True


async def _draft(world: World, event: Event) -> bool:
    pull = world.pull(event)
    await (pull.ready() if pull.now.draft else pull.convert_to_draft())
    return True


async def _title(world: World, event: Event) -> bool:
    await world.pull(event).edit(title=f"Change {event.pick}", body="More words")
    return True


async def _press(world: World, event: Event) -> bool:
    pull = world.pull(event)
    run = pull.check_run("andon")
    if run is None or run.app.id != world.form.github.app_id:
        return False
    world.rechecked.add(pull.number)
    await pull.rerequest("andon", by=("bob", "alice", "mallory")[event.pick % 3])
    return True


OPEN: Mapping[str, Act] = {
    "ci": _ci,
    "label": _label,
    "push": _push,
    "command": _says(COMMANDS),
    "order": _says(ORDERS),
    "words": _says(WORDS),
    "review": _review,
    "dismiss": _dismiss,
    "lint": _lint,
    "status": _status,
    "other-app": _other_app,
    "empty-push": _empty_push,
    "back": _back,
    "rewrite": _rewrite,
    "swap": _swap,
    "retarget": _retarget,
    "edit": _edit,
    "title": _title,
    "close": _close,
    "by-hand": _by_hand,
    "arm": _arm,
    "draft": _draft,
    "press": _press,
}
"""What happens to a pull request that is open; it happens to no other."""
