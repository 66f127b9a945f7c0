"""What must hold after each race, whoever came between and wherever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from simulator.calls import Call
from tests.races.driver import Point, Race
from tests.races.intruders import PERSON, Held, Intruder
from tests.races.scene import MERGE, SNAPSHOT, Scene, Town

READING = "github/github._snapshot"
WRITES = ("ArmAutoMerge", "DisarmAutoMerge", "Enqueue", "Dequeue")
TOKENS = "/app/installations/{installation_id}/access_tokens"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one race ended: where the intruder struck, which laws were broken, whether it landed and what was found."""

    intruder: str
    point: Point | None
    broken: tuple[str, ...]
    landed: bool
    found: tuple[str, ...]

    def __str__(self) -> str:
        where = f"at {self.point.index}, in {' > '.join(self.point.path[-2:])}" if self.point else "never"
        return f"{self.intruder} {where}: {'; '.join(self.broken)}"


@dataclass(slots=True)
class Came:
    """When the intruder was done: after how many calls, with a read under way or not, with the turn taken or not.

    `late` says that it had landed by then: GitHub merged what was on its way while the intruder came.
    """

    calls: int = 0
    late: bool = False
    reading: bool = False
    turn_taken: bool = False


async def run(town: Town, intruder: Intruder, at: int) -> Outcome:
    """Race one intruder at one await point, and hold what came of it against the laws."""
    scene = await intruder.opens(town)
    came = Came()

    async def between() -> None:
        reads = _reads(scene.calls)
        await intruder.does(scene)
        came.turn_taken = (await scene.bench.store.line.read(scene.line)).turn is not None
        came.reading = any(step.startswith(READING) for step in race.path) and _reads(scene.calls) == reads
        came.calls = len(scene.calls)
        came.late = scene.pull.merged

    race = Race(at, between)
    await scene.raced(race)
    await scene.at_rest()
    if intruder.then is not None:
        await intruder.then(scene)
        await scene.at_rest()
    before = len(scene.calls)
    record = await scene.record()
    await scene.look()
    landed = record.get("landed") or {}
    found = tuple(one["what"] for one in landed.get("moved", ()))
    broken = [*await _wrong_heads(scene), *await _wrong_steps(scene), *_writes_at_rest(scene, before)]
    broken += _not_compared(scene, landed)
    if race.struck is not None:
        broken += _overlooked(scene, intruder, came, found)
    return Outcome(intruder.name, race.struck, tuple(broken), scene.pull.merged, found)


async def _wrong_heads(scene: Scene) -> list[str]:
    """Law a: what andon has merged is the content of a head on which its own check run says success; and once only."""
    pull, merges = scene.pull, _merges(scene.calls)
    heads = {str(call.body.get("sha")) for call in merges if isinstance(call.body, dict)}
    if pull.merged and pull.now.merged_by is not scene.github.user(PERSON):
        heads.add(pull.head)
    broken = ["it was merged more than once"] if len(merges) > 1 else []
    for head in heads:
        broken += [one async for one in _wrong_head(scene, head)]
    return broken


async def _wrong_head(scene: Scene, head: str) -> AsyncIterator[str]:
    said = [run.conclusion for run in scene.repository.checks_on.get(head, []) if run.app.id == scene.github.app_id]
    if "success" not in said:
        yield f"merged at {head[:7]}, where andon said {said}"
    git, landed_on, landed = scene.repository.git, scene.pull.now.landed_on or "", scene.pull.merge_commit or ""
    wanted = await asyncio.to_thread(git.merged_tree, landed_on, head)
    if wanted != await asyncio.to_thread(git.merged_tree, landed, landed):  # merged with itself it is its own tree
        yield f"what landed is not the content of {head[:7]}"
    if head in scene.moved_to:
        yield f"the intruder's head {head[:7]} was merged"


async def _wrong_steps(scene: Scene) -> list[str]:
    """Law a, before GitHub merges by itself: armed, queued and brought up to date is only the head that was judged."""
    states = [version.value for version in scene.pull.versions.all]
    broken = [
        f"armed at {now.head[:7]}"
        for was, now in pairwise(states)
        if was.auto_merge is None and now.auto_merge is not None and now.head != scene.judged
    ]
    broken += [f"queued at {entry.head[:7]}" for entry in scene.queue.every if entry.head != scene.judged]
    for commit in await scene.pull.commits():
        if len(commit.parents) > 1 and commit.parents[0] != scene.judged:
            broken.append(f"brought up to date at {commit.parents[0][:7]}")
    return broken


def _overlooked(scene: Scene, intruder: Intruder, came: Came, found: Sequence[str]) -> Iterator[str]:
    """Laws b and c: what moved in time holds the merge; what moved too late for that is found after landing."""
    if intruder.held is Held.AT_REST:
        if scene.pull.merged:
            yield "GitHub merged by itself although it moved before, and andon has looked since"
        return
    merges = [index for index, call in enumerate(scene.calls) if call.kind == MERGE and call.status < 300]
    if not merges or came.late or merges[0] < came.calls or intruder.held is Held.NEVER:
        return
    reads = _reads(scene.calls[came.calls : merges[0]]) - came.reading
    in_time = {
        Held.BY_READ: reads > 0,
        Held.BY_TURN: not came.turn_taken,
    }
    if in_time.get(intruder.held, False):
        yield f"merged although it moved before, and is held by {intruder.held}"
    elif intruder.moved and intruder.moved not in found:
        yield f"moved too late to be seen, and was not found after landing as `{intruder.moved}`: {list(found)}"


def _writes_at_rest(scene: Scene, since: int) -> Iterator[str]:
    """Law d: at rest GitHub shows what a fresh decision wants, so that one more look writes nothing."""
    for call in scene.calls[since:]:
        reads = call.method == "GET" or (call.asked.operation is not None and call.asked.operation not in WRITES)
        if not reads and call.route != TOKENS:
            yield f"at rest it still wrote: {call.kind}"


def _not_compared(scene: Scene, landed: Mapping[str, Any]) -> Iterator[str]:
    """Law c, of the content: it was compared, and is what was judged."""
    if scene.pull.merged and landed.get("content") != "same":
        yield f"what landed was not found to be what was judged: {landed}"


def _merges(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if call.kind == MERGE and call.status < 300]


def _reads(calls: Sequence[Call]) -> int:
    return sum(call.kind == SNAPSHOT for call in calls)
