"""Places for so many at once: the most urgent first, none lost, none given twice."""

import asyncio
from contextlib import suppress

from bot.github.places import Places
from bot.github.urgency import Urgency, urgent


async def test_of_those_who_wait_the_most_urgent_come_first() -> None:
    places, came = Places(1), list[str]()

    async def come(name: str, urgency: Urgency) -> None:
        with urgent(urgency):
            async with places.one():
                came.append(name)

    async with places.one():
        waiting = [
            asyncio.create_task(come(name, urgency))
            for name, urgency in (
                ("sweep", Urgency.SWEEP),
                ("verdict", Urgency.VERDICT),
                ("merge", Urgency.MERGE),
                ("second verdict", Urgency.VERDICT),
            )
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)

    assert came == ["merge", "verdict", "second verdict", "sweep"]


async def test_never_more_are_inside_than_there_are_places() -> None:
    places, inside, most = Places(3), 0, 0

    async def come() -> None:
        nonlocal inside, most
        async with places.one():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(come() for _ in range(50)))

    assert (inside, most) == (0, 3)


async def test_whoever_gives_up_waiting_leaves_the_place_to_the_next() -> None:
    places = Places(1)

    async def hold() -> None:
        async with places.one():
            await asyncio.sleep(0)

    async with places.one():
        tasks = [asyncio.create_task(hold()) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
    tasks[1].cancel()  # the place was just given to it
    for task in tasks[:2]:
        with suppress(asyncio.CancelledError):
            await task
    await tasks[2]

    async with asyncio.timeout(1), places.one():
        held = True
    assert held


async def test_more_places_let_those_in_who_wait_and_fewer_take_none_away() -> None:
    places, inside = Places(1), list[int]()

    async def hold(number: int, leave: asyncio.Event) -> None:
        async with places.one():
            inside.append(number)
            await leave.wait()

    leave = asyncio.Event()
    tasks = [asyncio.create_task(hold(number, leave)) for number in range(3)]
    await asyncio.sleep(0)
    few = len(inside)
    places.hold(2)
    await asyncio.sleep(0)
    more = len(inside)
    places.hold(1)
    leave.set()
    await asyncio.gather(*tasks)

    assert (few, more, inside) == (1, 2, [0, 1, 2])
