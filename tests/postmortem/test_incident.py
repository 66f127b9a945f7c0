from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.postmortem.incident import Incident, Passage, incidents

FIRST = Passage("a", 1, 10.0, failed_at=20.0)


def test_a_release_that_failed_is_an_incident_until_a_later_one_is_live() -> None:
    mended = Passage("b", 2, 30.0, live_at=40.0)

    assert incidents([FIRST]) == (Incident("a", 1, 20.0, ("a",)),)
    assert incidents([mended, FIRST]) == (Incident("a", 1, 20.0, ("a",), 40.0, "b"),)


@pytest.mark.parametrize("other", [Passage("b", 2, 5.0, live_at=40.0), Passage("b", 2, 30.0)])
def test_one_that_landed_earlier_or_is_not_live_restores_nothing(other: Passage) -> None:
    assert incidents([FIRST, other]) == (Incident("a", 1, 20.0, ("a",)),)


def test_one_that_failed_when_a_later_one_was_live_already_is_none() -> None:
    assert incidents([FIRST, Passage("b", 2, 11.0, live_at=20.0)]) == ()


def test_one_that_was_reverted_is_restored_by_then() -> None:
    assert incidents([Passage("a", 1, 10.0, failed_at=20.0, reverted_at=50.0)]) == (
        Incident("a", 1, 20.0, ("a",), 50.0, ""),
    )


def test_one_that_is_live_after_all_restores_itself() -> None:
    after, before = (Passage("a", 1, 10.0, failed_at=20.0, live_at=at) for at in (50.0, 15.0))

    assert incidents([after]) == (Incident("a", 1, 20.0, ("a",), 50.0, "a"),)
    assert incidents([before]) == (Incident("a", 1, 20.0, ("a",)),)


def test_what_made_it_live_is_named_where_it_was_reverted_by_it_at_the_same_time() -> None:
    failed, revert = Passage("a", 1, 10.0, failed_at=20.0, reverted_at=50.0), Passage("b", 2, 30.0, live_at=50.0)

    assert [one.restored_by for one in incidents([failed, revert])] == ["b"]


def test_what_fails_meanwhile_joins_and_the_incident_lasts_until_all_are_mended() -> None:
    second, mended = Passage("b", 2, 12.0, failed_at=30.0), Passage("c", 3, 40.0, live_at=60.0)

    assert incidents([FIRST, second]) == (Incident("a", 1, 20.0, ("a", "b")),)
    assert incidents([FIRST, second, mended]) == (Incident("a", 1, 20.0, ("a", "b"), 60.0, "c"),)


def test_what_fails_afterwards_is_another() -> None:
    mended, third = Passage("b", 2, 12.0, live_at=30.0), Passage("c", 3, 14.0, failed_at=30.0)

    assert [one.sha for one in incidents([FIRST, mended, third])] == ["a", "c"]


def test_a_known_incident_keeps_its_name_where_an_earlier_failure_is_heard_of_late() -> None:
    late = Passage("z", 9, 9.0, failed_at=19.0)

    assert incidents([FIRST, late], known=("a",)) == (Incident("a", 1, 19.0, ("z", "a")),)
    assert incidents([FIRST, late])[0].sha == "z"


TIMES = st.none() | st.integers(0, 20).map(float)
PASSAGES = st.lists(
    st.builds(
        Passage,
        st.sampled_from("abcdefgh"),
        st.integers(1, 9),
        st.integers(0, 20).map(float),
        failed_at=TIMES,
        live_at=TIMES,
        reverted_at=TIMES,
    ),
    unique_by=lambda one: one.sha,
)


@given(PASSAGES, st.randoms())
def test_the_order_in_which_releases_are_read_changes_nothing(passages: list[Passage], random: object) -> None:
    shuffled = sorted(passages, key=lambda _: random.random())  # type: ignore[attr-defined] # a Random

    assert incidents(shuffled) == incidents(passages)


@given(PASSAGES)
def test_no_release_is_in_two_incidents_and_none_begin_before_another_is_over(passages: list[Passage]) -> None:
    found = incidents(passages)

    members = [sha for one in found for sha in one.members]
    assert len(members) == len(set(members))
    for before, after in pairwise(found):
        assert before.restored_at is not None
        assert before.restored_at <= after.began_at
