"""The generated reference: up to date, true to the loader, and valid where it says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.__main__ import main as andon
from rules.engine.contract import as_json
from rules.engine.evaluate import evaluate
from rules.engine.known import known_rules
from rules.engine.policy import PolicyError, read_policy, recommended
from rules.engine.pull_request import Change, ChangedFile, PullRequest
from rules.engine.schema import check_schema, policy_schema
from rules.engine.sections import Deploy, Merge, Verify
from rules.small_diff import SmallDiff
from tests.factories import added, changed, code, commit_files, deleted, git, modified, pull_request
from tools.reference import example, main, own_rules, reference

SCHEMA = policy_schema()
POLICY = jsonschema_rs.Draft202012Validator(SCHEMA)
CHECK = jsonschema_rs.Draft202012Validator(check_schema())
EXAMPLE = example(own_rules())


def test_what_is_committed_is_what_the_code_says() -> None:
    assert main(["--check"]) == 0


def test_a_stale_a_missing_and_a_left_over_file_are_named_with_the_cure_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([], tmp_path)
    (tmp_path / "docs/policy.md").write_text("old")
    (tmp_path / "examples/andon.yml").unlink()
    (tmp_path / "docs/rules/gone.md").write_text("no such rule")

    checked = main(["--check"], tmp_path)
    said = capsys.readouterr().err.splitlines()
    written = main([], tmp_path)

    assert (checked, written, main(["--check"], tmp_path)) == (1, 0, 0)
    assert [line.partition(" is stale: run `python -m tools.reference`")[0] for line in said] == [
        "docs/policy.md",
        "examples/andon.yml",
        "docs/rules/gone.md",
    ]


def test_bad_usage_exits_with_two() -> None:
    assert main(["--chekc"]) == 2


def test_every_rule_has_a_page_with_every_option() -> None:
    pages = reference()

    for name, rule in own_rules().items():
        page = pages[f"docs/rules/{name}.md"]
        assert [field.alias for field in rule.model_fields.values() if f"`{field.alias}`" not in page] == []
        assert f"`{rule.default_mode}`: " in page


def test_the_example_says_exactly_the_defaults() -> None:
    policy = read_policy(EXAMPLE, "andon.yml")

    assert {one.name: one for one in policy.rules} == {one.name: one for one in recommended().rules}
    assert (policy.merge, policy.deploy, policy.branches) == (Merge(), Deploy(verify=Verify()), ())


def test_the_example_follows_the_schema() -> None:
    assert list(POLICY.iter_errors(yaml.safe_load(EXAMPLE))) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rules:",
        "rules: {small-diff: }",
        "rules: {small-diff: hold}",
        "rules: {small-diff: {max-lines: 1, weights: {docs: 0.5}}}",
        "extends: andon:recommended",
        "deploy: {within: 90s, ref: }",
        "deploy: {verify: {checks: [smoke test], workflow: canary.yml, probes: [a.b], queries: [c_d], soak: 10m}}",
        "merge:",
        "extends: owner",
        'rules: {small-diff: {paths: ["src/**", "!*.md", "a b", "!!x", "ü"]}}',
        'rules: {pairing: {paths: [], exempt-kinds: [tests, "!docs", "!revert"]}}',
    ],
)
def test_what_the_loader_takes_the_schema_takes(text: str) -> None:
    read_policy(text, "andon.yml", owner=recommended())

    assert list(POLICY.iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "rules: {small-dif: hold}",
        "rules: {small-diff: on}",
        "rules: {small-diff: {mode: 3}}",
        "rules: {small-diff: {max-lines: 0}}",
        "rules: {small-diff: {max_lines: 5}}",
        'rules: {small-diff: {max-lines: "5"}}',
        "rules: {small-diff: {weights: {docs: 11}}}",
        "rules: {small-diff: {weights: {prose: 1}}}",
        "deploy: {within: 90}",
        "deploy: {within: 0m}",
        'merge: {label: " "}',
        'merge: {label: "a\\tb"}',
        "extends: andon:strict",
        "extends: [andon:recommended]",
        "extends: https://example.org/andon.yml",
        "extends: other/.github",
        "rules: {small-diff: {paths: src/**}}",
        'rules: {small-diff: {paths: [""]}}',
        'rules: {small-diff: {paths: ["!"]}}',
        'rules: {small-diff: {paths: ["src/"]}}',
        'rules: {small-diff: {paths: ["a\\nb"]}}',
        "rules: {small-diff: {exempt-kinds: [change]}}",
        "rules: {small-diff: {exempt-kinds: [Docs]}}",
        "rules: {small-diff: {exempt_kinds: [docs]}}",
        "rules: {small-diff: {exempt-kinds: docs}}",
        "nonsense: 1",
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(text: str) -> None:
    with pytest.raises(PolicyError):
        read_policy(text, "andon.yml")
    assert not POLICY.is_valid(yaml.safe_load(text.replace(": on}", ": 'on'}")))


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 60_000),
    st.floats(-1, 12).filter(lambda value: value % 1 != 0),
    st.sampled_from(["!", "!!", "!x", "a/", "src/**", "!a/", "/", "docs", "!docs", "owner", "a\n", "a\u00a0b"]),
    st.sampled_from(["", " ", "x", "hold", "off", "1h", "0m", "90s", "ship it", "a\tb", "ü", "\u202e", "main", "**"]),
    st.just([]),
    st.just({}),
)


def values(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Draw values that mostly follow a schema, and sometimes anything."""
    if "$ref" in schema:
        return values(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return st.one_of(*map(values, schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | JUNK
    if "properties" in schema:
        known = {name: values(inner) for name, inner in schema["properties"].items()}
        some = st.fixed_dictionaries({}, optional=known)
        return some | st.builds(lambda one, extra: one | extra, some, st.sampled_from([{}, {"nonsense": 1}])) | JUNK
    if schema.get("type") == "array":
        return st.lists(values(schema["items"]), max_size=3) | JUNK
    return JUNK


def accepted(policy: Any) -> bool:
    try:
        read_policy(json.dumps(policy, ensure_ascii=False), "andon.yml", owner=recommended())
    except PolicyError:
        return False
    return True


@given(policy=values(SCHEMA))
@settings(max_examples=300, deadline=None)
def test_the_schema_refuses_no_policy_that_the_loader_takes(policy: Any) -> None:
    assert POLICY.is_valid(policy) or not accepted(policy)


PLAIN = policy_schema({"small-diff": SmallDiff})


@given(policy=values(PLAIN))
@settings(max_examples=300, deadline=None)
def test_schema_and_loader_agree(policy: Any) -> None:
    """Rules may check more than a schema can say; the sections and small-diff do not."""
    only = isinstance(policy, dict) and isinstance(policy.get("rules"), dict) and set(policy["rules"]) - {"small-diff"}

    assert only or POLICY.is_valid(policy) is accepted(policy)


@pytest.mark.parametrize(
    "pr",
    [
        pytest.param(pull_request(), id="nothing"),
        pytest.param(pull_request(added("src/a.py", code(900)), added("web/b.ts", code(30))), id="too large"),
        pytest.param(pull_request(*(added(f"{at}/a.py", code(90, at * 100)) for at in range(40))), id="far too large"),
        pytest.param(pull_request(ChangedFile("a.py", Change.MODIFIED, 5, 0, None)), id="not read"),
        pytest.param(pull_request(added("a.py", code(900)), undoes="c" * 40), id="a revert"),
        pytest.param(
            pull_request(deleted("a.md", code(5)), modified("b.py", add=["x()"]), changed("c", change=Change.RENAMED)),
            id="a bit of everything",
        ),
    ],
)
def test_every_verdict_follows_the_schema(pr: PullRequest) -> None:
    verdict = as_json(evaluate(recommended(), pr))

    assert list(CHECK.iter_errors(json.loads(json.dumps(verdict)))) == []


def test_what_the_command_prints_follows_the_schema_and_another_word_does_not(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    commit_files(tmp_path, {"README.md": "# Shop\n"})
    git(tmp_path, "switch", "-qc", "feature")
    commit_files(tmp_path, {"a/x.py": "\n".join(code(300)), "b/y.py": "\n".join(code(300, 500)), "c.md": "x"})

    printed = json.loads(CliRunner().invoke(andon, ["check", "--repo", str(tmp_path), "--format", "json"]).stdout)

    assert list(CHECK.iter_errors(printed)) == []
    assert not CHECK.is_valid(printed | {"conclusion": "fine"})
    assert not CHECK.is_valid(printed | {"more": 1})


def test_facts_that_a_rule_declares_are_those_that_it_reports() -> None:
    results = evaluate(recommended(), pull_request(added("a.py", code(3)))).results

    declared = {name: set(rule.facts) for name, rule in known_rules().items() if rule.facts}
    assert {result.rule: set(result.facts) for result in results if result.rule in declared} == declared
