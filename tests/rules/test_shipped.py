"""The pages and schemas that people, editors and programs read are those that lie in the repository, to the letter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rules.engine.known import known_rules
from rules.engine.page import MODES, page
from rules.engine.schema import check_schema, policy_schema

ROOT = Path(__file__).parents[2]
OWN = {name: rule for name, rule in known_rules().items() if rule.__module__.startswith("rules.")}


def test_the_policy_has_the_shape_that_is_shipped() -> None:
    assert policy_schema(OWN) == json.loads((ROOT / "schema/policy.schema.json").read_text(encoding="utf-8"))


def test_what_a_check_prints_has_the_shape_that_is_shipped() -> None:
    assert check_schema() == json.loads((ROOT / "schema/check.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", OWN)
def test_a_rules_page_is_the_one_that_is_shipped(name: str) -> None:
    assert page(OWN[name]) == (ROOT / f"docs/rules/{name}.md").read_text(encoding="utf-8")


def test_every_mode_is_explained_by_how_much_it_stops() -> None:
    assert [f"{mode}: {meaning}" for mode, meaning in MODES.items()] == [
        "off: is not asked",
        "observe: is measured and recorded, not shown on GitHub",
        "warn: is shown, stops nothing",
        "hold: andon will not merge it, a person may",
        "block: the check fails",
    ]
