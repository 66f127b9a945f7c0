"""A file that people write by the line and that shows none was not counted: that is unknown, and never small."""

from __future__ import annotations

import pytest

from rules.engine.attributes import Attributes
from rules.engine.evaluate import evaluate
from rules.engine.hidden import holds_lines
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile
from rules.engine.result import Mode, Outcome, RuleResult
from rules.engine.rule import Rule
from rules.required_tests import RequiredTests
from rules.small_diff import SmallDiff
from tests.factories import pull_request

BINARY = "git takes it for binary."


def hidden(path: str, change: Change = Change.ADDED) -> ChangedFile:
    return ChangedFile(path, change, 0, 0, (), binary=True)


def judge(rule: Rule, *files: ChangedFile, attributes: str = "") -> RuleResult:
    pr = pull_request(*files, attributes={"": attributes}, tree=frozenset())
    return evaluate(Policy((Listed("it", Mode.HOLD, rule),)), pr).results[0]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/app.py", True),
        ("web/Page.TSX", True),
        ("tests/test_app.py", True),
        ("deploy/app.yaml", True),
        ("package.json", True),
        ("db/migrations/0001.sql", True),
        ("Dockerfile", True),
        ("bin/release", True),
        (".profile", True),
        ("logo.png", False),
        ("font.woff2", False),
        ("data/model.onnx", False),
        ("Info.plist", False),
        ("tests/data/blob", False),
        ("docs/manual.pdf", False),
    ],
)
def test_the_name_says_whether_a_file_is_written_by_the_line(path: str, expected: bool) -> None:
    assert holds_lines(path, Attributes()) is expected


def test_code_that_shows_no_line_is_of_no_known_size_and_each_is_named_up_to_five() -> None:
    result = judge(SmallDiff(), *(hidden(f"{at}.py") for at in range(7)))

    assert result.outcome is Outcome.FOUND
    assert result.sentence == "At least 0 effective lines; the rest could not be read."
    assert [one.message for one in result.findings[::5]] == [
        "`0.py` shows no line of its change, so it could not be counted: git takes it for binary.",
        "2 more of the changed files show no line either.",
    ]
    assert {one.fix for one in result.findings} == {
        "Take out what makes git take it for binary: a NUL byte, or an attribute."
    }
    assert (result.facts["effective_lines"], result.facts["parts"]) == (None, [])


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(hidden("logo.png"), id="an image"),
        pytest.param(hidden("gone.py", Change.DELETED), id="a file that is deleted"),
        pytest.param(hidden("yarn.lock"), id="a file that weighs nothing"),
        pytest.param(ChangedFile("mode.py", Change.MODIFIED, 0, 0, ()), id="a file that got another mode"),
    ],
)
def test_what_has_no_line_to_count_is_not_held(file: ChangedFile) -> None:
    assert judge(SmallDiff(), file).outcome is Outcome.PASS


def test_what_the_base_marks_as_generated_need_not_be_counted() -> None:
    result = judge(SmallDiff(), hidden("api.py"), attributes="*.py linguist-generated\n")

    assert result.outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("src/a.py", ["`src/a.py` shows no line of its change, so whether it needs a test is not known: " + BINARY]),
        ("logo.png", []),
        ("app.yaml", []),
        ("tests/test_app.py", []),
        ("gen/api.py", []),
    ],
)
def test_whether_hidden_code_needs_a_test_is_not_known(path: str, said: list[str]) -> None:
    result = judge(RequiredTests(exempt=("gen/**",)), hidden(path))

    assert [one.message for one in result.findings] == said
