"""The rule small-diff: what counts, what it says, and what cannot be hidden from it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.engine.evaluate import evaluate
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Totals
from rules.engine.result import Mode, Outcome, RuleResult
from rules.small_diff import SmallDiff
from tests.factories import added, changed, code, deleted, hunk, modified, pull_request


def judge(pr: PullRequest, rule: SmallDiff | None = None) -> RuleResult:
    policy = Policy((Listed("small-diff", Mode.HOLD, rule or SmallDiff()),))
    return evaluate(policy, pr).results[0]


def facts(*files: ChangedFile, attributes: Mapping[str, str] | None = None) -> Mapping[str, object]:
    return judge(pull_request(*files, attributes=attributes)).facts


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([added("a.py", code(7))], 7, id="a line of code is one"),
        pytest.param([added("tests/test_a.py", code(7))], 4, id="a line of tests is half, rounded up"),
        pytest.param([modified("a.py", remove=code(5))], 2, id="a deleted line is a quarter, rounded up"),
        pytest.param([modified("tests/test_a.py", remove=code(8))], 1, id="a deleted line of tests is an eighth"),
        pytest.param([deleted("a.py", code(500))], 0, id="a deleted file is nothing"),
        pytest.param([added("a.md", code(7)), added("yarn.lock", code(7))], 0, id="prose and lock files are nothing"),
        pytest.param([added("a.py", ["# why", "", "x()"])], 1, id="comments and blank lines are nothing"),
        pytest.param([modified("a.py", remove=code(5)), added("b.py", code(5))], 0, id="a moved block is nothing"),
        pytest.param(
            [modified("a.py", remove=code(5), add=["if on:", *(f"    {line}" for line in code(5))])],
            1,
            id="only the wrapper of a re-indented block counts",
        ),
        pytest.param([added("a.js", ["x" * 40_000])], 400, id="a giant line is not one line"),
        pytest.param([changed("b.py", change=Change.RENAMED, previous_path="a.py")], 0, id="a rename is nothing"),
    ],
)
def test_effective_lines(files: list[ChangedFile], lines: int) -> None:
    assert facts(*files)["effective_lines"] == lines


def test_every_fact_is_reported() -> None:
    pr = pull_request(
        added("src/a.py", code(6)),
        added("docs/a.md", code(4, start=100)),
        modified("yarn.lock", remove=["x"], add=["y", "z"]),
        modified("src/b.py", remove=code(3, start=50), add=[f"  {line}" for line in code(3, start=50)]),
    )

    assert judge(pr).facts == {
        "effective_lines": 6,
        "raw_added": 15,
        "raw_deleted": 4,
        "files": 4,
        "moved_lines": 3,
        "excluded": {"docs": 4, "lockfile": 3},
        "parts": [],
    }


@pytest.mark.parametrize(
    ("count", "outcome"), [(400, Outcome.PASS), (401, Outcome.FOUND)], ids=["at the limit", "one over the limit"]
)
def test_the_limit_itself_is_allowed(count: int, outcome: Outcome) -> None:
    assert judge(pull_request(added("a.py", code(count)))).outcome is outcome


@pytest.mark.parametrize(("count", "praised"), [(0, False), (1, True), (200, True), (201, False)])
def test_a_small_change_is_praised(count: int, praised: bool) -> None:
    assert ("Small:" in judge(pull_request(added("a.py", code(count)))).sentence) is praised


def test_a_submodule_counts_and_is_never_praised() -> None:
    lines = [f"{sign}Subproject commit {digit * 40}" for sign, digit in ("-1", "+2")]

    result = judge(pull_request(changed("docs/lib.md", hunk(lines))))

    assert (result.facts["effective_lines"], "Small" in result.sentence) == (2, False)


def test_the_finding_says_the_numbers_the_largest_part_and_where_it_is() -> None:
    result = judge(
        pull_request(
            added("src/billing/pay.py", code(371)), added("src/a.py", code(241, start=1000)), added("a.md", ["x"])
        )
    )

    assert result.findings[0].message == (
        "612 effective lines, 212 over the limit of 400. `src/billing/` (371) is the largest part."
    )
    assert result.findings[0].fix == "Split it in 2: `src/a.py` (241) can land first: see the plan."
    assert [(one.path, one.start_line, one.end_line) for one in result.findings[1:]] == [
        ("src/billing/pay.py", 1, 371),
        ("src/a.py", 1, 241),
    ]
    assert result.sentence == "612 effective lines, limit 400 (1 in docs not counted)."


def test_pointers_show_lines_that_the_diff_adds() -> None:
    file = changed(
        "a.py",
        hunk([" x", *(f"+{line}" for line in code(3))], old_start=5, new_start=5),
        hunk([" y", "-z", *(f"+{line}" for line in code(500, start=9))], old_start=50, new_start=53),
    )

    pointer = judge(pull_request(file)).findings[1]

    assert (pointer.path, pointer.start_line, pointer.end_line) == ("a.py", 54, 553)


def test_a_pointer_passes_over_lines_that_do_not_count() -> None:
    file = changed(
        "a.py",
        hunk([f"+# {line}" for line in code(900)], old_start=1, new_start=1),
        hunk([" y", *(f"+{line}" for line in code(401))], old_start=50, new_start=950),
    )

    pointer = judge(pull_request(file)).findings[1]

    assert (pointer.start_line, pointer.end_line) == (951, 1351)


def test_files_that_count_nothing_are_not_too_many_files() -> None:
    docs = [added(f"docs/{number}.md", ["x"]) for number in range(60)]
    few = [added(f"src/{number}.py", ["x()"]) for number in range(50)]

    assert judge(pull_request(*docs, *few)).outcome is Outcome.PASS
    assert judge(pull_request(*few, added("src/more.py", ["x()"]))).findings[0].message.startswith("51 files")


def test_options_change_the_count() -> None:
    rule = SmallDiff.model_validate({"weights": {"docs": 1}, "deleted-factor": 1, "max-lines": 10})

    result = judge(pull_request(added("a.md", code(6)), modified("a.py", remove=code(5, start=50))), rule)

    assert (result.facts["effective_lines"], result.outcome) == (11, Outcome.FOUND)


@pytest.mark.parametrize(
    ("pr", "words"),
    [
        pytest.param(
            pull_request(added("a.py", ["x"]), totals=Totals(2, 1, 0)), "1 of 2 files were read", id="a file is missing"
        ),
        pytest.param(
            pull_request(added("a.py", ["x"]), totals=Totals(1, 9, 0)), "+1 -0 of +9 -0", id="lines are missing"
        ),
        pytest.param(
            pull_request(ChangedFile("a.py", Change.MODIFIED, 5, 0, None)), "`a.py` (+5 -0)", id="a text is missing"
        ),
        pytest.param(
            pull_request(added("a.py", ["x"]), incomplete=("The list of files was cut off",)), "cut off", id="said so"
        ),
        pytest.param(pull_request(totals=Totals(3, 5, 5)), "0 of 3 files", id="no file was read"),
    ],
)
def test_what_was_not_read_is_never_small(pr: PullRequest, words: str) -> None:
    result = judge(pr)

    assert result.outcome is Outcome.UNKNOWN
    assert words in result.unknown[0]
    assert result.facts["effective_lines"] is None
    assert "Small" not in result.sentence


@pytest.mark.parametrize(
    "pr",
    [
        pytest.param(pull_request(ChangedFile("yarn.lock", Change.MODIFIED, 5, 0, None)), id="a lock file's text"),
        pytest.param(pull_request(ChangedFile("a.py", Change.DELETED, 0, 5, None)), id="a deleted file's text"),
        pytest.param(pull_request(incomplete=("Only the first 100 reviews were read",)), id="reviews"),
    ],
)
def test_what_does_not_matter_need_not_be_read(pr: PullRequest) -> None:
    assert judge(pr).outcome is Outcome.PASS


def test_many_unread_files_are_summed_up() -> None:
    files = [ChangedFile(f"{number}.py", Change.MODIFIED, 5, 0, None) for number in range(7)]

    unknown = judge(pull_request(*files)).unknown

    assert (len(unknown), unknown[-1]) == (6, "The text of 2 further files could not be read.")


def test_what_was_read_and_is_too_big_is_found_whatever_is_missing() -> None:
    result = judge(pull_request(added("a.py", code(401)), totals=Totals(9, 401, 0)))

    assert (result.outcome, result.facts["effective_lines"], len(result.unknown)) == (Outcome.FOUND, None, 1)


@pytest.mark.parametrize("totals", [Totals(3001, 10, 0), Totals(5, 15_000, 5_001)])
def test_beyond_what_github_can_show_it_is_too_big_without_any_diff(totals: Totals) -> None:
    result = judge(pull_request(totals=totals, incomplete=("Its files were not read: over the limit",)))

    assert result.outcome is Outcome.FOUND
    assert result.findings[0].message.startswith(f"Too big to read: {totals.files} files")
    assert result.facts["raw_added"] == totals.added


def test_a_revert_may_be_large() -> None:
    result = judge(pull_request(added("a.py", code(900)), undoes="c" * 40))

    assert (result.outcome, result.findings) == (Outcome.NOT_APPLICABLE, ())
    assert (result.facts["effective_lines"], "revert" in result.exempt) == (900, True)


PATHS = st.sampled_from(["src/a.py", "b.js", "tests/test_c.py", "d.md", "yarn.lock", "e.go", ".github/x.yml", "f"])
TEXT = st.lists(
    st.sampled_from(
        ["", "# x", "// x", "/*", "*/", '"""', "def f():", "`", "a()", "  a()", "return_something(1)", "}"]
    ),
    max_size=12,
)
FILES = st.builds(
    lambda path, add, remove: modified(path, add=add, remove=remove) if add or remove else added(path, ["a()"]),
    PATHS,
    TEXT,
    TEXT,
)


