"""One thread writes; all calls of one kind that wait share one transaction, and get their answers after its COMMIT."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.store.engine import StoreUnavailable, is_transient, is_unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Engine

LARGEST_GROUP = 500
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


@dataclass(frozen=True, slots=True)
class _Call:
    kind: Kind[Any, Any]
    item: Any
    answer: Future[Any] = field(default_factory=Future)


class Writer:
    """The only writer of this process. SQLite allows one; PostgreSQL profits from the shared COMMIT."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._closed = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="andon-writer", daemon=True)
        self._thread.start()

    async def write(self, kind: Kind[Item, Answer], item: Item) -> Answer:
        """Carry out one item; returns after COMMIT. Raises StoreUnavailable where the database failed."""
        call = _Call(kind, item)
        with self._closed:
            if self._is_closed:
                raise StoreUnavailable("the store is closed")
            self._calls.put(call)
        answer: Answer = await asyncio.wrap_future(call.answer)
        return answer

    async def close(self) -> None:
        """Carry out what waits, then end the thread."""
        with self._closed:
            if not self._is_closed:
                self._is_closed = True
                self._calls.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        going_on = True
        while going_on:
            calls, going_on = self._waiting()
            kinds: dict[Kind[Any, Any], list[_Call]] = {}
            for call in calls:
                # A caller that gave up before its turn is not carried out: nobody would hear the answer.
                if call.answer.set_running_or_notify_cancel():
                    kinds.setdefault(call.kind, []).append(call)
            for kind, group in kinds.items():
                self._answer(kind, _in_order(kind, group))

    def _waiting(self) -> tuple[list[_Call], bool]:
        """Wait for a call, then take all that have gathered. The flag says whether more may come."""
        calls: list[_Call] = []
        try:
            while len(calls) < LARGEST_GROUP:
                call = self._calls.get(block=not calls)
                if call is None:
                    return calls, False
                calls.append(call)
        except Empty:
            pass
        return calls, True

    def _answer(self, kind: Kind[Any, Any], group: list[_Call]) -> None:
        try:
            answers = self._transact(kind, [call.item for call in group])
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the callers, not to this thread
            self._fail(kind, group, error)
        else:
            for call, answer in zip(group, answers, strict=True):
                call.answer.set_result(answer)

    def _fail(self, kind: Kind[Any, Any], group: list[_Call], error: Exception) -> None:
        """Pass on a failure; where one item may have taken the others down, each is tried alone."""
        if is_unavailable(error):
            for call in group:
                unavailable = StoreUnavailable(f"{type(error).__name__}: {getattr(error, 'orig', error)}")
                unavailable.__cause__ = error
                call.answer.set_exception(unavailable)
        elif len(group) == 1:
            group[0].answer.set_exception(error)
        else:
            for call in group:
                self._answer(kind, [call])

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


def _in_order(kind: Kind[Any, Any], group: list[_Call]) -> list[_Call]:
    order = kind.order
    return group if order is None else sorted(group, key=lambda call: order(call.item))


def _carry_out(kind: Kind[Any, Any], connection: Connection, items: Sequence[Any]) -> Sequence[Any]:
    """Carry out items, and see to it that every caller gets an answer: one that waited for ever would tell nobody."""
    answers = kind.carry_out(connection, items)
    if len(answers) != len(items):
        raise AssertionError(f"{len(items)} items got {len(answers)} answers")
    return answers
