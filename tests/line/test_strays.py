"""What landed otherwise than it was judged closes the line: whom it holds, what is said, and what opens it."""

from __future__ import annotations

import pytest

from bot.line.line import ClosedBy, Entry, Failure, Lane, Line, Terms, Turn, closings, standing
from bot.line.orders import Order
from bot.line.words import closed

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
STRAY = Failure(7, "7" * 40, NOON, "app.py: it is not there")
A, FIX = Entry(12, "a" * 40, 100.0), Entry(13, "b" * 40, 200.0, Lane.FIX)
OPENED = Order("comment/1/0", freezes=False, by="ada", at=NOON + 1)


@pytest.mark.parametrize("terms", [Terms(), Terms(deploys=True)], ids=["without-deploy", "with-deploy"])
def test_it_holds_all_but_the_lane_for_fixes(terms: Terms) -> None:
    line = Line("main", (A, FIX), strays=(STRAY,), terms=terms)

    places = [standing(line, entry.number, NOON + 9) for entry in (A, FIX)]

    assert [place and [one.by for one in place.closings] for place in places] == [[ClosedBy.LANDED], []]
    assert places[1] is not None
    assert ([one.by for one in places[1].passes], places[1].may_merge) == ([ClosedBy.LANDED], True)


def test_it_holds_a_merge_that_had_begun_before() -> None:
    line = Line("main", (A,), strays=(STRAY,), turn=Turn(12, NOON - 5, NOON + 60))

    found = standing(line, 12, NOON + 1)

    assert found is not None
    assert not found.may_merge


@pytest.mark.parametrize(
    ("orders", "shut"),
    [
        ((), True),
        ((OPENED,), False),
        ((Order("comment/1/0", freezes=False, by="ada", at=NOON - 1),), True),
        ((Order("comment/1/0", freezes=False, by="ada", at=NOON),), True),
        ((Order("comment/1/0", freezes=True, by="ada", at=NOON - 9, until=NOON),), True),
    ],
    ids=["nobody-looked", "opened-since", "opened-before", "opened-in-that-moment", "a-freeze-that-ended"],
)
def test_it_opens_by_an_order_that_is_later_than_the_finding(orders: tuple[Order, ...], shut: bool) -> None:
    line = Line("main", orders=orders, strays=(STRAY,))

    found = closings(line, NOON + 9)

    assert ([one.by for one in found] == [ClosedBy.LANDED]) is shut


def test_it_is_said_which_commit_which_paths_and_what_opens_it() -> None:
    [closing] = closings(Line("main", strays=(STRAY,)), NOON + 9)

    assert closed(closing, "main") == (
        "what landed is not what was judged: `777777777777` of #7 (app.py: it is not there), found 2026-11-22 12:00 "
        "UTC; a revert of that commit opens the line, or a maintainer who has looked at it with `/andon unfreeze`"
    )
