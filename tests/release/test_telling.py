import pytest

from bot.published import SendDispatch
from bot.release.telling import LONGEST_DETAIL, NEWS_SECONDS, TOLD, Told, dispatch_of, is_news, pending
from bot.store.ledger import ReleaseState
from tests.release.test_release import NOW, release


@pytest.mark.parametrize(
    ("state", "told"),
    [(state, state not in (ReleaseState.LANDED, ReleaseState.DEPLOYING)) for state in ReleaseState],
)
def test_a_state_in_which_something_happened_is_told(state: ReleaseState, *, told: bool) -> None:
    assert is_news(state, NOW, NOW) is told


@pytest.mark.parametrize(("age", "told"), [(0, True), (NEWS_SECONDS, True), (NEWS_SECONDS + 1, False)])
def test_what_happened_more_than_a_day_ago_is_no_news(age: float, *, told: bool) -> None:
    assert is_news(ReleaseState.LIVE, NOW, NOW + age) is told


REACHED = (("landed", NOW - 9), ("deploying", NOW - 8), ("failed", NOW - 5), ("reverting", NOW - 4))


@pytest.mark.parametrize(
    ("reached", "told", "state", "expected"),
    [
        (REACHED, (), "reverting", ["failed", "reverting"]),
        (REACHED, ("failed",), "reverting", ["reverting"]),
        (REACHED, ("failed", "reverting"), "failed", ["failed"]),
        (REACHED, (), "failed", ["reverting", "failed"]),
        ((("failed", NOW - NEWS_SECONDS - 1), ("reverting", NOW - 4)), (), "reverting", ["reverting"]),
    ],
    ids=["both", "the first was told", "back again", "back again, and nothing was told yet", "one is old"],
)
def test_what_a_release_came_through_is_told_once_and_where_it_is_now_last(
    reached: tuple[tuple[str, float], ...], told: tuple[str, ...], state: str, expected: list[str]
) -> None:
    found = pending(release(state=ReleaseState(state)), reached, Told(told), NOW)

    assert [one.state.value for one in found] == expected


def test_each_state_is_told_with_its_own_time() -> None:
    failed, reverting = pending(release(state=ReleaseState.REVERTING, detail="why"), REACHED, Told(), NOW)

    assert (failed.since, reverting.since) == (NOW - 5, NOW)
    assert (failed.detail, reverting.detail) == ("why", "why")


@pytest.mark.parametrize("state", TOLD)
def test_the_type_and_the_payload_name_the_state(state: ReleaseState) -> None:
    sent = dispatch_of(release(state=state))

    assert isinstance(sent, SendDispatch)
    assert sent.event_type == f"andon-{state.value}"
    assert sent.payload["state"] == state.value


def test_a_long_reason_is_cut() -> None:
    sent = dispatch_of(release(state=ReleaseState.FAILED, detail="x" * (LONGEST_DETAIL + 1)))

    assert sent.payload["detail"] == "x" * LONGEST_DETAIL
