"""An event loop whose time passes only while nothing else is to be done, and then at once."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

RESOLUTION = 1e-6
"""Seconds below which two moments are one: what adding up floats may lose."""

BESIDE = (0.0, 0.004)
"""The least and the most virtual seconds until a thread has done it: others come between two questions to the store."""


class StandstillError(Exception):
    """Everything waits for something that nothing will bring about."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time begins at 0.0. What is given to an executor is done on this loop: there are no threads.

    It is done at once, or where there is `luck` after a time drawn from it.
    """

    def __init__(self, luck: random.Random | None = None) -> None:
        self._passed = 0.0
        self._luck = luck
        super().__init__(_Jumping(self._pass))
        self._clock_resolution = RESOLUTION

    def time(self) -> float:
        """Tell how many seconds passed since the loop was made."""
        return self._passed

    def _pass(self, seconds: float) -> None:
        self._passed += seconds

    def run_in_executor(  # type: ignore[override] # a future of this loop, as the real one gives
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Do some work; whoever waits for it is suspended, as for a thread."""
        del executor
        future: asyncio.Future[T] = self.create_future()
        if self._luck is None:
            self.call_soon(_carry_out, future, func, args)
        else:
            self.call_later(self._luck.uniform(*BESIDE), _carry_out, future, func, args)
        return future


def _carry_out(future: asyncio.Future[T], func: Callable[..., T], args: tuple[Any, ...]) -> None:
    if future.cancelled():
        return
    try:
        future.set_result(func(*args))
    except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
        future.set_exception(error)


class _Jumping(selectors.BaseSelector):
    """Watches no files: where the loop would wait for them, time jumps to its next timer."""

    def __init__(self, pass_time: Callable[[float], None]) -> None:
        self._pass_time = pass_time
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Take note of the loop's own pipe; nothing ever comes through it."""
        key = selectors.SelectorKey(fileobj, fileobj, events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Forget a file."""
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass that the loop would wait. Raises StandstillError where it would wait for ever."""
        if timeout is None:
            raise StandstillError("nothing is ready, and no timer runs")
        if timeout > 0:
            self._pass_time(timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Give what is registered."""
        return self._keys
