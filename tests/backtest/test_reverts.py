"""Which changes were taken back later, by what messages say."""

from __future__ import annotations

import pytest

from bot.backtest.reverts import Told, reverts_in

FIRST, SECOND, THIRD = "1" * 40, "2" * 40, "3" * 40


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "Add pay"\n\nThis reverts commit {FIRST}.',
        f"Back out pay\n\nThis reverts commit {FIRST[:9]}, for it broke the checkout.",
        f"Undo it\n\nThis reverts merge commit {FIRST}.",
        'Revert "Add pay (#7)" (#9)\n\nReverts octo/shop#7',
        "Take it back\n\nReverts #7",
        'Revert "Add pay"',
        'Revert "Add pay" (#9)',
    ],
)
def test_a_message_names_what_it_takes_back_by_id_by_number_or_by_title(message: str) -> None:
    found = reverts_in([Told(FIRST, "Add pay (#7)"), Told(SECOND, message)])

    assert (found.by, found.elsewhere) == ({FIRST: SECOND}, 0)


@pytest.mark.parametrize("message", ["Revert to the old ways", 'Do not Revert "Add pay"', "It reverts nothing"])
def test_a_message_that_only_speaks_of_reverts_takes_nothing_back(message: str) -> None:
    found = reverts_in([Told(FIRST, "Add pay (#7)"), Told(SECOND, message)])

    assert (found.by, found.elsewhere) == ({}, 0)


def test_what_landed_in_a_merge_counts_for_the_merge_that_brought_it() -> None:
    merge = Told(FIRST, "Merge pull request #7 from ada/pay", (("a" * 40, "Add pay"),))

    by_commit = reverts_in([merge, Told(SECOND, f"Undo\n\nThis reverts commit {'a' * 40}.")])
    by_number = reverts_in([merge, Told(SECOND, "Undo\n\nReverts octo/shop#7")])

    assert by_commit.by == by_number.by == {FIRST: SECOND}


def test_of_two_changes_with_one_title_the_later_is_meant() -> None:
    found = reverts_in([Told(FIRST, "Bump"), Told(SECOND, "Bump"), Told(THIRD, 'Revert "Bump"')])

    assert found.by == {SECOND: THIRD}


def test_a_revert_can_be_reverted_itself() -> None:
    undo = f'Revert "Add pay"\n\nThis reverts commit {FIRST}.'
    redo = f'Reapply "Add pay"\n\nThis reverts commit {SECOND}.'

    found = reverts_in([Told(FIRST, "Add pay"), Told(SECOND, undo), Told(THIRD, redo)])

    assert found.by == {FIRST: SECOND, SECOND: THIRD}


def test_a_claim_about_what_is_not_here_is_only_counted() -> None:
    found = reverts_in([Told(FIRST, f"Undo\n\nThis reverts commit {'f' * 40}."), Told(SECOND, 'Revert "Later"')])

    assert (found.by, found.elsewhere) == ({}, 2)
