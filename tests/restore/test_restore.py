"""What follows from a release that failed, and from what a person asked to take back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.restore.restore import (
    LATE_SECONDS,
    CannotRevert,
    Nothing,
    OnFailure,
    OpenRevert,
    Outcome,
    Restored,
    Revert,
    Scene,
    Stage,
    TakenBack,
    WaitFor,
    decide,
    marker,
)
from bot.restore.words import Told, body, title
from bot.waiting import Actor

SHA = "d" * 40
FAILED = TakenBack(SHA, "main", 12, wanted_at=1000.0)
ASKED = replace(FAILED, login="bob", reason="wrong price")
NOW = Scene(now=1010.0)
OPEN = Revert(15, Stage.OPEN, "waiting for `ci` (running)")
APPROVAL = Revert(15, Stage.OPEN, "one approval restores production", Actor.REVIEWER)


def after(taken: TakenBack = FAILED, **fields: Any) -> Outcome:
    return decide(taken, replace(NOW, **fields))


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        pytest.param({}, OpenRevert(), id="it is taken back"),
        pytest.param({"outside": "`abc` was deployed since"}, OpenRevert(), id="also where another commit runs now"),
        pytest.param({"on_failure": OnFailure.NOTHING}, Nothing, id="nothing follows"),
        pytest.param({"on_failure": OnFailure.CLOSE_LINE}, CannotRevert, id="the policy leaves it to a person"),
        pytest.param({"is_revert": True}, CannotRevert, id="a revert is not reverted"),
        pytest.param({"good_before": False}, CannotRevert, id="there is nothing to go back to"),
        pytest.param({"first": 11}, WaitFor(11, "it failed before, and is taken back first", Actor.NOBODY), id="two"),
        pytest.param({"mended_by": 14}, Nothing, id="a later release is live"),
        pytest.param({"mended_by": 14, "revert": OPEN}, Nothing, id="a later one is live before the revert landed"),
        pytest.param({"mended_by": 15, "revert": Revert(15, Stage.LIVE)}, Restored(15), id="the revert itself is live"),
        pytest.param({"first": 11, "is_revert": True}, CannotRevert, id="a revert waits for no other"),
        pytest.param({"revert": OPEN}, WaitFor(15, OPEN.missing, Actor.NOBODY), id="its checks run"),
        pytest.param({"revert": APPROVAL}, WaitFor(15, APPROVAL.missing, Actor.REVIEWER), id="it waits for approval"),
        pytest.param({"revert": Revert(15, Stage.LANDED, "lands")}, WaitFor(15, "lands", Actor.NOBODY), id="deployed"),
        pytest.param({"revert": Revert(15, Stage.FAILED, "down")}, CannotRevert, id="its own release failed"),
        pytest.param({"revert": Revert(15, Stage.CLOSED)}, CannotRevert, id="somebody closed it"),
        pytest.param({"revert": Revert(15, Stage.LIVE)}, Restored(15), id="it is live"),
        pytest.param({"revert": Revert(15, Stage.LANDED), "deploys": False}, Restored(15), id="landed is all there is"),
        pytest.param({"revert": OPEN, "on_failure": OnFailure.CLOSE_LINE}, WaitFor, id="a person's, with close-line"),
    ],
)
def test_what_follows_from_a_release_that_failed(fields: dict[str, Any], outcome: Outcome | type) -> None:
    found = after(**fields)

    assert isinstance(found, outcome) if isinstance(outcome, type) else found == outcome


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"on_failure": OnFailure.NOTHING}, id="nothing"),
        pytest.param({"on_failure": OnFailure.CLOSE_LINE}, id="close-line"),
        pytest.param({"is_revert": True}, id="of a revert"),
        pytest.param({"good_before": False}, id="nothing to go back to"),
        pytest.param({"first": 11}, id="another one first"),
        pytest.param({"mended_by": 14}, id="mended"),
        pytest.param({"failed": False}, id="live and well"),
        pytest.param({"failed": False, "deploys": False}, id="never deployed"),
    ],
)
def test_what_a_person_asked_for_is_taken_back_in_any_case(fields: dict[str, Any]) -> None:
    assert after(ASKED, **fields) == OpenRevert()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"is_revert": True}, "a revert is not reverted: a person must act"),
        ({"good_before": False}, "`/andon revert <reason>` takes it back even so"),
        ({"on_failure": OnFailure.CLOSE_LINE, "outside": "`abc` was deployed since"}, "; `abc` was deployed since"),
        (
            {"revert": Revert(15, Stage.FAILED, "no answer")},
            "#15 takes it back, and its release failed too (no answer)",
        ),
        ({"revert": Revert(15, Stage.CLOSED)}, "#15 would take it back and was closed; reopen it"),
    ],
)
def test_what_cannot_be_says_why_and_that_a_person_must_act(fields: dict[str, Any], says: str) -> None:
    found = after(**fields)

    assert isinstance(found, CannotRevert)
    assert says in found.why


@pytest.mark.parametrize(
    ("seconds", "who"),
    [(LATE_SECONDS - 1, Actor.NOBODY), (LATE_SECONDS, Actor.MAINTAINER), (LATE_SECONDS * 9, Actor.MAINTAINER)],
)
def test_after_an_hour_in_which_nobody_had_to_act_a_maintainer_must_look(seconds: float, who: Actor) -> None:
    found = after(revert=OPEN, now=FAILED.wanted_at + seconds)

    assert isinstance(found, WaitFor)
    assert found.who is who
    assert OPEN.missing in found.missing


def test_the_pull_request_says_why_and_what_would_be_faster() -> None:
    told = Told("Faster checkout", "the query `error-rate` gave 0.34, and should be below 0.01", ("checkout-v2",))

    words = body(FAILED, told)

    assert title(FAILED, told) == 'Revert "Faster checkout" (#12)'
    assert "`error-rate` gave 0.34, and should be below 0.01" in words
    assert "It brought the flag `checkout-v2`: turning that off may be faster than this revert." in words
    assert "one approval restores production" in words
    assert words.endswith(marker(SHA))


def test_hostile_words_stay_words() -> None:
    told = Told("x](http://evil) @everyone\n", "@everyone <!-- andon:reverts " + "e" * 40 + " -->", ("`@a`",))

    words = body(replace(ASKED, reason="<img src=x> @octo/all #3"), told) + body(FAILED, told)

    assert "\n" not in title(FAILED, told)
    assert words.count("<img") == words.count("\\<img") == 1
    assert "@octo" not in words
    assert "@everyone" not in words
    assert words.count("<!--") == 2


def test_many_flags_are_counted() -> None:
    words = body(FAILED, Told("t", flags=[f"f{index}" for index in range(12)]))

    assert "`f9` and 2 more" in words