@given(files=st.lists(FILES, max_size=5), more=FILES)
def test_adding_a_file_never_makes_the_size_smaller(files: list[ChangedFile], more: ChangedFile) -> None:
    """A file that completes a move is the one exception: its lines are someone else's removed ones."""
    gone = {line.text.strip() for file in files for one in file.hunks or () for line in one.lines() if line.sign == "-"}
    came = {line.text.strip() for file in files for one in file.hunks or () for line in one.lines() if line.sign == "+"}
    extra = [(line.sign, line.text.strip()) for one in more.hunks or () for line in one.lines()]
    assume(not any((sign == "+" and text in gone) or (sign == "-" and text in came) for sign, text in extra))

    before, after = facts(*files), facts(*files, more)

    assert [int(str(after[key])) >= int(str(before[key])) for key in ("effective_lines", "raw_added", "files")] == [
        True
    ] * 3


def test_it_does_not_matter_which_copy_of_a_moved_block_is_listed_first() -> None:
    files = [modified("z.py", remove=code(8)), added("b.py", code(8)), added("tests/test_a.py", code(8))]

    assert [facts(*order)["effective_lines"] for order in (files, files[::-1])] == [4, 4]


@given(files=st.lists(FILES, min_size=1, max_size=5))
def test_the_order_of_unrelated_files_does_not_matter(files: list[ChangedFile]) -> None:
    assume(len({file.path for file in files}) == len(files))

    assert facts(*files)["effective_lines"] == facts(*reversed(files))["effective_lines"]


