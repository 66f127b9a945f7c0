"""Drives one coroutine by hand: stops it at one of its await points, lets something else happen, and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass, field
from pathlib import Path
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Any, Generic, TypeVar

Gives = TypeVar("Gives")
Between = Callable[[], Coroutine[Any, Any, None]]

BOT = Path(__file__).parents[2] / "bot"


@dataclass(frozen=True, slots=True)
class Point:
    """One await point: its number since the race began, and the path of awaits through the bot that leads to it."""

    index: int
    path: tuple[str, ...]

    @property
    def place(self) -> str:
        """The innermost place of the bot that waits there, as `module.function`."""
        return self.path[-1] if self.path else "?"


@dataclass(slots=True)
class Race:
    """Counts await points once it began, and lets `between` happen at the one numbered `at` (None: only counts).

    It happens when the question has gone out, or where it is `answered`: the answer is there, and not looked at yet.
    """

    at: int | None = None
    between: Between | None = None
    answered: bool = False
    is_over: Callable[[], bool] = lambda: False
    began: bool = False
    points: list[Point] = field(default_factory=list)
    struck: Point | None = None

    def arrives(self, coroutine: Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, None] | None:
        """Count one await point; give what is to happen there, if anything is."""
        if not self.began or self.is_over():
            return None
        point = Point(len(self.points), path_of(coroutine))
        self.points.append(point)
        if point.index != self.at or self.between is None:
            return None
        self.struck = point
        return self.between()

    @property
    def path(self) -> tuple[str, ...]:
        """Give the path to the await point at which something happened."""
        return self.struck.path if self.struck else ()


@dataclass(frozen=True, slots=True)
class Stepped(Awaitable[Gives], Generic[Gives]):
    """A coroutine whose every future passes through our hands, whoever made it: a store, a token, a socket, a lock."""

    inner: Coroutine[Any, Any, Gives]
    race: Race

    def __await__(self) -> Generator[Any, Any, Gives]:
        thrown: BaseException | None = None
        while True:
            try:
                future = self.inner.send(None) if thrown is None else self.inner.throw(thrown)
            except StopIteration as ended:
                answer: Gives = ended.value
                return answer
            between = self.race.arrives(self.inner)
            if between is not None and not self.race.answered:
                yield from between.__await__()
            thrown = None
            try:
                yield future
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - it belongs to the coroutine
                thrown = error
            if between is not None and self.race.answered:
                yield from between.__await__()


def path_of(awaited: object) -> tuple[str, ...]:
    """List the functions of the bot that wait for each other, the outermost first."""
    found = []
    while (step := _step(awaited)) is not None:
        frame, awaited = step
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(BOT):
            found.append(f"{path.relative_to(BOT).with_suffix('').as_posix()}.{frame.f_code.co_name}:{frame.f_lineno}")
    return tuple(found)


def _step(awaited: object) -> tuple[FrameType, object] | None:
    """Give the frame of what is suspended, and what that waits for; None at the end of what can be seen."""
    frame: FrameType | None
    inner: object
    match awaited:
        case CoroutineType(cr_frame=frame, cr_await=inner):
            pass
        case GeneratorType(gi_frame=frame, gi_yieldfrom=inner):
            pass
        case AsyncGeneratorType(ag_frame=frame, ag_await=inner):
            pass
        case _:
            return None
    return None if frame is None else (frame, inner)
