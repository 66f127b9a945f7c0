"""One thread writes; all calls of one kind that wait share one transaction, and get their answers after its COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.store.engine import StoreUnavailable, is_transient, is_unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Engine

LARGEST_GROUP = 500
ENOUGH = 64
"""As many calls are handed over without waiting for more."""

QUIET_TURNS = 3
"""A request that has come needs two turns of the event loop until its handler writes: after the third none is near."""

TRANSIENT_TRIES = 3

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, eq=False)
class Kind(Generic[Item, Answer]):
    """One kind of write: carries out many items in one transaction and gives one answer for each, in their order.

    Where `order` is given, items come in that order: two processes that lock the same rows cannot deadlock.
    """

    carry_out: Callable[[Connection, Sequence[Item]], Sequence[Answer]]
    order: Callable[[Item], Any] | None = None


@dataclass(slots=True)
class _Call:
    """One item that waits for its turn; the thread writes what came of it, the loop tells the caller."""

    kind: Kind[Any, Any]
    item: Any
    caller: asyncio.Future[Any]
    answer: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Give the caller its answer, if it still waits."""
        if self.caller.done():
            return
        if self.error is None:
            self.caller.set_result(self.answer)
        else:
            self.caller.set_exception(self.error)


class Writer:
    """The only writer of this process. SQLite allows one; PostgreSQL profits from the shared COMMIT.

    Calls that come close together reach the thread together, and their answers come back together: each crossing
    between the two has both want the interpreter, and costs more than a call itself. Whoever writes does so from one
    event loop.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._gathered: list[_Call] = []
        self._handed: SimpleQueue[list[_Call] | None] = SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="andon-writer", daemon=True)
        self._thread.start()

    async def write(self, kind: Kind[Item, Answer], item: Item) -> Answer:
        """Carry out one item; returns after COMMIT. Raises StoreUnavailable where the database failed."""
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        loop = asyncio.get_running_loop()
        if not self._gathered:
            loop.call_soon(self._gather, loop, 1, QUIET_TURNS)
        call = _Call(kind, item, loop.create_future())
        self._gathered.append(call)
        answer: Answer = await call.caller
        return answer

    async def close(self) -> None:
        """Carry out what waits, then end the thread."""
        if not self._is_closed:
            self._is_closed = True
            self._hand_over()
            self._handed.put(None)
        await asyncio.to_thread(self._thread.join)

    def _gather(self, loop: asyncio.AbstractEventLoop, known: int, turns: int) -> None:
        """Wait until no call has come for some turns, then hand over what has gathered."""
        gathered = len(self._gathered)
        if gathered != known:
            turns = QUIET_TURNS
        if turns and 0 < gathered < ENOUGH:
            loop.call_soon(self._gather, loop, gathered, turns - 1)
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._gathered:
            self._handed.put(self._gathered)
            self._gathered = []

    def _run(self) -> None:
        going_on = True
        while going_on:
            calls, going_on = self._waiting()
            kinds: dict[Kind[Any, Any], list[_Call]] = {}
            for call in calls:
                # A caller that gave up before its turn is not carried out: nobody would hear the answer.
                if not call.caller.cancelled():
                    kinds.setdefault(call.kind, []).append(call)
            for kind, group in kinds.items():
                self._carry_out(kind, _in_order(kind, group))
                _tell(group)

    def _waiting(self) -> tuple[list[_Call], bool]:
        """Wait for calls, then take all that have gathered. The flag says whether more may come."""
        calls: list[_Call] = []
        try:
            while len(calls) < LARGEST_GROUP:
                handed = self._handed.get(block=not calls)
                if handed is None:
                    return calls, False
                calls += handed
        except Empty:
            pass
        return calls, True

    def _carry_out(self, kind: Kind[Any, Any], group: list[_Call]) -> None:
        try:
            answers = self._transact(kind, [call.item for call in group])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the callers, not to this thread
            self._fail(kind, group, error)
        else:
            for call, answer in zip(group, answers, strict=True):
                call.answer = answer

    def _fail(self, kind: Kind[Any, Any], group: list[_Call], error: Exception) -> None:
        """Pass on a failure; where one item may have taken the others down, each is tried alone."""
        if is_unavailable(error):
            for call in group:
                call.error = StoreUnavailable(f"{type(error).__name__}: {getattr(error, 'orig', error)}")
                call.error.__cause__ = error
        elif len(group) == 1:
            group[0].error = error
        else:
            for call in group:
                self._carry_out(kind, [call])

    def _transact(self, kind: Kind[Any, Any], items: Sequence[Any]) -> Sequence[Any]:
        for tries in range(1, TRANSIENT_TRIES + 1):
            try:
                with self._engine.begin() as connection:
                    answers = _carry_out(kind, connection, items)
            except Exception as error:
                if tries == TRANSIENT_TRIES or not is_transient(error):
                    raise
            else:
                return answers
        raise AssertionError("a loop that returns or raises")


def _tell(group: list[_Call]) -> None:
    """Have the loop give the callers of a group their answers."""

    def tell() -> None:
        for call in group:
            call.tell()

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        group[0].caller.get_loop().call_soon_threadsafe(tell)


def _in_order(kind: Kind[Any, Any], group: list[_Call]) -> list[_Call]:
    order = kind.order
    return group if order is None else sorted(group, key=lambda call: order(call.item))


def _carry_out(kind: Kind[Any, Any], connection: Connection, items: Sequence[Any]) -> Sequence[Any]:
    """Carry out items, and see to it that every caller gets an answer: one that waited for ever would tell nobody."""
    answers = kind.carry_out(connection, items)
    if len(answers) != len(items):
        raise AssertionError(f"{len(items)} items got {len(answers)} answers")
    return answers
