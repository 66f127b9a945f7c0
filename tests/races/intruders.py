"""What may move between a decision and the merge that follows from it, each as one thing that somebody does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.store.ledger import Release, ReleaseState
from simulator.merging import Wish, carried_out
from tests.races.scene import POLICY, Scene, Town, lines, opened

PERSON = "carol"
"""Who merges by hand."""


class Held(StrEnum):
    """What keeps a merge from happening once something has moved."""

    ALWAYS = "GitHub itself, whenever it moved"
    BY_READ = "the read immediately before the merge request"
    BY_TURN = "the transaction that takes the turn"
    AT_REST = "the look after it: GitHub has not merged yet"
    NEVER = "nothing: it may move"


@dataclass(frozen=True, slots=True)
class Intruder:
    """Somebody who does one thing.

    `moved` is the key under which it is found after landing, if it is to be found. `then` is what happens once all is
    at rest, such as a check that passes at last.
    """

    name: str
    does: Callable[[Scene], Awaitable[object]]
    held: Held
    moved: str = ""
    opens: Callable[[Town], Awaitable[Scene]] = opened
    then: Callable[[Scene], Awaitable[object]] | None = None


async def pushes(scene: Scene) -> None:
    """Push what is far too large on top, and have CI pass on it first."""
    repository, pull = scene.repository, scene.pull
    head = await repository.write("refs/heads/kept", pull.head, {"app.py": lines(300)}, ("Grow", "alice"))
    await repository.ci.succeeds(head)
    scene.moved_to.append(head)
    await pull.force_push(at=head)


async def pushes_back(scene: Scene) -> None:
    """Force-push back to the first commit, which is too large and on which CI passed."""
    first = (await scene.pull.commits())[0].sha
    scene.moved_to.append(first)
    await scene.pull.force_push(at=first)


async def retargets(scene: Scene) -> None:
    """Aim it at a branch for which the policy does not speak."""
    if scene.pull.open:
        await scene.pull.edit(base="other")


async def moves_the_base(scene: Scene) -> None:
    """Land something else."""
    await scene.repository.commit("main", {"else.py": lines(3)}, "Something else")


async def tightens_the_policy(scene: Scene) -> None:
    """Land a policy under which it is too large."""
    await scene.repository.commit("main", {".github/andon.yml": POLICY.replace("20", "2")}, "Smaller still")


async def forbids_to_merge(scene: Scene) -> None:
    """Land a policy in which andon merges nothing."""
    silent = "rules: {small-diff: {max-lines: 20}}\n"
    await scene.repository.commit("main", {".github/andon.yml": silent}, "We merge by hand")


async def breaks_the_policy(scene: Scene) -> None:
    """Land a policy that cannot be read."""
    await scene.repository.commit("main", {".github/andon.yml": "rules: [\n"}, "Oops")


async def freezes(scene: Scene) -> None:
    """Freeze the line by a comment on another pull request, which is looked at."""
    pull = await scene.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await pull.comment("bob", "/andon freeze database migration")
    await scene.look_beside(pull)


async def production_fails(scene: Scene) -> None:
    """Have a release fail that landed before."""
    now = scene.github.now()
    failed = (ReleaseState.FAILED, "production", "deployment", None, "the smoke test failed")
    await scene.bench.store.save_release(Release(scene.place, "9" * 40, 90, "main", *failed, now, now))


async def labels(scene: Scene) -> None:
    """Set the label that holds."""
    await scene.pull.label("hold")


async def holds(scene: Scene) -> None:
    """Hold it by a comment."""
    await scene.pull.comment("bob", "/andon hold not today")


async def leaves(scene: Scene) -> None:
    """Take from bob, who let it through, every right to write."""
    scene.repository.people.revoke("bob")


async def ci_fails(scene: Scene) -> None:
    """Run the required check anew, and have it fail."""
    await scene.repository.ci.starts(scene.judged)
    await scene.repository.ci.fails(scene.judged)


async def ci_runs_anew(scene: Scene) -> None:
    """Start the required check anew."""
    await scene.repository.ci.starts(scene.judged)


async def drafts(scene: Scene) -> None:
    """Make it a draft, as long as it is open."""
    if scene.pull.open:
        await scene.pull.convert_to_draft()


async def closes(scene: Scene) -> None:
    """Close it, as long as it is open."""
    if scene.pull.open:
        await scene.pull.close()


async def merges_by_hand(scene: Scene) -> None:
    """Merge it as a person does on the page."""
    async with scene.repository.merging:
        if scene.pull.open:
            await carried_out(scene.pull, Wish("squash"), scene.github.user(PERSON))


async def ci_passes(scene: Scene) -> None:
    """Have CI pass on the head of the moment, and on whatever stands in the merge queue."""
    for sha in (scene.pull.head, *(entry.sha for entry in scene.repository.queue)):
        await scene.repository.ci.succeeds(sha)


async def overridden(town: Town) -> Scene:
    """Open one that is too large; bob, who may write then, has just let it through."""
    scene = await opened(town, files={"app.py": lines(30)})
    await scene.look()
    scene.github.advance(5)
    await scene.pull.comment("bob", "/andon override small-diff generated, reviewed whole")
    return scene


async def asked_for(town: Town) -> Scene:
    """Open one that is merged on demand; bob, who may write then, has just asked for it."""
    scene = await opened(town, policy=POLICY.replace("when: ready", "when: label, label: ship"))
    await scene.look()
    scene.github.advance(5)
    await scene.pull.comment("bob", "/andon merge")
    return scene


async def arming(town: Town) -> Scene:
    """Open one for which GitHub's auto-merge is to be armed: CI still runs."""
    scene = await opened(town, policy=POLICY.replace("when: ready", "when: ready, via: auto-merge"), green=False)
    scene.repository.require_checks("main", ("ci", None), ("andon", scene.github.app_id))
    return scene


