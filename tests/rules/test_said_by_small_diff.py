"""What `small-diff` says, to the letter: the size, what passes a limit, what to do, and what could not be read."""

from __future__ import annotations

import pytest

from rules.engine.evaluate import evaluate
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Totals
from rules.engine.result import Finding, Mode, Outcome, RuleResult
from rules.small_diff import SmallDiff
from tests.factories import added, changed, code, modified, pull_request

SMALL = " Small: easy to review, easy to revert."


def judge(pr: PullRequest) -> RuleResult:
    return evaluate(Policy((Listed("small-diff", Mode.HOLD, SmallDiff()),)), pr).results[0]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        pytest.param([], "0 effective lines, limit 400.", id="nothing"),
        pytest.param([added("a.py", ["x()"])], f"1 effective line, limit 400.{SMALL}", id="one line"),
        pytest.param([added("a.py", code(200))], f"200 effective lines, limit 400.{SMALL}", id="a good size"),
        pytest.param([added("a.py", code(201))], "201 effective lines, limit 400.", id="a size that needs no praise"),
        pytest.param(
            [added("a.py", code(300)), added("a.md", ["x"]), added("x.min.js", ["y"]), added("yarn.lock", ["z"])],
            "300 effective lines, limit 400 (1 in docs, 1 in lock files, 1 minified not counted).",
            id="what is left out, by kind",
        ),
        pytest.param(
            [ChangedFile(f"{name}.sh", Change.MODIFIED, 0, 0, ()) for name in "ab"],
            "0 effective lines, limit 400 (2 files without a line not counted).",
            id="files that show no line",
        ),
        pytest.param(
            [added("b.py", [*code(5), *code(250, 900)]), modified("a.py", remove=code(5))],
            "250 effective lines, limit 400 (5 moved not counted).",
            id="what only moved",
        ),
    ],
)
def test_one_sentence_says_the_size(files: list[ChangedFile], sentence: str) -> None:
    assert judge(pull_request(*files)).sentence == sentence


def test_what_is_over_the_limit_is_never_called_small() -> None:
    strict = Policy((Listed("small-diff", Mode.HOLD, SmallDiff(max_lines=20)),))

    result = evaluate(strict, pull_request(added("a.py", code(60)))).results[0]

    assert result.sentence == "60 effective lines, limit 20."


def test_what_was_not_read_whole_has_at_least_the_size_that_was_read() -> None:
    result = judge(pull_request(added("a.py", code(7)), totals=Totals(2, 9, 3)))

    assert result.sentence == "At least 7 effective lines; the rest could not be read."
    assert result.unknown == ("The files do not add up: 1 of 2 files were read, with +7 -0 of +9 -3 lines.",)


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        (5, ()),
        (6, ("The text of 1 further file could not be read.",)),
        (7, ("The text of 2 further files could not be read.",)),
    ],
)
def test_texts_that_are_missing_are_named_one_by_one_up_to_five(count: int, rest: tuple[str, ...]) -> None:
    files = [ChangedFile(f"{at}.py", Change.MODIFIED, 4, 2, None) for at in range(count)]

    unknown = judge(pull_request(*files)).unknown

    assert unknown[:5] == tuple(f"The text of `{at}.py` (+4 -2) could not be read." for at in range(5))
    assert unknown[5:] == rest


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("The list of files was cut off.", ("The list of files was cut off.",)),
        ("A patch is missing", ("A patch is missing.",)),
        ("The .gitattributes were not read", ("The .gitattributes were not read.",)),
        ("Not all commits were read", ()),
    ],
)
def test_only_what_is_missing_of_files_keeps_the_size_from_being_known(what: str, said: tuple[str, ...]) -> None:
    assert judge(pull_request(added("a.py", ["x()"]), incomplete=(what,))).unknown == said


