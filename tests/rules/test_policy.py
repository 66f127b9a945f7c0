"""Reading policies: what they mean, and every way in which they can be wrong."""

from __future__ import annotations

import pytest

from rules.engine.policy import Listed, Policy, PolicyError, extends_owner, read_policy, recommended
from rules.engine.reach import Reach
from rules.engine.result import Mode
from rules.engine.sections import Deploy, Merge, Overrides
from rules.small_diff import SmallDiff

HERE = ".github/andon.yml"


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_policy(text, HERE)
    return list(caught.value.lines())


def test_a_whole_policy_is_read() -> None:
    policy = read_policy(
        """
branches: [main, "release/**"]
rules:
  small-diff:
    mode: block
    max-lines: 300
    weights: {test: 1}
merge:
  when: label
  method: rebase
  required-checks: [ci, lint]
deploy:
  via: workflow_dispatch
  within: 15m
""",
        HERE,
    )

    ((name, mode, rule, reach),) = policy.rules
    assert (name, mode, reach) == ("small-diff", Mode.BLOCK, Reach())
    assert rule == SmallDiff.model_validate({"max-lines": 300, "weights": {"test": 1}})
    assert policy.merge == Merge(when="label", method="rebase", required_checks=("ci", "lint"))
    assert policy.deploy == Deploy(via="workflow_dispatch", within="15m")
    assert policy.deploy is not None
    assert (policy.deploy.within, policy.deploy.environment, policy.deploy.ref) == (900, "production", None)
    assert (policy.branches, policy.source) == (("main", "release/**"), HERE)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        pytest.param("", [], id="an empty file"),
        pytest.param("rules:", [], id="no rules"),
        pytest.param("rules:\n  small-diff:", [("small-diff", Mode.HOLD)], id="a rule without options"),
        pytest.param("rules:\n  small-diff: warn", [("small-diff", Mode.WARN)], id="a rule with a mode"),
        pytest.param("rules:\n  small-diff: off", [("small-diff", Mode.OFF)], id="off is a word, not false"),
        pytest.param("extends: andon:recommended", [("small-diff", Mode.HOLD)], id="the preset"),
        pytest.param(
            "extends: andon:recommended\nrules: {small-diff: block}", [("small-diff", Mode.BLOCK)], id="over the preset"
        ),
    ],
)
def test_rules_are_listed_with_their_modes(text: str, listed: list[tuple[str, Mode]]) -> None:
    assert [(one.name, one.mode) for one in read_policy(text, HERE).rules if one.name == "small-diff"] == listed


def test_numbers_may_be_written_in_other_bases() -> None:
    (listed,) = read_policy("rules: {small-diff: {max-lines: 0x1f, good-lines: 0o17}}", HERE).rules

    assert listed.rule == SmallDiff(max_lines=31, good_lines=15)


def test_without_merge_and_deploy_sections_nothing_is_merged_or_deployed() -> None:
    policy = read_policy("extends: andon:recommended", HERE)

    assert (policy.merge, policy.deploy) == (None, None)


def test_the_preset_holds_pull_requests_that_are_too_large() -> None:
    assert Listed("small-diff", Mode.HOLD, SmallDiff()) in recommended().rules


@pytest.mark.parametrize(
    ("branches", "branch", "governed"),
    [
        ((), "trunk", True),
        ((), "other", False),
        (("release/*",), "release/1", True),
        (("release/*",), "trunk", False),
    ],
)
def test_a_policy_governs_the_default_branch_or_those_it_names(
    branches: tuple[str, ...], branch: str, governed: bool
) -> None:
    assert Policy((), branches).governs(branch, default_branch="trunk") is governed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "rules:\n  small-diff:\n    max-line: 3",
            [':3:5: rules.small-diff.max-line: no such option. Did you mean "max-lines"?'],
            id="an option misspelt",
        ),
        pytest.param(
            "rules:\n  small-diff:\n    max-lines: lots",
            [':3:16: rules.small-diff.max-lines: should be a whole number, got "lots".'],
            id="a word for a number",
        ),
        pytest.param(
            'rules: {small-diff: {max-lines: "300"}}',
            [':1:33: rules.small-diff.max-lines: should be a whole number, got "300".'],
            id="a quoted number is text",
        ),
        pytest.param(
            "rules: {small-diff: {max-lines: 0}}",
            [":1:33: rules.small-diff.max-lines: should be greater than 0, got 0."],
            id="too small",
        ),
        pytest.param(
            "rules: {small-diff: {weights: {tests: 1}}}",
            [':1:32: rules.small-diff.weights.tests: no such option. Did you mean "test"?'],
            id="an option inside an option",
        ),
        pytest.param(
            "rules: {small-dif: warn}", [':1:9: rules.small-dif: no such rule. Did you mean "small-diff"?'], id="a rule"
        ),
        pytest.param(
            "rules: {small-diff: blok}",
            [
                (
                    ':1:21: rules.small-diff: should be one of off, observe, warn, hold, block, got "blok". '
                    'Did you mean "block"?'
                )
            ],
            id="a mode",
        ),
        pytest.param(
            "rules: {small-diff: {mode: true}}",
            [":1:28: rules.small-diff.mode: should be one of off, observe, warn, hold, block, got true."],
            id="a mode that is no word",
        ),
        pytest.param("rules: [small-diff]", [":1:8: rules: should be a mapping of options, got a list."], id="a list"),
        pytest.param("hello", [':1:1: should be a mapping of options, got "hello".'], id="text"),
        pytest.param("rule: {}", [':1:1: rule: no such option. Did you mean "rules"?'], id="a section"),
        pytest.param(
            "extends: andon:all",
            [':1:10: extends: should be one of andon:recommended, owner, got "andon:all".'],
            id="a preset",
        ),
        pytest.param(
            "deploy: {within: 15}",
            [":1:18: deploy.within: should be a duration such as 90s, 15m, 2h or 60d, got 15."],
            id="a duration without a unit",
        ),
        pytest.param(
            "merge: {required-checks: ci}",
            [':1:26: merge.required-checks: should be a list, got "ci".'],
            id="a word for a list",
        ),
        pytest.param("branches: [main, 3]", [":1:18: branches[1]: should be a word, got 3."], id="inside a list"),
        pytest.param("rules: &a {}", [":1:8: rules: an anchor (`&a`): write the value out."], id="an anchor"),
        pytest.param("merge: !!map {}", [":1:8: merge: a tag (`tag:yaml.org,2002:map`): leave it out."], id="a tag"),
        pytest.param("rules: {}\n---\nrules: {}", [":2:1: a second document: keep one."], id="a second document"),
        pytest.param("rules: {}\nrules: {}", [":2:1: rules: given twice; first in line 1."], id="a key twice"),
        pytest.param("? [a]\n: b", [":1:3: a key must be one word."], id="a list as a key"),
        pytest.param("x: " + "[" * 500, [":1:24: nested deeper than 20."], id="500 lists in each other"),
        pytest.param("#" * 66_000, [":1:1: larger than 64 KiB."], id="too large"),
        pytest.param("a: \ud800", [":1:1: the text holds characters that are not Unicode text."], id="a surrogate"),
    ],
)
def test_an_error_names_the_place_the_problem_and_the_cure(text: str, expected: list[str]) -> None:
    assert [line.removeprefix(HERE) for line in problems(text)] == expected


