"""The section `line:` of a policy."""

from __future__ import annotations

import pytest

from rules.engine.policy import PolicyError, read_policy

HERE = "main:.github/andon.yml@1234567"


def test_without_the_section_the_line_has_its_defaults() -> None:
    found = read_policy("rules: {}", HERE).line

    assert (found.max_undeployed, found.step_aside) == (5, 900)


def test_its_durations_are_seconds_once_read() -> None:
    found = read_policy("line: {max-undeployed: 2, step-aside: 5m}", HERE).line

    assert (found.max_undeployed, found.step_aside) == (2, 300)


@pytest.mark.parametrize("text", ["line: {max-undeployed: 0}", "line: {max-undeployed: many}", "line: {step-aside: 5}"])
def test_what_it_cannot_be_is_an_error(text: str) -> None:
    with pytest.raises(PolicyError, match="line"):
        read_policy(text, HERE)


@pytest.mark.parametrize(
    ("text", "undeployed"), [("extends: owner", 3), ("extends: owner\nline: {}", 5), ("line: {max-undeployed: 9}", 9)]
)
def test_the_owners_counts_where_the_repository_says_nothing(text: str, undeployed: int) -> None:
    owner = read_policy("line: {max-undeployed: 3}", "octo/.github")

    assert read_policy(text, HERE, owner=owner).line.max_undeployed == undeployed
