"""What is deployed has a size in its record, whichever rules its policy asks for."""

from __future__ import annotations

import pytest

from bot.dora.size import size_in
from tests.end_to_end.conftest import lines
from tests.end_to_end.release_steps import deploys
from tests.end_to_end.release_town import Town, a_town

MERGES = "merge: {when: ready}\n"
DEPLOYS = "deploy: {via: deployment}\n"
SMALL_DIFF = {"rule": "small-diff", "facts": {"effective_lines": 12, "files": 2}}


@pytest.mark.parametrize(
    ("record", "size"),
    [
        ({"rules": [SMALL_DIFF], "size": {"effective_lines": 7, "files": 1}}, {"effective_lines": 12, "files": 2}),
        ({"rules": [], "size": {"effective_lines": 7, "files": 1}}, {"effective_lines": 7, "files": 1}),
        ({"rules": [{"rule": "small-diff", "facts": {}}], "size": {"effective_lines": 7}}, {"effective_lines": 7}),
        ({"rules": []}, {}),
        ({}, {}),
    ],
    ids=["the rule's own", "no rule", "a rule that did not look", "nothing", "no record"],
)
def test_the_size_is_what_the_rule_measured_else_what_was_measured_beside(
    record: dict[str, object], size: dict[str, object]
) -> None:
    assert size_in(record) == size


async def shipped(town: Town) -> tuple[int | None, int | None, object]:
    """Give the effective lines and files of a release, and the size in the record of its pull request."""
    pull = await town.ships("a", files={"a.py": lines(7, "a")})
    if town.deployments(pull):
        await deploys("a", "success")(town)
    recorded = (await town.store.dora.recorded(["octo/shop"], "production")).releases
    record = await town.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    lines_and_files = [(one.lines, one.files) for one in recorded] or [(None, None)]
    return *lines_and_files[0], record.get("size")


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (f"rules: {{pairing: observe}}\n{MERGES}{DEPLOYS}", (7, 1, {"effective_lines": 7, "files": 1})),
        (f"rules: {{small-diff: off}}\n{MERGES}{DEPLOYS}", (7, 1, {"effective_lines": 7, "files": 1})),
        (f"rules: {{small-diff: observe}}\n{MERGES}{DEPLOYS}", (7, 1, None)),
        (f"rules: {{pairing: observe}}\n{MERGES}", (None, None, None)),
    ],
    ids=["not asked for", "off", "asked for", "nothing is deployed"],
)
def test_a_release_is_measured_whether_or_not_small_diff_is_asked_for(
    policy: str, told: tuple[int | None, int | None, object]
) -> None:
    with a_town(policy) as town:
        assert town.run(shipped(town)) == told
