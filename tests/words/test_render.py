from dataclasses import replace
from typing import Any

import pytest

from bot.published import LONGEST_TEXT, CheckConclusion
from bot.words.render import TITLE_LENGTH, check_run
from bot.words.wording import placed
from rules.engine.diff import parse_patch
from rules.engine.policy import Policy
from rules.engine.pull_request import Change, ChangedFile
from rules.engine.result import Finding, Kind, Mode, Note, Outcome, RuleResult, Verdict
from rules.engine.sections import Merge
from tests.snapshots import BASE, HEAD, pull_request, snapshot

PATCH = b"@@ -1,2 +1,3 @@\n one\n+two\n three\n@@ -40,2 +41,3 @@\n x\n+y\n z\n"
SEEN = snapshot(pull_request=pull_request(files=(ChangedFile("app.py", Change.MODIFIED, 2, 0, parse_patch(PATCH)),)))


def result(outcome: Outcome = Outcome.FOUND, mode: Mode = Mode.HOLD, **fields: Any) -> RuleResult:
    whole = RuleResult("small-diff", mode, outcome, {}, "612 effective lines, limit 400. Mostly `src/`.")
    return replace(whole, **fields)


def verdict(*results: RuleResult) -> Verdict:
    return Verdict(BASE, HEAD, "main:.github/andon.yml@1234567", Kind.CHANGE, results)


@pytest.mark.parametrize(
    ("mode", "outcome", "expected"),
    [
        (Mode.WARN, Outcome.FOUND, CheckConclusion.SUCCESS),
        (Mode.WARN, Outcome.WAITING, CheckConclusion.SUCCESS),
        (Mode.WARN, Outcome.UNKNOWN, CheckConclusion.SUCCESS),
        (Mode.HOLD, Outcome.FOUND, CheckConclusion.NEUTRAL),
        (Mode.HOLD, Outcome.WAITING, CheckConclusion.NEUTRAL),
        (Mode.HOLD, Outcome.UNKNOWN, CheckConclusion.NEUTRAL),
        (Mode.BLOCK, Outcome.FOUND, CheckConclusion.FAILURE),
        (Mode.BLOCK, Outcome.WAITING, None),
        (Mode.BLOCK, Outcome.UNKNOWN, CheckConclusion.FAILURE),
        (Mode.BLOCK, Outcome.PASS, CheckConclusion.SUCCESS),
        (Mode.BLOCK, Outcome.NOT_APPLICABLE, CheckConclusion.SUCCESS),
        (Mode.OBSERVE, Outcome.FOUND, CheckConclusion.SUCCESS),
    ],
)
def test_mode_and_outcome_give_the_conclusion(mode: Mode, outcome: Outcome, expected: CheckConclusion | None) -> None:
    assert check_run(verdict(result(outcome, mode)), SEEN, Policy(())).conclusion == expected


def test_the_worst_rule_decides() -> None:
    both = verdict(result(Outcome.PASS, Mode.BLOCK), result(Outcome.FOUND, Mode.HOLD), result(Outcome.PASS))

    assert check_run(both, SEEN, Policy(())).conclusion is CheckConclusion.NEUTRAL


def test_the_title_says_the_verdict_first_and_fits() -> None:
    long = result(sentence="9" * 300)

    titles = [
        check_run(verdict(*several), SEEN, Policy(())).title for several in ([result()], [long], [long, result()])
    ]

    assert titles[0] == "Held: 612 effective lines, limit 400"
    assert titles[2].endswith("… (+1 more)")
    assert all(len(title) <= TITLE_LENGTH for title in titles)


def test_a_rule_that_only_observes_is_not_shown() -> None:
    shown = check_run(verdict(result(mode=Mode.OBSERVE, findings=(Finding("secret"),))), SEEN, Policy(()))

    assert "secret" not in shown.text + shown.summary
    assert "small-diff" not in shown.summary


@pytest.mark.parametrize(
    ("path", "start", "end", "shown"),
    [
        ("app.py", 1, 3, True),
        ("app.py", 42, 42, True),
        ("app.py", 3, 4, False),
        ("app.py", 20, 20, False),
        ("other.py", 1, 1, False),
        ("app.py", None, None, False),
        (None, None, None, False),
    ],
)
def test_remarks_stand_only_on_lines_that_the_diff_shows(
    path: str | None, start: int | None, end: int | None, shown: bool
) -> None:
    finding = Finding("big", "split it", path, start, end)

    notes = check_run(verdict(result(findings=(finding,))), SEEN, Policy(())).annotations

    assert [(note.path, note.start_line, note.end_line) for note in notes] == ([(path, start, end)] if shown else [])


@pytest.mark.parametrize(("mode", "level"), [(Mode.BLOCK, "failure"), (Mode.HOLD, "warning"), (Mode.WARN, "notice")])
def test_only_a_blocking_rule_remarks_a_failure(mode: Mode, level: str) -> None:
    finding = Finding("big", "", "app.py", 1, 1)

    [note] = check_run(verdict(result(mode=mode, findings=(finding,))), SEEN, Policy(())).annotations

    assert note.level == level


