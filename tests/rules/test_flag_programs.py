"""Programs made at random: what is called guarded cannot run with the flags off, in whatever way it is written."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings

from tests.rules.flag_programs import (
    FLAGS,
    LANGUAGES,
    SUFFIXES,
    Program,
    Style,
    inverted,
    is_tidy,
    programs,
    runs,
    swapped,
    wrapped,
    written,
)
from tests.rules.given_flags import letters

IN_EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


def judged(program: Program, language: str, style: Style | None = None) -> str:
    """Spell in letters how the calls of a program are judged, in their order."""
    made = written(program, language, style)
    margin = letters(SUFFIXES[language], made.text, FLAGS)
    return "".join(margin[line - 1] for line in made.calls)


def guarded(program: Program, language: str, style: Style | None = None) -> frozenset[int]:
    return frozenset(at for at, letter in enumerate(judged(program, language, style)) if letter == "G")


@IN_EVERY_LANGUAGE
@settings(max_examples=80, deadline=None)
@given(programs)
def test_guarded_is_exactly_what_cannot_run_with_every_flag_off(language: str, program: Program) -> None:
    assume(is_tidy(program))

    found = guarded(program, language)

    assert found == runs(program, flags=True) - runs(program, flags=False)


@IN_EVERY_LANGUAGE
@settings(max_examples=20, deadline=None)
@given(programs)
def test_other_names_indents_and_remarks_change_nothing(language: str, program: Program) -> None:
    plain = judged(program, language)

    dressed = judged(program, language, Style(suffix="Now", indent=2, remark="if this changed anything"))

    assert dressed == plain


@IN_EVERY_LANGUAGE
@settings(max_examples=20, deadline=None)
@given(programs)
def test_one_more_flag_around_everything_guards_every_call(language: str, program: Program) -> None:
    found = judged(wrapped(program), language)

    assert set(found) == {"G"} or not found


@IN_EVERY_LANGUAGE
@settings(max_examples=20, deadline=None)
@given(programs)
def test_an_early_return_does_what_the_branch_did(language: str, program: Program) -> None:
    assume(is_tidy(program))

    found = guarded(inverted(program), language)

    assert found == guarded(program, language)


@IN_EVERY_LANGUAGE
@settings(max_examples=20, deadline=None)
@given(programs)
def test_turned_conditions_with_exchanged_arms_say_the_same(language: str, program: Program) -> None:
    assume(is_tidy(program))
    turned = swapped(program)

    found = guarded(turned, language)

    assert found == runs(turned, flags=True) - runs(turned, flags=False)
    assert len(found) == len(guarded(program, language))
