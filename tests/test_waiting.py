"""Since when a pull request waits, how long that usually takes, and when it takes too long."""

from dataclasses import replace

import pytest

from bot.waiting import Actor, Begun, Changed, Known, Wait, changed, dropped, duration, sentence, timed, usual

HEAD, OTHER = "a" * 40, "b" * 40
NOON = 1_772_366_400.0
CI = Wait("waiting for `ci` (running)", Actor.NOBODY, key="check:ci", of_head=True)
APPROVAL = Wait("an approval is required", Actor.REVIEWER, key="approval")


def at(now: float, known: Known, wait: Wait = CI) -> Wait:
    [found] = timed([wait], known, head=HEAD, now=now)
    return found


def test_a_new_wait_begins_now_and_is_compared_with_what_is_usual_then() -> None:
    found = at(NOON, Known(usual={"check:ci": 360.0}))

    assert (found.since, found.usually, found.bound, found.late) == (NOON, 360.0, 1440.0, False)
    assert found.late_at == NOON + 1440


def test_one_that_has_begun_keeps_its_beginning_and_what_was_usual_then() -> None:
    known = Known({"check:ci": Begun(HEAD, NOON - 60, 300.0)}, {"check:ci": 900.0})

    found = at(NOON, known)

    assert (found.since, found.usually) == (NOON - 60, 300.0)


def test_a_wait_for_a_head_begins_anew_with_the_next_one() -> None:
    known = Known({"check:ci": Begun(OTHER, NOON - 60), "approval": Begun("", NOON - 90)})

    assert at(NOON, known).since == NOON
    assert at(NOON, known, APPROVAL).since == NOON - 90


@pytest.mark.parametrize(
    ("wait", "usually", "bound"),
    [
        pytest.param(CI, None, 3600, id="a machine of which nothing is known has an hour"),
        pytest.param(CI, 30, 600, id="a quick one has ten minutes"),
        pytest.param(CI, 3600, 14400, id="a slow one has four times what is usual"),
        pytest.param(APPROVAL, 60, 86400, id="people have a day"),
        pytest.param(APPROVAL, 40000, 160000, id="or longer where that is usual"),
        pytest.param(replace(CI, bound=5.0), None, 5, id="or what the wait itself says"),
    ],
)
def test_every_wait_has_a_bound_and_is_late_from_then_on(wait: Wait, usually: float | None, bound: float) -> None:
    head = HEAD if wait.of_head else ""
    known = Known({wait.name: Begun(head, NOON, usually)})

    before, after = at(NOON + bound - 1, known, wait), at(NOON + bound, known, wait)

    assert (before.late, before.shown, after.late, after.shown) == (False, False, True, True)
    assert (before.late_at, after.late_at) == (NOON + bound, None)


def test_the_words_do_not_tick() -> None:
    known = Known({"check:ci": Begun(HEAD, NOON, 360.0)})

    said = {sentence(at(NOON + minute * 60, known)) for minute in range(24)}
    late = {sentence(at(NOON + minute * 60, known)) for minute in range(24, 5000, 60)}

    assert said == {"waiting for `ci` (running), since 2026-03-01 12:00 UTC (usually 6 min)"}
    assert late == {f"{said.pop()}, which is longer than it should take"}


def test_without_samples_nothing_is_said_of_what_is_usual() -> None:
    assert sentence(at(NOON, Known())) == "waiting for `ci` (running), since 2026-03-01 12:00 UTC"
    assert sentence(CI) == "waiting for `ci` (running)"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (360, "6 min"), (7100, "118 min"), (7200, "2 h"), (172_800, "2 d")],
)
def test_a_length_of_time_is_one_rounded_number(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_from_fewer_than_five_ends_nothing_is_usual() -> None:
    four = [("check:ci", seconds) for seconds in (1.0, 2.0, 3.0, 4.0)]

    assert usual(four) == {}
    assert usual([*four, ("check:ci", 100.0), ("approval", 7.0)]) == {"check:ci": 3.0}


def test_a_wait_that_is_gone_from_the_same_head_has_ended() -> None:
    known = Known({"check:ci": Begun(HEAD, NOON - 300), "approval": Begun("", NOON - 900)})

    found = changed(known, [], head=HEAD, now=NOON)

    assert found == Changed(gone=("approval", "check:ci"), ended={"approval": 900.0, "check:ci": 300.0})


def test_a_wait_for_a_head_that_was_replaced_never_ended() -> None:
    known = Known({"check:ci": Begun(OTHER, NOON - 300)})

    over = changed(known, [], head=HEAD, now=NOON)
    again = changed(known, [replace(CI, since=NOON)], head=HEAD, now=NOON)

    assert over == Changed(gone=("check:ci",))
    assert again == Changed(begun={"check:ci": Begun(HEAD, NOON)})


def test_nothing_changes_while_the_same_is_waited_for() -> None:
    known = Known({"check:ci": Begun(HEAD, NOON - 300, 60.0)})
    waits = timed([replace(CI, what="waiting for `ci` (never reported)")], known, head=HEAD, now=NOON)

    assert changed(known, waits, head=HEAD, now=NOON) == Changed()


def test_a_closed_pull_request_drops_its_waits_without_an_end() -> None:
    assert dropped(Known({"approval": Begun("", NOON)})) == Changed(gone=("approval",))


def test_a_name_fits_the_store_whatever_a_check_is_called() -> None:
    assert Wait("odd", Actor.NOBODY, key="check:" + "x" * 300).name == "check:" + "x" * 194
    assert Wait("a\0b", Actor.NOBODY).name == "ab"
