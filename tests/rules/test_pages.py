"""What rules and policies say of themselves: pages, rows of options, JSON Schemas, and verdicts as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import ClassVar

import jsonschema_rs
import pytest
from pydantic import Field

from rules.engine.contract import as_json
from rules.engine.duration import Duration
from rules.engine.evaluate import evaluate
from rules.engine.page import duration, options_of, page, row, table, text_page
from rules.engine.policy import Listed, Policy, PolicyError, read_policy
from rules.engine.pull_request import PullRequest
from rules.engine.result import Finding, Kind, Mode, Note, Override, Reported, Yielded
from rules.engine.rule import Options, Rule
from rules.engine.schema import check_schema, policy_schema
from rules.engine.sections import Deploy, Merge
from tests.factories import added, pull_request


class Inner(Options):
    """What lies inside."""

    depth: int = Field(3, description="How deep.")


class Bare(Rule):
    """It says little."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        yield Reported({"files": pr.totals.files}, "Counted.")
        yield Finding("Too deep.", "Dig less.", "a.py", 1, 2)


class Noting(Rule):
    """It only remarks."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        yield Note("Quite deep.", "Dig less.", pr.files[0].path, 1, 2)


class Full(Bare):
    """It says all.

    ## Why
    Because.
    """

    exempt_kinds: ClassVar[Mapping[Kind, str]] = {Kind.DOCS: "prose is free"}
    facts: ClassVar[Mapping[str, str]] = {"files": "How many."}

    wait: Duration = Field(5400, description="How long | at most.")
    inner: Inner = Field(default_factory=Inner, description="What lies inside.")
    word: str | None = Field(None, description="A word.")


RULES: Mapping[str, type[Rule]] = {"bare": Bare, "full": Full}


def test_a_page_shows_modes_options_exemptions_and_facts() -> None:
    lines = page(Full).splitlines()

    assert lines[:6] == ["# full", "", "It says all.", "", "## Why", "Because."]
    assert "- `warn`: is shown, stops nothing (the default)" in lines
    assert lines[lines.index("## Options") :][:7] == [
        "## Options",
        "| option | default | what it says |",
        "|---|---|---|",
        r"| `wait` | `90m` | How long \| at most. |",
        "| `inner` | | What lies inside. |",
        "| &nbsp;&nbsp;`depth` | `3` | How deep. |",
        "| `word` | | A word. |",
    ]
    assert lines[-5:] == [
        "## Kinds of change that it does not judge",
        "- `docs`: prose is free",
        "",
        "## Facts",
        "- `files`: How many.",
    ]


def test_a_page_leaves_out_what_a_rule_does_not_have() -> None:
    lines = page(Bare).splitlines()

    assert [line for line in lines if line.startswith("#")] == ["# bare", "## Modes", "## Options"]
    assert [line.partition("`")[2].partition("`")[0] for line in lines[-2:]] == ["paths", "exempt-kinds"]


def test_a_page_for_a_terminal_lists_the_options() -> None:
    lines = list(text_page(Full))

    assert [line for line in lines if line.startswith("|")] == []
    assert lines[lines.index("## Options") + 1 :][:4] == [
        "- wait (90m): How long | at most.",
        "- inner: What lies inside.",
        "  - depth (3): How deep.",
        "- word: A word.",
    ]
    assert lines[-1] == "- `files`: How many."


def test_a_section_is_a_table_of_its_options() -> None:
    lines = table(Deploy).splitlines()

    assert "| `within` | `1h` | How long the deployment may take, such as 60m; in seconds once read. |" in lines
    assert any(line.startswith("| &nbsp;&nbsp;`soak` | `10m` | ") for line in lines)
    assert row(next(options_of(Merge))).endswith("One of `ready`, `label`. |")


@pytest.mark.parametrize(
    ("seconds", "spelled"), [(86_400, "1d"), (7200, "2h"), (5400, "90m"), (90, "90s"), (90_000, "25h")]
)
def test_a_duration_is_spelled_as_policies_do(seconds: int, spelled: str) -> None:
    assert duration(seconds) == spelled


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("{}", True),
        (
            '{"rules": {"full": {"wait": "2h", "inner": {"depth": 1}, "paths": ["a"], "mode": "off"}, "bare": null}}',
            True,
        ),
        ('{"rules": {"bare": {"exempt-kinds": ["!docs"]}}, "extends": "andon:recommended"}', True),
        ('{"rules": {"full": {"wait": 7200}}}', False),
        ('{"rules": {"bare": {"exempt-kinds": ["prose"]}}}', False),
        ('{"rules": {"bare": {"paths": ["a/"]}}}', False),
        ('{"rules": {"none": "hold"}}', False),
    ],
)
def test_the_schema_of_a_policy_says_what_the_loader_does(text: str, valid: bool) -> None:
    schema = policy_schema(RULES)

    try:
        read_policy(text, "here", RULES)
    except PolicyError:
        accepted = False
    else:
        accepted = True

    assert (jsonschema_rs.Draft202012Validator(schema).is_valid(json.loads(text)), accepted) == (valid, valid)
    assert schema["$defs"]["Full"]["properties"]["wait"]["default"] == "90m"
    assert set(schema["$defs"]["Bare"]["properties"]) == {"mode", "paths", "exempt-kinds"}


def test_a_remark_is_listed_apart_with_its_next_step() -> None:
    said = as_json(evaluate(Policy((Listed("noting", Mode.BLOCK, Noting()),)), pull_request(added("a.py", ["x"]))))

    assert list(jsonschema_rs.Draft202012Validator(check_schema()).iter_errors(said)) == []
    assert said["conclusion"] == "passed"
    assert said["rules"] == [
        {
            "rule": "noting",
            "mode": "block",
            "outcome": "pass",
            "facts": {},
            "findings": [],
            "notes": [
                {"message": "Quite deep.", "path": "a.py", "start_line": 1, "end_line": 2, "fix": "Dig less."},
            ],
        }
    ]


def test_the_schema_names_every_rule_there_is() -> None:
    listed = policy_schema()["properties"]["rules"]["properties"]

    assert {"small-diff", "pairing", "required-tests"} <= set(listed)


def test_a_verdict_is_json_that_follows_its_schema() -> None:
    policy = Policy((Listed("bare", Mode.HOLD, Bare()), Listed("full", Mode.WARN, Full())), source="here")
    verdict = evaluate(policy, pull_request(added("a.py", ["x", "y"])), [Override("bare", "bob", "it is late")])

    said = as_json(verdict)

    assert list(jsonschema_rs.Draft202012Validator(check_schema()).iter_errors(said)) == []
    assert (said["conclusion"], said["policy"], said["kind"]) == ("warned", "here", "change")
    assert said["rules"] == [
        {
            "rule": "bare",
            "mode": "hold",
            "outcome": "found",
            "facts": {"files": 1},
            "findings": [{"message": "Too deep.", "path": "a.py", "start_line": 1, "end_line": 2}],
            "override": {"by": "bob", "reason": "it is late"},
        },
        {
            "rule": "full",
            "mode": "warn",
            "outcome": "found",
            "facts": {"files": 1},
            "findings": [{"message": "Too deep.", "path": "a.py", "start_line": 1, "end_line": 2}],
        },
    ]


def test_an_error_inside_the_key_of_a_mapping_is_named_at_its_value() -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy('rules: {required-tests: {map: {"": tests/a.py}}}', "here")

    (line,) = caught.value.lines()
    assert line.startswith("here:1:36: rules.required-tests.map.: ")
