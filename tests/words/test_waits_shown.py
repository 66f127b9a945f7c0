"""What the check run tells of waits: what a person must do, and what stops nothing once nothing else is missing."""

from dataclasses import replace

from bot.published import CheckConclusion, CheckRun
from bot.waiting import Actor, Wait
from bot.words.render import with_waits

CHECK = CheckRun("a" * 40, CheckConclusion.SUCCESS, "Passed", "All is well.", "The details.")
MACHINE = Wait("waiting for `ci` (running)", Actor.NOBODY, since=1_772_366_400.0)
PERSON = Wait("1 review conversation is not resolved", Actor.AUTHOR, since=1_772_366_400.0, shown=True)
SKIPPED = "`ci` was skipped, which GitHub takes for success"


def test_what_a_person_must_do_stands_above_the_details() -> None:
    found = with_waits(CHECK, (MACHINE, PERSON), (SKIPPED,))

    assert found.text.replace("\\", "") == (
        "#### Not merged yet\n"
        "- the author: 1 review conversation is not resolved, since 2026-03-01 12:00 UTC\n\n"
        "The details."
    )


def test_a_machine_that_is_under_way_changes_nothing_that_is_shown() -> None:
    assert with_waits(CHECK, (MACHINE,), (SKIPPED,)).digest == CHECK.digest


def test_what_stops_nothing_is_told_once_nothing_is_waited_for() -> None:
    assert with_waits(CHECK, (), (SKIPPED,)).text == f"#### Checks\n- {SKIPPED}\n\nThe details."
    assert with_waits(CHECK, (), ()) == CHECK


def test_a_hostile_name_stays_text() -> None:
    evil = replace(PERSON, what="`a`](http://evil.example) @octo/team <img src=x>` failed")

    shown = with_waits(CHECK, (evil,), ()).text

    assert "](http" not in shown
    assert "@octo" not in shown
    assert "<img" not in shown.replace("\\<", "")


def test_since_when_somebody_waits_makes_no_other_state_and_that_it_takes_too_long_does() -> None:
    shown = with_waits(CHECK, (PERSON,), ())

    forgotten = with_waits(CHECK, (replace(PERSON, since=1_772_366_460.0, usually=60.0),), ())
    late = with_waits(CHECK, (replace(PERSON, late=True),), ())
    other = with_waits(CHECK, (replace(PERSON, what="2 review conversations are not resolved"),), ())

    assert forgotten.text != shown.text
    assert forgotten.digest == shown.digest
    assert len({shown.digest, late.digest, other.digest, CHECK.digest}) == 4