async def queueing(town: Town) -> Scene:
    """Open one into a branch with a merge queue."""
    scene = await opened(town)
    scene.repository.require("main", checks=(("ci", None),), queue=True)
    return scene


async def updating(town: Town) -> Scene:
    """Open one whose branch is behind a base that demands the contrary."""
    scene = await opened(town)
    scene.repository.require_checks("main", ("ci", None), strict=True)
    await scene.repository.commit("main", {"else.py": lines(3)}, "Something else")
    return scene


def _before(step: str, opens: Callable[[Town], Awaitable[Scene]]) -> tuple[Intruder, ...]:
    """List who comes before a step after which GitHub merges by itself, in its own time."""
    moves = (
        ("a push", pushes, Held.ALWAYS),
        ("a force-push back", pushes_back, Held.ALWAYS),
        ("a retarget", retargets, Held.AT_REST),
        ("a stricter policy", tightens_the_policy, Held.AT_REST),
        ("a failed release", production_fails, Held.AT_REST),
        ("a hold label", labels, Held.AT_REST),
        ("a hold", holds, Held.AT_REST),
    )
    return tuple(
        Intruder(f"{name} before it is {step}", does, held, "", opens, ci_passes) for name, does, held in moves
    )


DIRECTLY = (
    Intruder("a push", pushes, Held.ALWAYS),
    Intruder("a force-push back", pushes_back, Held.ALWAYS),
    Intruder("a retarget", retargets, Held.BY_READ, "base"),
    Intruder("another merge", moves_the_base, Held.NEVER),
    Intruder("a stricter policy", tightens_the_policy, Held.BY_READ, "policy"),
    Intruder("a policy without merges", forbids_to_merge, Held.BY_READ, "policy"),
    Intruder("a broken policy", breaks_the_policy, Held.BY_READ, "policy"),
    Intruder("a freeze", freezes, Held.BY_TURN, "line"),
    Intruder("a failed release", production_fails, Held.BY_TURN, "line"),
    Intruder("a hold label", labels, Held.BY_READ, "hold"),
    Intruder("a hold", holds, Held.BY_READ, "hold"),
    Intruder("who overrode leaves", leaves, Held.BY_READ, "permission", overridden),
    Intruder("who asked for it leaves", leaves, Held.BY_READ, "permission", asked_for),
    Intruder("the check turns red", ci_fails, Held.BY_READ, "checks"),
    Intruder("the check runs anew", ci_runs_anew, Held.BY_READ),  # it has not failed: nothing is to be told
    Intruder("it becomes a draft", drafts, Held.BY_READ),
    Intruder("it is closed", closes, Held.ALWAYS),
    Intruder("it is merged by hand", merges_by_hand, Held.NEVER),
)

INTRUDERS = (
    *DIRECTLY,
    *_before("armed", arming),
    *_before("queued", queueing),
    Intruder("a push before it is updated", pushes, Held.ALWAYS, "", updating),
    Intruder("a force-push back before it is updated", pushes_back, Held.ALWAYS, "", updating),
)
