"""How little must have been written from one rest to the next.

The minimal number of writes on a pull request is that of the states it was seen in: none where nothing happened, one
more for each thing that did. Whatever lies between two rests is k things: events of the schedule, landings,
deployments that came or changed, and steps of andon's with GitHub's auto-merge or queue, by which others move up. So
from one rest to the next, a pull request may have got at most

- k + 1 check runs: the one for the state after each thing, and one more that a read in between may have caused;
- k + 1 writes of its comment, whose text follows the verdict;
- one merge, and k + 1 steps with auto-merge or queue, these not counted in k;

and a comment at most one reaction. After the last event the state is one, k is what the bot itself then brought about,
and the same holds once more: at most one check run and one write of its comment for that state, one more for a read
that was begun before the event, and one for each landing, deployment, step or command that was taken in only then.
Before it, k + 1 is all that can be said: what happens to one moves others up in the line, and so changes what their
check runs say.

Where nothing happened, and no time passed at which something changes by itself, nothing is written at all
(`machine.nothing_is_left`). Calls that GitHub failed after carrying them out count double.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from simulator.calls import Call
from simulator.shapes import node_id
from tests.chaos.oracle import BOT
from tests.chaos.world import Breach, Counted, World

CHECKED = "POST /repos/{owner}/{repo}/check-runs"
COMMENTED = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"
EDITED = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}"
REACTED = "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
MERGED = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge"
CREATED = 300
STEPS = ("ArmAutoMerge", "DisarmAutoMerge", "Enqueue", "Dequeue")


def little_was_written(world: World) -> None:
    """Hold the writes since the last rest against what happened since."""
    now = now_of(world)
    _hold(world, world.counted, now, "since the last rest")
    if world.last_event.calls >= world.counted.calls:
        _hold(world, replace(world.last_event, happened=world.last_event.happened - 1), now, "after the last event")
    world.counted = world.last_event = replace(now, unanswered=0)


def _hold(world: World, before: Counted, now: Counted, when: str) -> None:
    """Hold the writes between two counts against what happened between them."""
    calls = [call for call in world.form.github.calls[before.calls : now.calls] if 0 < call.status < CREATED]
    steps = _steps(world, calls)
    things = now.happened - before.happened + now.landed - before.landed + now.deployed - before.deployed
    things += steps.total() + before.unanswered
    most = things + 1 + now.aged - before.aged
    reactions = Counter(call.path for call in calls if call.kind == REACTED)
    slack = 2 if world.disturbed else 1
    for what, counted, limit in (
        ("check runs", _checks(world, calls), most),
        ("writes of its comment", _comments(world, calls), most),
        ("merges", Counter(call.path for call in calls if call.kind == MERGED), 1),
        ("steps with auto-merge or queue", steps, most - steps.total()),
        ("reactions", reactions, 1),
    ):
        for whose, count in counted.items():
            world.tally[f"{what} {when}: {count} where {limit - 1} lie between"] += 1
            if count > limit * slack:
                raise Breach(f"{whose} got {count} {what} where {things} things happened, {when}")


def now_of(world: World) -> Counted:
    """Count everything that may be a reason for a write, and the calls that were made by now."""
    deployed = sum(1 + len(one.statuses) for one in world.repository.deployments)
    landed = sum(pull.merged for pull in world.pulls)
    return Counted(len(world.form.github.calls), world.happened, landed, deployed, world.aged, _unanswered(world))


def _unanswered(world: World) -> int:
    """Count the commands that carry no reaction of andon's yet."""
    commands = (world.comments[one.id] for one in world.said if one.words.startswith("/andon"))
    return sum(all(each.author.login != BOT for each in comment.reactions) for comment in commands)


def _checks(world: World, calls: list[Call]) -> Counter[str]:
    heads = [call.body["head_sha"] for call in calls if call.kind == CHECKED and isinstance(call.body, dict)]
    names = {head: f"#{number}" for number, known in world.heads.items() for head in known}
    return Counter(names.get(head, head[:7]) for head in heads)


def _steps(world: World, calls: list[Call]) -> Counter[str]:
    whose = {node_id("PR", pull.id): f"#{pull.number}" for pull in world.pulls}
    steps = [
        call.body["variables"]["id"] for call in calls if call.asked.operation in STEPS and isinstance(call.body, dict)
    ]
    return Counter(whose[step] for step in steps)


def _comments(world: World, calls: list[Call]) -> Counter[str]:
    whose = {f"{one.id}": f"#{pull.number}" for pull in world.pulls for one in pull.comments}
    begun = [f"#{call.path.split('/')[-2]}" for call in calls if call.kind == COMMENTED]
    return Counter([*begun, *(whose.get(call.path.rpartition("/")[2], "") for call in calls if call.kind == EDITED)])
