"""How urgent a look is, and so for how long it goes on while little is left of what GitHub allows."""

from __future__ import annotations

from bot.address import Address, CommitAt, IncidentAt, PullRequestAt, QueueGroupAt, RepositoryAt
from bot.bench import Bench
from bot.github.urgency import Urgency


async def urgency_of(bench: Bench, address: Address) -> Urgency:
    """Tell how urgent a look is. What is about to merge, and what has merged and is on its way to live, comes first."""
    match address:
        case PullRequestAt(repository=repository, number=number):
            stands_in_line = await bench.store.line.entry(repository, number) is not None
            return Urgency.MERGE if stands_in_line else Urgency.VERDICT
        case CommitAt(repository=repository, sha=sha):
            landed = await bench.store.release_of(repository, sha) is not None
            return Urgency.MERGE if landed else Urgency.VERDICT
        case QueueGroupAt():
            return Urgency.MERGE
        case IncidentAt() | RepositoryAt():
            return Urgency.SWEEP
