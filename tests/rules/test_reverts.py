"""Which commit a change claims to take back."""

from __future__ import annotations

import pytest

from rules.engine.reverts import named_revert
from tests.factories import commit

ONE, OTHER = "1" * 40, "2" * 40


@pytest.mark.parametrize(
    ("messages", "named"),
    [
        pytest.param([f'Revert "Go"\n\nThis reverts commit {ONE}.'], ONE, id="as git writes it"),
        pytest.param(["Mend", f"x\n\nThis reverts commit {ONE}."], ONE, id="in one commit of several"),
        pytest.param([f"This reverts commit {ONE}."] * 2, ONE, id="the same one twice"),
        pytest.param([f"This reverts commit {ONE}.", f"This reverts commit {OTHER}."], None, id="two of them"),
        pytest.param([f"This reverts commit {ONE[:39]}."], None, id="a short name"),
        pytest.param([f"This reverts commit {ONE}1."], None, id="a name too long"),
        pytest.param([f"xThis reverts commit {ONE}."], None, id="other words"),
        pytest.param([f"Revert {ONE}"], None, id="a title alone"),
        pytest.param([], None, id="no commit"),
    ],
)
def test_a_revert_is_named_by_the_line_that_git_writes(messages: list[str], named: str | None) -> None:
    assert named_revert([commit(message) for message in messages]) == named
