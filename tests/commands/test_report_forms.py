"""`andon check --format`: what code scanning and a workflow's log are told, held against what they read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.commands import report_github, report_sarif
from bot.commands.remarks import Remark, remarks
from rules.engine.known import known_rules
from rules.engine.result import Finding, Kind, Mode, Note, Outcome, RuleResult, Verdict, Waiting
from tests.factories import code, commit_files, git
from tools.contracts import SARIF, ensure

HOSTILE = "::error::x\r\n##[add-mask]y"


@dataclass(slots=True)
class Runner:
    """Reads a log as the runner of GitHub Actions does: what it obeys, and what it only shows."""

    obeyed: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    until: str = ""

    def read(self, log: str) -> Runner:
        for line in re.split(r"\r\n|\r|\n", log):
            self._line(line.strip())
        return self

    def _line(self, line: str) -> None:
        if self.until:
            if line == f"::{self.until}::":
                self.until = ""
            else:
                self.shown.append(line)
        elif found := re.fullmatch(r"::([\w-]+)(?: ([^:]*))?::(.*)", line):
            name, properties, message = found.groups()
            self.until = message if name == "stop-commands" else ""
            given = dict(one.split("=", 1) for one in (properties or "").split(",") if one)
            self.obeyed.append((name, {key: _read(value) for key, value in given.items()}, _read(message)))
        elif found := re.search(r"##\[([\w-]+)[^]]*\](.*)", line):
            self.obeyed.append((found.group(1), {}, found.group(2)))
        else:
            self.shown.append(line)


def _read(written: str) -> str:
    for written_as, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        written = written.replace(written_as, sign)
    return written


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    commit_files(tmp_path, {"README.md": "# Shop\n"}, "Begin")
    git(tmp_path, "switch", "-qc", "feature")
    commit_files(tmp_path, {"a b/100%.py": "\n".join(code(401)) + "\n"})
    return tmp_path


@pytest.fixture(scope="module")
def sarif() -> jsonschema_rs.Draft4Validator:
    """Give Microsoft's last revision of the schema, with what OASIS's approved errata 01 ask for beyond it.

    No package brings the errata's own file. Beside these two they only name the type of what an enumeration lists.
    """
    published = ensure(SARIF).read_text(encoding="utf-8")
    schema = json.loads(published.replace("{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "{2}(-[a-zA-Z]{2})?$"))
    schema["definitions"]["region"]["anyOf"] = [
        {"required": [one]} for one in ("startLine", "charOffset", "byteOffset")
    ]
    return jsonschema_rs.Draft4Validator(schema)


def check(repository: Path, form: str, *more: str) -> Result:
    return CliRunner().invoke(main, ["check", "--repo", str(repository), "--format", form, *more])


def verdict(*findings: Finding, mode: Mode = Mode.HOLD, outcome: Outcome = Outcome.FOUND, **fields: Any) -> Verdict:
    result = RuleResult("small-diff", mode, outcome, {}, "It is large.", findings, **fields)
    return Verdict("b" * 40, "a" * 40, "andon:recommended", Kind.CHANGE, (result,))


def results(judged: Verdict) -> Iterator[dict[str, Any]]:
    (run,) = json.loads(report_sarif.report(judged))["runs"]
    yield from run["results"]


def test_sarif_is_what_its_schema_asks_for(repository: Path, sarif: jsonschema_rs.Draft4Validator) -> None:
    answer = check(repository, "sarif")
    log = json.loads(answer.stdout)

    assert answer.exit_code == 1
    assert [error.message for error in sarif.iter_errors(log)] == []
    assert [error.message for error in sarif.iter_errors({"version": "2.1.0"})] != []


def test_a_place_without_a_line_is_no_sarif(repository: Path, sarif: jsonschema_rs.Draft4Validator) -> None:
    log = json.loads(check(repository, "sarif").stdout)
    at = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]

    at["region"] = {"startColumn": 1}

    assert [error.instance_path[-1] for error in sarif.iter_errors(log)] == ["region"]


def test_sarif_has_each_remark_at_its_place(repository: Path) -> None:
    (run,) = json.loads(check(repository, "sarif").stdout)["runs"]

    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    found = [
        (
            one["ruleId"],
            rules[one["ruleIndex"]],
            one["level"],
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["locations"][0]["physicalLocation"]["region"],
        )
        for one in run["results"]
    ]
    whole = {"startLine": 1, "endLine": 401}
    assert rules == list(known_rules())
    assert run["properties"]["conclusion"] == "held"
    assert found == [
        ("required-tests", "required-tests", "warning", "a%20b/100%25.py", whole),
        ("small-diff", "small-diff", "warning", ".github/andon.yml", {"startLine": 1}),
        ("small-diff", "small-diff", "warning", "a%20b/100%25.py", whole),
    ]


@pytest.mark.parametrize(
    ("mode", "in_sarif", "in_actions"),
    [
        (Mode.BLOCK, ["error"], ["error"]),
        (Mode.HOLD, ["warning"], ["warning"]),
        (Mode.WARN, ["note"], ["notice"]),
        (Mode.OBSERVE, [], []),
    ],
)
def test_the_mode_decides_how_loud_a_remark_is(mode: Mode, in_sarif: list[str], in_actions: list[str]) -> None:
    judged = verdict(Finding("Too large."), mode=mode)

    obeyed = Runner().read(report_github.report(judged)).obeyed

    assert [one["level"] for one in results(judged)] == in_sarif
    assert [name for name, _, _ in obeyed if name != "stop-commands"] == in_actions


def test_what_is_waited_for_unknown_or_only_noted_is_said_too() -> None:
    judged = verdict(
        outcome=Outcome.UNKNOWN,
        waiting=(Waiting("Approve it.", "a reviewer"),),
        unknown=("a.py could not be read",),
        notes=(Note("The flag is on.", "Turn it off.", "a.py", 3),),
    )

    told = [(one.level, one.words, one.path, one.start_line, one.end_line) for one in remarks(judged)]

    assert told == [
        ("warning", "Waiting for a reviewer: Approve it.", None, None, None),
        ("warning", "Could not decide: a.py could not be read", None, None, None),
        ("notice", "The flag is on. Turn it off.", "a.py", 3, 3),
    ]
    (run,) = json.loads(report_sarif.report(judged))["runs"]
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_braces_and_brackets_make_no_link_and_no_placeholder_in_sarif() -> None:
    (one,) = results(verdict(Finding("`[a](http://b)` {0} \\ \x1b")))

    assert one["message"]["text"] == "`\\[a\\](http://b)` {{0}} \\\\ �"


def test_an_annotation_says_exactly_its_words(repository: Path) -> None:
    answer = check(repository, "github")

    obeyed = Runner().read(answer.stdout).obeyed

    at = {"file": "a b/100%.py", "line": "1", "endLine": "401"}
    assert answer.exit_code == 1
    assert [(name, given) for name, given, _ in obeyed[:3]] == [
        ("warning", {"title": "andon: required-tests", **at}),
        ("warning", {"title": "andon: small-diff"}),
        ("warning", {"title": "andon: small-diff", **at}),
    ]
    assert obeyed[2][2] == "`a b/100%.py` brings 401 of the 401 effective lines; this is its largest block."


@pytest.mark.parametrize("text", [HOSTILE, "50%25, a:b,c=d", "100%", "%0A", "##[error]x", " ::warning::y", "a\nb"])
def test_nothing_in_a_remark_becomes_another_command(text: str) -> None:
    line = report_github.annotation(Remark("small-diff", "warning", text, text, 1, 2))

    read = Runner().read(line)

    given = {"title": "andon: small-diff", "file": text, "line": "1", "endLine": "2"}
    assert read.obeyed == [("warning", given, text)]
    assert read.shown == []


def test_the_runner_obeys_nothing_in_the_text() -> None:
    judged = verdict(Finding("Too large.", path=HOSTILE, start_line=1, end_line=1), Finding(HOSTILE), exempt=HOSTILE)

    read = Runner().read(report_github.report(judged) + "\n::notice::after")

    assert [name for name, _, _ in read.obeyed] == ["warning", "warning", "stop-commands", "notice"]
    assert any("##[add-mask]" in line for line in read.shown)


def test_the_token_that_ends_the_text_is_never_the_same() -> None:
    tokens = {Runner().read(report_github.report(verdict())).obeyed[-1][2] for _ in range(5)}

    assert len(tokens) == 5
    assert {len(token) for token in tokens} == {32}


def test_a_wrong_policy_is_an_annotation_for_each_problem(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("rules: {small-diff: {max-line: 3}, nonsense: warn}")

    answer = check(repository, "github", "--policy", str(tmp_path / "mine.yml"))

    obeyed = Runner().read(answer.stdout).obeyed
    assert answer.exit_code == 2
    assert [(name, given) for name, given, _ in obeyed] == [("error", {"title": "andon"})] * 2
    told = [message.partition("rules.")[2] for _, _, message in obeyed]
    assert told[0] == 'small-diff.max-line: no such option. Did you mean "max-lines"?'
    assert told[1].startswith("nonsense: no such rule.")