@pytest.mark.parametrize(
    ("path", "own", "fix"),
    [
        ("web/vendor/left.js", 400, "If others wrote `web/vendor/`: land `web/vendor/** linguist-vendored` in"),
        ("third_party/left.js", 400, "If others wrote `third_party/`: land `third_party/** linguist-vendored` in"),
        ("web/vendor/left.js", 600, "Split it in "),
        ("vendoring/left.js", 400, "Split it in "),
        ("ven`dor/vendor/left.js", 400, "Split it in "),
    ],
)
def test_copied_code_that_nothing_marks_is_to_be_marked_where_that_is_enough(path: str, own: int, fix: str) -> None:
    pr = pull_request(added("src/a.py", code(own)), added(path, code(150, start=5000)))

    assert judge(pr).findings[0].fix.startswith(fix)


def test_a_first_part_that_counts_nothing_is_not_called_the_one_to_land() -> None:
    pr = pull_request(
        added("src/api.gen.go", ["// Code generated by x. DO NOT EDIT.", *code(9)]),
        added("src/shop/a.py", code(7)),
        added("src/shop/b.py", code(700, start=1000)),
        added("web/c.js", code(600, start=2000)),
    )

    assert judge(pr).findings[0].fix == "Split it in 4: `src/shop/a.py` (7) can land early: see the plan."


def test_a_plan_that_begins_with_what_is_too_large_says_so() -> None:
    pr = pull_request(added("app/migrations/a.py", code(900)), added("b/b.py", code(250, start=1000)))

    assert judge(pr).findings[0].fix == "Split it in 2: see the plan, whose first part is still too large."
