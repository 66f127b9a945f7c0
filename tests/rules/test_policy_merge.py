"""The section that says how andon merges: the text of a commit."""

from __future__ import annotations

import pytest

from rules.engine.policy import PolicyError, read_policy

HERE = ".github/andon.yml"


def test_what_stands_below_the_first_line_of_a_commit_is_text_without_blanks_around_it() -> None:
    policy = read_policy('merge: {body: "  Reviewed by {author}.\\n"}', HERE)

    assert policy.merge is not None
    assert policy.merge.body == "Reviewed by {author}."


@pytest.mark.parametrize("body", ["3", '"  "', '"a\\0b"', '"' + "a" * 10_001 + '"'])
def test_what_is_no_text_does_not_stand_below_the_first_line_of_a_commit(body: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(f"merge: {{body: {body}}}", HERE)

    (problem,) = caught.value.lines()
    assert problem.startswith(f"{HERE}:1:15: merge.body: should be text of at most")
