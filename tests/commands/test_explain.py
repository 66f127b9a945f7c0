"""`andon explain`: the page of a rule at a terminal."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from rules.engine.known import known_rules


@pytest.mark.parametrize("rule", known_rules())
def test_every_rule_is_explained_with_why_how_and_options(rule: str) -> None:
    result = CliRunner().invoke(main, ["explain", rule])

    lines = result.stdout.splitlines()
    assert (result.exit_code, lines[0]) == (0, rule)
    assert [part for part in ("Why", "How to fix it", "Modes") if part not in lines] == []
    assert [
        field.alias for field in known_rules()[rule].model_fields.values() if f"- {field.alias}" not in result.stdout
    ] == []
    assert [line for line in lines if line.startswith(("#", "|"))] == []


def test_options_are_shown_with_their_defaults_inside_each_other() -> None:
    lines = CliRunner().invoke(main, ["explain", "small-diff"]).stdout.splitlines()

    assert "- max-lines (400): Effective lines that a pull request may have." in lines
    assert "  - test (0.5): Tests." in lines


def test_an_unknown_rule_is_answered_with_the_likely_word() -> None:
    result = CliRunner().invoke(main, ["explain", "smal-dif"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "andon: no such rule: 'smal-dif'. Did you mean \"small-diff\"?\n"