def test_every_problem_is_named_at_once_in_the_order_of_the_text() -> None:
    lines = problems(
        """\
rules:
  small-diff:
    max-line: 3
    max-files: many
  nonsense: warn
merge:
  when: always
  label: 7
colour: red
"""
    )

    assert [line.removeprefix(HERE).split(": ")[0] for line in lines] == [
        ":3:5",
        ":4:16",
        ":5:3",
        ":7:9",
        ":8:10",
        ":9:1",
    ]


@pytest.mark.parametrize("text", ["a: [", "a: 'x", "\ta: b", "a: b: c", "\0", "%YAML 9", "a: \x07", "*a", "- - -\n &"])
def test_broken_yaml_is_a_problem_with_a_place(text: str) -> None:
    (first, *_) = problems(text)

    assert first.startswith((f"{HERE}:1:", f"{HERE}:2:"))


@pytest.mark.parametrize("word", ["on", "no", "yes", "12:30:45", "1_000", "0777x", "2001-01-01"])
def test_words_of_old_yaml_stay_text(word: str) -> None:
    policy = read_policy(f"merge: {{label: {word}}}", HERE)

    assert policy.merge is not None
    assert policy.merge.label == word


OWNERS = read_policy(
    """
branches: [main, "release/*"]
rules: {small-diff: {mode: block, max-lines: 9}, pairing: warn}
merge: {when: label, label: go}
deploy: {environment: live}
overrides: {by-author: true}
""",
    "octo/.github",
)


def test_a_policy_that_extends_its_owners_replaces_rules_whole_and_keeps_the_rest() -> None:
    policy = read_policy("extends: owner\nrules: {small-diff: warn}", HERE, owner=OWNERS)

    assert policy.rules == (
        Listed("small-diff", Mode.WARN, SmallDiff()),
        *(one for one in OWNERS.rules if one.name == "pairing"),
    )
    assert (policy.branches, policy.merge, policy.deploy, policy.overrides) == (
        OWNERS.branches,
        OWNERS.merge,
        OWNERS.deploy,
        OWNERS.overrides,
    )
    assert policy.source == f"{HERE}, over octo/.github"


def test_what_a_policy_says_itself_stands_before_its_owners() -> None:
    text = "extends: owner\nbranches: [trunk]\nmerge: {}\ndeploy: {}\noverrides: {}\n"

    policy = read_policy(text, HERE, owner=OWNERS)

    assert (policy.branches, policy.merge, policy.deploy, policy.overrides) == (
        ("trunk",),
        Merge(),
        Deploy(),
        Overrides(),
    )
    assert policy.rules == OWNERS.rules


def test_an_owners_policy_counts_only_where_it_is_extended() -> None:
    assert read_policy("rules: {pairing: off}", HERE, owner=OWNERS) == read_policy("rules: {pairing: off}", HERE)
    assert read_policy("extends: andon:recommended", HERE, owner=OWNERS).rules == recommended().rules


def test_a_policy_without_an_owners_to_build_on_is_an_error_at_its_place() -> None:
    (only,) = problems("rules: {}\nextends: owner\n")

    assert only.removeprefix(HERE) == (
        ":2:10: extends: there is no owner's policy here to build on: .github/andon.yml in the owner's repository "
        "`.github`, where andon may read it; that file itself cannot extend it."
    )


@pytest.mark.parametrize(
    ("text", "extends"),
    [
        ("extends: owner", True),
        ("extends: owner\nnonsense: 1", True),
        ("extends: andon:recommended", False),
        ("extends: [owner]", False),
        ("rules: {extends: owner}", False),
        ("[extends, owner]", False),
        ("extends: owner\n\ta: [", False),
        ("", False),
    ],
)
def test_whether_a_policy_builds_on_its_owners_is_told_from_its_text_alone(text: str, extends: bool) -> None:
    assert extends_owner(text) is extends
