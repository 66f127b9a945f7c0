"""Who may still write: before each request that changes something on GitHub, a look proves that it still is its turn.

GitHub knows nothing of our leases, and takes what a process sends that stood still until its lease had run out. So the
process itself asks, as the last thing before the request leaves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Proof = Callable[[], Awaitable[None]]
"""Returns where it still is the turn of a look; raises Overtaken where it is not."""


class Overtaken(Exception):  # noqa: N818 - not an error of anybody: another process goes on with it
    """Another process has taken over what is looked at here: nothing may be written of it any more."""


_proof: ContextVar[Proof | None] = ContextVar("proof", default=None)


@contextmanager
def fenced(proof: Proof) -> Iterator[None]:
    """Have every request within that changes something wait for this proof."""
    before = _proof.set(proof)
    try:
        yield
    finally:
        _proof.reset(before)


async def prove() -> None:
    """Prove that whoever looks here may still write; where nobody asked for a proof, anybody may. Raises Overtaken."""
    proof = _proof.get()
    if proof is not None:
        await proof()
