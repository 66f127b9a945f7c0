"""`python -m bot`, but leases run out after six seconds: what is given up is taken over while a test waits."""

from __future__ import annotations

from functools import partial

from bot import worker
from bot.store import endings, work

LEASE_SECONDS = 6.0

work.LEASE_SECONDS = endings.LEASE_SECONDS = LEASE_SECONDS  # type: ignore[attr-defined] # both name the same
worker.Pace = partial(worker.Pace, renew=0.5, poll=0.5)  # type: ignore[misc, assignment] # as operators cannot

if __name__ == "__main__":
    from bot.__main__ import main

    main()
