"""What a group of GitHub's merge queue is told."""

import pytest

from bot.published import CheckConclusion
from bot.queue_group import group_check

SHA = "c" * 40


@pytest.mark.parametrize(
    ("said", "conclusion", "title"),
    [
        ([(1, "passed")], CheckConclusion.SUCCESS, "Pull request 1: passed"),
        ([(1, "passed"), (2, "warned")], CheckConclusion.SUCCESS, "Pull request 2: warned"),
        ([(1, "held"), (2, "passed")], CheckConclusion.FAILURE, "Pull request 1: held"),
        ([(1, "held"), (2, "undecided"), (3, "passed")], CheckConclusion.FAILURE, "Pull request 2: undecided"),
        ([(1, "passed"), (2, "of a kind that nobody knows")], CheckConclusion.FAILURE, None),
        ([], CheckConclusion.FAILURE, "Could not decide"),
    ],
)
def test_the_worst_of_the_members_is_the_answer(
    said: list[tuple[int, str]], conclusion: CheckConclusion, title: str | None
) -> None:
    check = group_check(SHA, said)

    assert (check.head, check.conclusion) == (SHA, conclusion)
    assert title in (None, check.title)


def test_nothing_lands_while_production_holds_the_line() -> None:
    check = group_check(SHA, [(1, "passed")], closed="the release of #7 failed")

    assert (check.conclusion, check.title) == (CheckConclusion.FAILURE, "The line is closed")
    assert "the release of #7 failed" in check.summary
