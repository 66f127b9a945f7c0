"""What holds for every rule there is, and will hold for the next one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rules.engine.contract import as_json
from rules.engine.evaluate import evaluate
from rules.engine.known import known_rules
from rules.engine.policy import Listed, Policy, PolicyError, read_policy
from rules.engine.result import Mode, Outcome
from rules.engine.rule import Rule
from tests.factories import added, code, pull_request

HERE = Path(__file__).parent
RULES = known_rules()


def module_of(name: str) -> str:
    return name.replace("-", "_")


def test_every_module_of_rules_is_one_rule_of_the_same_name() -> None:
    modules = {path.stem for path in (HERE.parent / "rules").glob("*.py")} - {"__init__"}

    assert {module_of(name) for name in RULES} == modules


@pytest.mark.parametrize("name", RULES)
class TestEveryRule:
    def test_its_page_says_what_why_and_how_to_fix_it(self, name: str) -> None:
        page = RULES[name].__doc__ or ""

        assert page.partition("\n")[0].endswith(".")
        assert [part for part in ("## Why\n", "## How to fix it\n") if part not in page] == []

    def test_every_option_is_described(self, name: str) -> None:
        assert [option for option, field in RULES[name].model_fields.items() if not field.description] == []

    def test_its_options_have_defaults_and_are_frozen(self, name: str) -> None:
        assert RULES[name]() == RULES[name]()
        assert RULES[name].model_config.get("frozen") is True

    def test_it_has_a_test_module(self, name: str) -> None:
        assert (HERE / "rules" / f"test_{module_of(name)}.py").is_file()

    def test_it_finds_nothing_in_an_empty_pull_request(self, name: str) -> None:
        (result,) = evaluate(Policy((Listed(name, Mode.BLOCK, RULES[name]()),)), pull_request()).results

        assert result.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE)

    def test_it_says_the_same_twice_and_its_facts_are_json_in_snake_case(self, name: str) -> None:
        pr = pull_request(added("src/a.py", code(900)), added("web/b.ts", code(5)))
        policy = Policy((Listed(name, Mode.WARN, RULES[name]()),))

        first, second = evaluate(policy, pr), evaluate(policy, pr)

        assert first == second
        assert json.loads(json.dumps(as_json(first))) == as_json(second)
        assert [key for key in first.results[0].facts if key != key.lower() or "-" in key] == []
        assert first.results[0].sentence

    def test_a_policy_may_list_it_by_name_and_misspell_nothing(self, name: str) -> None:
        (listed,) = read_policy(f"rules: {{{name}: block}}", "policy.yml").rules

        assert (listed.name, listed.mode, type(listed.rule)) == (name, Mode.BLOCK, RULES[name])
        with pytest.raises(PolicyError, match="no such option"):
            read_policy(f"rules: {{{name}: {{no-such-option: 1}}}}", "policy.yml")


def test_a_rule_without_a_check_does_not_pass() -> None:
    class Unfinished(Rule):
        """A rule that nobody wrote."""

    (result,) = evaluate(Policy((Listed("unfinished", Mode.HOLD, Unfinished()),)), pull_request()).results

    assert result.outcome is Outcome.UNKNOWN
    assert result.unknown[0].startswith("andon failed, not you: NotImplementedError")
