"""`python -m bot`, but leases run out after six seconds, and who is stopped waits for its looks for two alone."""

from __future__ import annotations

from functools import partial

from bot import worker
from bot.store import endings, work

SHORT_LEASE_SECONDS = 6.0
DRAIN_SECONDS = 2.0


def shorten() -> None:
    """Have this process be that impatient, as operators cannot."""
    work.LEASE_SECONDS = endings.LEASE_SECONDS = SHORT_LEASE_SECONDS  # type: ignore[attr-defined] # both name the same
    worker.Pace = partial(worker.Pace, renew=0.5, poll=0.5, drain=DRAIN_SECONDS)  # type: ignore[misc, assignment]


if __name__ == "__main__":
    from bot.__main__ import main

    shorten()
    main()
