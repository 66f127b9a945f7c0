"""How people are told what landed: in `andon why`, in its history, and as the next step."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands.reasons import reasons
from bot.evaluation.history import changes
from bot.evaluation.why import next_step, sentence, told

SAME: dict[str, Any] = {"content": "same", "differences": [], "not_compared": [], "moved": []}
DIFFERENT = SAME | {
    "content": "different",
    "differences": [{"path": "app.py", "how": "it is not there"}, {"path": "b.py", "how": "it was to be deleted"}],
}
CUT = SAME | {"content": "not compared", "not_compared": [{"path": "", "why": "GitHub does not list all of it"}]}
MOVED = SAME | {"moved": [{"what": "base", "said": "it landed in `a`, and was judged for `main`"}]}
RECORD: dict[str, Any] = {
    "repository": "octo/shop",
    "number": 12,
    "head": "a" * 40,
    "state": "merged",
    "merge_commit": "c" * 40,
    "conclusion": "passed",
    "rules": [],
    "waiting_for": [],
    "actions": [],
}
WHEN = {"evaluation": {"id": 1, "at": 1_795_348_800.0, "last_at": 1_795_348_800.0, "looks": 1, "last": None}}


def test_a_difference_is_what_a_maintainer_must_look_at_next() -> None:
    step = next_step(RECORD | {"landed": DIFFERENT})

    assert (step.who, step.or_else) == (
        "a maintainer",
        "a revert of it opens the line, or `/andon unfreeze` where it is right as it is",
    )
    assert sentence(RECORD | {"landed": DIFFERENT}) == (
        "octo/shop#12 at aaaaaaaaaaaa is merged. Next: a maintainer: look at what landed: cccccccccccc is not what was "
        "judged (app.py: it is not there, and 1 more)."
    )


@pytest.mark.parametrize("landed", [None, SAME, CUT, MOVED], ids=["not-yet", "same", "cut", "moved"])
def test_nobody_has_to_act_on_anything_else(landed: dict[str, Any] | None) -> None:
    step = next_step(RECORD | ({"landed": landed} if landed else {}))

    assert (step.what, step.who) == ("it is merged", "nobody")


@pytest.mark.parametrize(
    ("landed", "lines"),
    [
        (SAME, ["  it is what was judged"]),
        (DIFFERENT, ["  it is not what was judged", "  ✋ app.py: it is not there", "  ✋ b.py: it was to be deleted"]),
        (CUT, ["  it is what was judged as far as it was compared", "  ❓ all of it: GitHub does not list all of it"]),
        (
            MOVED,
            ["  it is what was judged", "  moved meanwhile (base): it landed in `a`, and was judged for `main`"],
        ),
    ],
    ids=["same", "different", "cut", "moved"],
)
def test_it_is_printed_below_the_head(landed: dict[str, Any], lines: list[str]) -> None:
    printed = reasons({**told(RECORD | {"landed": landed}), **WHEN}).split("\n")

    start = next(index for index, line in enumerate(printed) if "Landed as cccccccccccc" in line)
    assert printed[start + 1 : start + 1 + len(lines)] == lines


@pytest.mark.parametrize(
    ("landed", "said"),
    [
        (SAME, ()),
        (DIFFERENT, ("landed otherwise than judged",)),
        (CUT, ("what landed was not compared",)),
        (MOVED, ("moved meanwhile: it landed in `a`, and was judged for `main`",)),
    ],
    ids=["same", "different", "cut", "moved"],
)
def test_the_history_names_it_once(landed: dict[str, Any], said: tuple[str, ...]) -> None:
    after = RECORD | {"landed": landed}

    assert (changes(RECORD, after), changes(after, after)) == (said, ())