def test_one_line_that_could_not_be_read_is_enough() -> None:
    file = ChangedFile("a.py", Change.MODIFIED, 1, 0, None)

    assert judge(pull_request(file)).unknown == ("The text of `a.py` (+1 -0) could not be read.",)


def test_a_file_whose_lines_count_nothing_or_that_has_none_need_not_be_read() -> None:
    files = [
        ChangedFile("yarn.lock", Change.MODIFIED, 4, 2, None),
        ChangedFile("gone.py", Change.DELETED, 0, 2, None),
        ChangedFile("mode.py", Change.MODIFIED, 0, 0, None),
        ChangedFile("a.png", Change.MODIFIED, 1, 0, None, binary=True),
    ]

    assert judge(pull_request(*files)).unknown == ()


def test_beyond_what_github_can_show_everything_but_the_totals_is_unknown() -> None:
    result = judge(pull_request(totals=Totals(1, 15_000, 5_001)))

    (finding,) = result.findings
    assert finding.message == (
        "Too big to read: 1 file, 20001 lines; GitHub shows no more than 3000 files and 20000 lines."
    )
    assert finding.fix == "Split it into pull requests that a person can read."
    assert result.sentence == "Too big to read: 1 file, 20001 lines."
    assert result.facts == {
        "effective_lines": None,
        "raw_added": 15_000,
        "raw_deleted": 5_001,
        "files": 1,
        "moved_lines": None,
        "excluded": {},
        "parts": [],
    }


@pytest.mark.parametrize("totals", [Totals(3000, 0, 0), Totals(1, 20_000, 0)])
def test_what_github_can_just_show_is_read(totals: Totals) -> None:
    assert judge(pull_request(totals=totals)).outcome is Outcome.UNKNOWN


def test_too_many_lines_are_told_with_the_largest_part_and_the_largest_files() -> None:
    files = [added(f"{name}/x.py", code(100 + at, 1000 * at)) for at, name in enumerate("abcde")]

    first, *pointers = judge(pull_request(*files)).findings

    assert first.message == "510 effective lines, 110 over the limit of 400. `e/` (104) is the largest part."
    assert [(one.path, one.start_line, one.end_line, one.fix) for one in pointers] == [
        ("e/x.py", 1, 104, ""),
        ("d/x.py", 1, 103, ""),
        ("c/x.py", 1, 102, ""),
    ]
    assert pointers[0].message == "`e/x.py` brings 104 of the 510 effective lines; this is its largest block."


def test_too_many_files_are_told_to_part_mechanical_edits() -> None:
    sweep = [modified(f"{at}.py", add=[f"call_number_{at}()"]) for at in range(51)]

    (finding,) = judge(pull_request(*sweep, undoes=None)).findings
    (reverted,) = [one for one in SmallDiff().check(pull_request(*sweep, undoes="c" * 40)) if isinstance(one, Finding)]

    assert finding.message == "51 files hold effective lines, 1 over the limit of 50."
    assert finding.fix == "Split it in 2: `the top` (50) can land first: see the plan."
    assert reverted.fix == "Send mechanical edits over many files as a pull request of their own."


def test_too_much_that_is_left_out_is_told_to_go_by_itself() -> None:
    locks = [ChangedFile(f"{at}/yarn.lock", Change.MODIFIED, 25_001, 0, None) for at in range(2)]

    (finding,) = judge(pull_request(*locks)).findings

    assert finding.message == (
        "50002 lines are left out of the count, 2 over the limit of 50000: nobody can look them over."
    )
    assert finding.fix == "Send generated and copied files in pull requests of their own."


def test_prose_that_turns_into_code_is_told_to_be_shown() -> None:
    (finding,) = judge(pull_request(changed("src/a.py", change=Change.RENAMED, previous_path="docs/a.md"))).findings

    assert finding.message == "`src/a.py` was `docs/a.md`, whose lines did not count: they turn into code."
    assert finding.fix == "Delete the old file and add the new one, so that its lines are shown."