def test_what_is_only_remarked_is_a_notice_with_its_next_step_whatever_the_mode() -> None:
    note = Note("`x` runs.", "Move `it`.", "app.py", 2, 2)

    shown = check_run(verdict(result(Outcome.PASS, Mode.BLOCK, notes=(note,))), SEEN, Policy(()))

    assert shown.conclusion is CheckConclusion.SUCCESS
    assert [(one.level, one.message, one.title) for one in shown.annotations] == [
        ("notice", "`x` runs. Move `it`.", "andon: small-diff")
    ]
    assert "#### Remarked, and stops nothing:\n- **small-diff**: `app.py:2`: `x` runs. Move `it`." in shown.text
    assert "Move" not in shown.summary


def test_findings_take_the_room_for_annotations_before_remarks() -> None:
    findings = tuple(Finding(f"big {number}", "", "app.py", 1, 1) for number in range(49))
    notes = tuple(Note(f"odd {number}", "", "app.py", 1, 1) for number in range(3))

    shown = check_run(verdict(result(notes=notes), result(findings=findings)), SEEN, Policy(()))

    assert [one.level for one in shown.annotations] == ["warning"] * 49 + ["notice"]


def test_no_more_remarks_than_github_takes() -> None:
    many = tuple(Finding(f"big {number}", "", "app.py", 1, 1) for number in range(80))

    assert len(check_run(verdict(result(findings=many)), SEEN, Policy(())).annotations) == 50


def test_a_text_too_long_for_github_is_cut_and_says_so() -> None:
    many = tuple(Finding(f"finding {number} " + "x" * 250) for number in range(1000))

    shown = check_run(verdict(result(findings=many)), SEEN, Policy(()))

    assert LONGEST_TEXT < len(shown.text) < 65_535
    assert shown.text.endswith("… cut: GitHub takes no more text here.")


def test_a_hostile_path_becomes_no_link_and_no_row_of_its_own() -> None:
    path = "a`](http://evil.example)\n| x | y |\n@octo/team.py"

    shown = check_run(
        verdict(result(sentence=f"`{path}` is large.", findings=(Finding(f"`{path}`", "", path, 1, 1),))),
        SEEN,
        Policy(()),
    )

    assert "http://" not in shown.summary
    assert "@octo" not in shown.summary.replace("`", "")
    assert len([line for line in shown.summary.splitlines() if line.startswith("|")]) == 3


@pytest.mark.parametrize(
    ("merge", "words"),
    [
        (None, "a maintainer merges it"),
        (Merge(), "it merges by itself once GitHub's requirements are met"),
        (Merge(when="label", label="ship"), "once the label `ship` is set"),
    ],
)
def test_a_passed_check_says_what_comes_next(merge: Merge | None, words: str) -> None:
    assert words in check_run(verdict(result(Outcome.PASS)), SEEN, Policy((), merge=merge)).summary


def plan(*files: str, commands: tuple[str, ...] = ("git switch -c one", "git commit -m x")) -> dict[str, object]:
    part = {"title": "a `b` <c>", "files": [*files], "effective_lines": 7, "commands": [*commands]}
    return {"parts": [part, part]}


def test_the_plan_is_shown_with_its_parts_in_order_and_its_commands_verbatim() -> None:
    text = check_run(verdict(result(facts=plan("x.py", "y.py"))), SEEN, Policy(())).text

    assert "##### The plan\n1. a \\`b\\` \\<c\\> (7): `x.py`, `y.py`\n2. a" in text
    assert "```sh\ngit switch -c one\ngit commit -m x\ngit switch -c one\ngit commit -m x\n```" in text


def test_many_files_are_summed_up_and_endless_commands_are_left_to_the_command_line() -> None:
    shown = check_run(
        verdict(result(facts=plan(*(f"{number}.py" for number in range(13)), commands=("git " + "x" * 20_000,)))),
        SEEN,
        Policy(()),
    )

    assert "`9.py` and 3 more\n" in shown.text
    assert "too long to be shown here: `andon check` prints them" in shown.text
    assert "```" not in shown.text


def test_a_hostile_plan_does_not_leave_its_place() -> None:
    facts = plan("a`](http://evil.example)\n# x", commands=("git commit -m '\n```\n# out ```",))

    text = check_run(verdict(result(facts=facts)), SEEN, Policy(())).text

    assert text.count("```") == 2
    assert [line for line in text.splitlines() if line.startswith("# ")] == []


def test_facts_that_are_no_plan_are_passed_over() -> None:
    nonsense: tuple[dict[str, object], ...] = ({"parts": 3}, {"parts": [1, 2]}, {"parts": []}, {})

    shown = {check_run(verdict(result(facts=facts)), SEEN, Policy(())).text for facts in nonsense}

    assert len(shown) == 1


def test_another_commit_on_the_base_changes_nothing_that_is_shown() -> None:
    one, other = verdict(result()), replace(verdict(result()), base="f" * 40)

    assert check_run(one, SEEN, Policy(())).digest == check_run(other, SEEN, Policy(())).digest


@pytest.mark.parametrize(
    ("message", "line", "shown"),
    [
        ("`a.py` brings 9 of 9.", 3, "`a.py:3` brings 9 of 9."),
        ("`a.py`: a new file.", 3, "`a.py:3`: a new file."),
        ("`a.py` \\(auth\\)", None, "`a.py` \\\\\\(auth\\\\\\)"),
        ("`a.python` is another.", 3, "`a.py:3`: `a.python` is another."),
        ("It is new.", 3, "`a.py:3`: It is new."),
    ],
)
def test_a_remark_names_its_place_once(message: str, line: int | None, shown: str) -> None:
    assert placed(message, "a.py", line) == shown
