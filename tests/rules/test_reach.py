"""The options that every rule takes: which paths it sees, and which kinds of change it does not judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine.change_kind import kind_of
from rules.engine.evaluate import evaluate, needs_of
from rules.engine.known import known_rules
from rules.engine.needs import Needs
from rules.engine.page import page, text_page
from rules.engine.policy import Listed, Policy, PolicyError, read_policy
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Side, Totals
from rules.engine.reach import COMMON, Reach
from rules.engine.result import Finding, Kind, Mode, Outcome, Reported, RuleResult, Yielded
from rules.engine.rule import Rule
from tests.factories import added, changed, code, commit, modified, pull_request

SEEN = Finding("Seen.", "Hide it.")


class Looks(Rule):
    """Report the paths that it is shown, and find fault with all of them."""

    exempt_kinds: ClassVar[Mapping[Kind, str]] = {Kind.DOCS: "prose is not judged", Kind.REVERT: "it was there before"}

    def needs(self, pr: PullRequest) -> Needs:
        return Needs(frozenset((Side.HEAD, file.path) for file in pr.files))

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        totals = [pr.totals.files, pr.totals.added, pr.totals.deleted]
        yield Reported({"paths": [file.path for file in pr.files], "totals": totals}, "Looked.")
        yield SEEN


def looks(**reach: Any) -> Policy:
    return Policy((Listed("looks", Mode.HOLD, Looks(), Reach(**reach)),))


def asked(pr: PullRequest, **reach: Any) -> RuleResult:
    (result,) = evaluate(looks(**reach), pr).results
    return result


def small_diff(text: str, pr: PullRequest) -> RuleResult:
    (result,) = evaluate(read_policy(f"rules: {{small-diff: {text}}}", "here"), pr).results
    return result


@pytest.mark.parametrize(
    ("paths", "seen"),
    [
        pytest.param([], ["a.py", "docs/a.md", "src/a.py", "src/gen/b.py"], id="all files by default"),
        pytest.param(["src/**"], ["src/a.py", "src/gen/b.py"], id="what a glob names"),
        pytest.param(["src/*"], ["src/a.py"], id="a star ends at a slash"),
        pytest.param(["/a.py"], ["a.py"], id="from the top"),
        pytest.param(["a.*"], ["a.py", "docs/a.md", "src/a.py"], id="a name in any directory"),
        pytest.param(["src/**", "!src/gen/**"], ["src/a.py"], id="the last that matches decides"),
        pytest.param(["!src/gen/**", "src/**"], ["a.py", "docs/a.md", "src/a.py", "src/gen/b.py"], id="in its order"),
        pytest.param(["!src/**"], ["a.py", "docs/a.md"], id="all but some"),
        pytest.param(["[[:nonsense:]]*"], [], id="no such class of letters"),
        pytest.param(["!src/**", "b.py"], ["a.py", "docs/a.md", "src/gen/b.py"], id="all but some of some"),
    ],
)
def test_a_rule_sees_the_files_that_its_paths_name(paths: list[str], seen: list[str]) -> None:
    pr = pull_request(*(added(path, ["x"]) for path in ("a.py", "docs/a.md", "src/a.py", "src/gen/b.py")))

    assert asked(pr, paths=paths).facts["paths"] == seen
    assert {path for _, path in needs_of(looks(paths=paths), pr).texts} == set(seen)


def test_what_is_not_seen_is_taken_off_the_totals_so_that_nothing_is_missing() -> None:
    pr = pull_request(
        modified("src/a.py", add=["x()", "y()"], remove=["z()"]), modified("b.py", add=["q()"] * 9, remove=["r()"])
    )

    result = small_diff('{paths: ["src/**"], max-lines: 2}', pr)

    assert result.outcome is Outcome.FOUND
    assert (result.unknown, result.facts["files"], result.facts["raw_added"], result.facts["raw_deleted"]) == (
        (),
        1,
        2,
        1,
    )
    assert result.facts["effective_lines"] == 3


def test_a_file_that_is_not_seen_is_not_unknown_even_if_its_text_could_not_be_read() -> None:
    pr = pull_request(added("src/a.py", code(3)), ChangedFile("huge.py", Change.MODIFIED, 9000, 0, None))

    assert small_diff("hold", pr).outcome is Outcome.UNKNOWN
    assert small_diff('{paths: ["src/**"]}', pr).outcome is Outcome.PASS


def test_a_file_that_could_not_be_listed_keeps_it_unknown() -> None:
    pr = pull_request(added("src/a.py", code(3)), added("b.py", code(3)), totals=Totals(3, 106, 0))

    assert small_diff('{paths: ["src/**"]}', pr).outcome is Outcome.UNKNOWN
    assert small_diff('{paths: ["web/**"]}', pr).outcome is Outcome.UNKNOWN
    assert small_diff('{paths: ["web/**"]}', pull_request(totals=Totals(4000, 90_000, 0))).outcome is Outcome.FOUND


def test_a_renamed_file_is_seen_by_either_name() -> None:
    pr = pull_request(
        changed("old/a.py", change=Change.RENAMED, previous_path="src/a.py"),
        changed("src/b.py", change=Change.RENAMED, previous_path="old/b.py"),
        changed("old/d.py", change=Change.RENAMED, previous_path="old/c.py"),
    )

    assert asked(pr, paths=["src/**"]).facts["paths"] == ["old/a.py", "src/b.py"]
    assert asked(pr, paths=["!old/**"]).facts["paths"] == ["old/a.py", "src/b.py"]


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        (["web/**"], "no changed file is among its paths (`web/**`)"),
        (list("abcde"), "no changed file is among its paths (`a`, `b`, `c` and 2 more)"),
    ],
)
def test_where_none_of_its_paths_changed_a_rule_does_not_apply_and_says_why(paths: list[str], why: str) -> None:
    pr = pull_request(added("src/a.py", code(3)))

    result = asked(pr, paths=paths)

    assert (result.outcome, result.exempt, result.findings) == (Outcome.NOT_APPLICABLE, why, ())
    assert result.facts == {"paths": [], "totals": [0, 0, 0]}
    assert not needs_of(looks(paths=paths), pr)


def test_the_kind_of_change_is_that_of_the_whole_pull_request_whatever_a_rule_sees() -> None:
    pr = pull_request(added("docs/a.md", ["x"]), added("src/a.py", ["x"]))

    result = asked(pr, paths=["docs/**"])

    assert (result.outcome, result.exempt) == (Outcome.FOUND, "")


@pytest.mark.parametrize(
    ("kinds", "path", "exempt"),
    [
        pytest.param([], "a.md", "prose is not judged", id="built in"),
        pytest.param(["!docs"], "a.md", "", id="taken back"),
        pytest.param(
            ["!docs", "docs"], "a.md", "the policy exempts the kind of change `docs`", id="the last word counts"
        ),
        pytest.param(["docs", "!docs"], "a.md", "", id="the other way round"),
        pytest.param(["tests"], "tests/test_a.py", "the policy exempts the kind of change `tests`", id="added"),
        pytest.param(["tests", "docs"], "a.py", "", id="another kind"),
        pytest.param(["!tests"], "tests/test_a.py", "", id="taken back where nothing was given"),
    ],
)
def test_a_policy_exempts_kinds_of_change_and_takes_exemptions_back(kinds: list[str], path: str, exempt: str) -> None:
    result = asked(pull_request(added(path, ["x"])), exempt_kinds=kinds)

    assert result.exempt == exempt
    assert result.outcome is (Outcome.NOT_APPLICABLE if exempt else Outcome.FOUND)


def test_only_a_proven_revert_is_exempt_as_a_revert() -> None:
    claimed = pull_request(added("a.py", ["x"]), title='Revert "Add x"', commits=(commit('Revert "Add x"'),))
    proven = pull_request(added("a.py", ["x"]), undoes="c" * 40)

    assert asked(claimed, exempt_kinds=["revert"]).outcome is Outcome.FOUND
    assert asked(proven, exempt_kinds=["revert"]).outcome is Outcome.NOT_APPLICABLE
    assert asked(proven, exempt_kinds=["!revert"]).outcome is Outcome.FOUND


def test_every_kind_but_a_plain_change_can_be_exempt() -> None:
    words = read_policy("rules: {small-diff: {exempt-kinds: []}}", "here").rules[0].reach.model_json_schema()
    kinds = [kind.value for kind in Kind if kind is not Kind.CHANGE]

    allowed = words["properties"]["exempt-kinds"]["items"]["enum"]

    assert allowed == [*kinds, *(f"!{kind}" for kind in kinds)]


@pytest.mark.parametrize("name", known_rules())
def test_every_rule_takes_them_and_its_page_says_so(name: str) -> None:
    text = f'rules: {{{name}: {{mode: warn, paths: ["src/**", "!*.md"], exempt-kinds: [tests, "!docs"]}}}}'

    (listed,) = read_policy(text, "here").rules

    assert listed.reach == Reach(paths=("src/**", "!*.md"), exempt_kinds=("tests", "!docs"))
    assert [option for option in COMMON if f"| `{option}` |" not in page(known_rules()[name])] == []
    assert [option for option in COMMON if f"- {option} ([])" not in "\n".join(text_page(known_rules()[name]))] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "rules:\n  small-diff:\n    paths:\n      - src/**\n      - !docs/**",
            "here:5:9: rules.small-diff.paths[1]: a tag (`!docs/**`): put it in quotes.",
            id="a negation without quotes",
        ),
        pytest.param(
            "rules:\n  small-diff:\n    paths: [src/]",
            "here:3:13: rules.small-diff.paths[0]: names a directory, which is never a file: write `src/**`, got "
            '"src/".',
            id="a directory",
        ),
        pytest.param(
            'rules: {small-diff: {paths: ["!"]}}',
            'here:1:30: rules.small-diff.paths[0]: should be a glob, got "!".',
            id="nothing left out",
        ),
        pytest.param(
            'rules: {small-diff: {paths: ["a\\nb"]}}',
            'here:1:30: rules.small-diff.paths[0]: should be a glob, got "a\\nb".',
            id="a line break",
        ),
        pytest.param(
            "rules: {small-diff: {paths: [3]}}",
            "here:1:30: rules.small-diff.paths[0]: should be a glob, got 3.",
            id="a number",
        ),
        pytest.param(
            "rules: {small-diff: {paths: src}}",
            'here:1:29: rules.small-diff.paths: should be a list, got "src".',
            id="a word",
        ),
        pytest.param(
            "rules: {pairing: {exempt-kinds: [doc]}}",
            "here:1:34: rules.pairing.exempt-kinds[0]: should be one of revert, removal, move, formatting, "
            "dependencies, generated, docs, tests, !revert, !removal, !move, !formatting, !dependencies, !generated, "
            "!docs, !tests, "
            'got "doc". Did you mean "docs"?',
            id="a kind misspelt",
        ),
        pytest.param(
            "rules: {pairing: {exempt-kind: [docs]}}",
            'here:1:19: rules.pairing.exempt-kind: no such option. Did you mean "exempt-kinds"?',
            id="an option misspelt",
        ),
    ],
)
def test_an_error_names_the_place_the_problem_and_the_cure(text: str, expected: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(text, "here")

    assert caught.value.lines() == (expected,)


PATHS = st.sampled_from(["a.py", "src/a.py", "src/gen/b.py", "docs/a.md", "tests/test_a.py"])
PATTERNS = st.lists(
    st.sampled_from(["src/**", "!src/gen/**", "*.md", "!*.py", "**", "tests/*", "!docs/**"]), max_size=4
)


@given(paths=st.lists(PATHS, unique=True, max_size=5), patterns=PATTERNS)
def test_narrowing_loses_and_invents_nothing(paths: list[str], patterns: list[str]) -> None:
    pr = pull_request(*(added(path, code(at + 1)) for at, path in enumerate(paths)))
    reach = Reach(paths=tuple(patterns))

    narrowed = reach.narrowed(pr)

    assert set(narrowed.files) <= set(pr.files)
    assert narrowed.totals == pull_request(*narrowed.files).totals
    assert reach.narrowed(narrowed) == narrowed
    assert bool(reach.beside(pr)) is (bool(pr.files) and not narrowed.files)
    assert kind_of(pr) is kind_of(pr)
