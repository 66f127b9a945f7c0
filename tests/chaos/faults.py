"""How GitHub's API misbehaves in a schedule: calls that fail or are limited, and reads that lag or contradict."""

from __future__ import annotations

from simulator.calls import Asked
from simulator.knobs import Failure, RateLimit
from tests.chaos.events import Event
from tests.chaos.world import World


def _is_write(asked: Asked) -> bool:
    reads = ("GET", "HEAD")
    mutation = asked.operation in ("ArmAutoMerge", "DisarmAutoMerge", "Enqueue", "Dequeue")
    return mutation or (asked.operation is None and asked.method not in reads and "access_tokens" not in asked.template)


def _is_merge(asked: Asked) -> bool:
    return asked.kind == "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge"


def _is_read(asked: Asked) -> bool:
    return asked.operation is not None and not _is_write(asked)


async def fault(world: World, event: Event) -> bool:
    """Have the next calls of some kind fail."""
    github = world.form.github
    match event.pick:
        case 0:
            github.fails_next(2, _is_read)
        case 1:
            github.fails_next(1, _is_merge, status=500)
        case 2:
            github.fails_next(1, _is_write, after=True)
        case 3:
            github.resets_next(1, _is_write, after=True)
        case 4:
            github.resets_next(1)
        case 5:
            github.limits_next(1, limit=RateLimit(retry_after=20))
        case 6:
            github.limits_next(1, limit=RateLimit(Failure.PRIMARY, 429, reset_in=40.0))
        case _:
            github.fails_next(1, _is_write, status=500, after=True)
    world.disturbed = world.disturbed_ever = True
    return True


async def lag(world: World, event: Event) -> bool:
    """Have the next reads tell of what was, of two heads at once, or of nothing yet."""
    github = world.form.github
    match event.pick % 4:
        case 0:
            github.stale_reads(2)
        case 1:
            github.torn_reads(2)
        case 2:
            github.mergeable_unknown(2)
        case _:
            github.base_modified_next(1)
    world.lagging = world.disturbed = world.disturbed_ever = True
    return True


def heal(world: World) -> None:
    """Have GitHub behave again."""
    github = world.form.github
    github.faults.clear()
    github.partial.clear()
    github.stale = github.torn = github.unknown_mergeable = github.base_modified = 0
