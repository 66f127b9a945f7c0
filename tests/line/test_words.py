"""What people read of the line: exact words, with what opens it; nothing in them ticks."""

from __future__ import annotations

import pytest

from bot.line.line import ClosedBy, Closing, Entry, Failure, Line, Standing, Terms, Turn, standings
from bot.line.orders import Order
from bot.line.words import as_json, behind, closed, held_by

NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC
A = Entry(12, "a" * 40, 100.0)


@pytest.mark.parametrize(
    ("closing", "words"),
    [
        (
            Closing(ClosedBy.FREEZE, NOON, "ada", "database migration"),
            (
                "the line into `main` is frozen (by `ada` since 2026-11-22 12:00 UTC: “database migration”); "
                "`/andon unfreeze` opens it"
            ),
        ),
        (
            Closing(ClosedBy.FREEZE, NOON, "ada", "a `hostile` | reason", until=NOON + 7200),
            (
                "the line into `main` is frozen (by `ada` since 2026-11-22 12:00 UTC until 2026-11-22 14:00 UTC: "
                "“a 'hostile' | reason”); `/andon unfreeze` opens it earlier"
            ),
        ),
        (
            Closing(ClosedBy.REFUSED, NOON, reason="GitHub refused to merge: `no`", until=NOON + 3600, number=11),
            (
                "GitHub refuses every merge into `main` since 2026-11-22 12:00 UTC, first of #11: GitHub refused to "
                "merge: 'no'; none is tried until 2026-11-22 13:00 UTC, or until a maintainer has mended that and "
                "writes `/andon recheck`"
            ),
        ),
        (
            Closing(ClosedBy.PRODUCTION, NOON, reason="smoke test red", number=11),
            (
                "production is unhealthy since 2026-11-22 12:00 UTC: the release of #11 failed (smoke test red); "
                "a revert opens the line, or a fix let through with `/andon fix-forward <reason>`"
            ),
        ),
        (
            Closing(ClosedBy.PRODUCTION, NOON, number=11),
            (
                "production is unhealthy since 2026-11-22 12:00 UTC: the release of #11 failed; "
                "a revert opens the line, or a fix let through with `/andon fix-forward <reason>`"
            ),
        ),
        (
            Closing(ClosedBy.BACKLOG, NOON, count=7, limit=5),
            (
                "too much is undeployed: 5 releases have landed and are not live, since 2026-11-22 12:00 UTC; "
                "the next one that goes live opens the line into `main`"
            ),
        ),
    ],
)
def test_a_closed_line_says_why_since_when_and_what_opens_it(closing: Closing, words: str) -> None:
    assert closed(closing, "main") == words


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(A, ahead=(15,)), "second in line, behind #15"),
        (Standing(A, ahead=(15, 16), merging=15), "third in line, behind #15 and #16"),
        (Standing(A, ahead=(15, 16, 17)), "more than three are before it in line"),
        (Standing(A, ahead=(15, 16, 17, 18)), "more than three are before it in line"),
        (Standing(A, merging=15), "#15 is being merged"),
        (Standing(A, ahead=(15,), stacked_on=9), "it is stacked on #9, which lands first"),
    ],
)
def test_one_that_waits_says_behind_whom(standing: Standing, words: str) -> None:
    assert behind(standing) == words
    assert list(held_by(standing, "main")) == [(words, None)]


def test_who_is_first_in_an_open_line_waits_for_nothing() -> None:
    assert list(held_by(Standing(A), "main")) == []


def test_where_the_line_is_closed_the_place_in_it_is_not_told() -> None:
    standing = Standing(A, ahead=(15,), closings=(Closing(ClosedBy.FREEZE, NOON, "ada", "x"),))

    assert [by for _, by in held_by(standing, "main")] == [ClosedBy.FREEZE]


def test_the_words_do_not_change_while_time_passes() -> None:
    freeze = Order("comment/1/0", freezes=True, by="ada", at=NOON, reason="x", until=NOON + 9000)
    line = Line(
        "main", (A, Entry(15, "b" * 40, 200.0)), (freeze,), Failure(7, "f" * 40, NOON), terms=Terms(deploys=True)
    )

    told = [[list(held_by(one, "main")) for one in standings(line, now)] for now in (NOON, NOON + 60, NOON + 8999)]

    assert told[0] == told[1] == told[2]


def test_the_api_tells_all_of_a_line() -> None:
    line = Line("main", (A,), undeployed_since=(1.0, 2.0), turn=Turn(12, 1.0, NOON + 60), terms=Terms(2, deploys=True))

    told = as_json(line, NOON)

    assert {key: told[key] for key in ("branch", "state", "merging", "max_undeployed", "undeployed")} == {
        "branch": "main",
        "state": "closed",
        "merging": 12,
        "max_undeployed": 2,
        "undeployed": 2,
    }
    assert told["entries"] == [
        {
            "number": 12,
            "head": "a" * 40,
            "place": 1,
            "lane": "normal",
            "since": 100.0,
            "unready_since": None,
            "steps_aside": False,
            "stacked_on": None,
            "may_merge": False,
            "waits_for": [closed(Closing(ClosedBy.BACKLOG, 2.0, count=2, limit=2), "main")],
            "passes": [],
        }
    ]
