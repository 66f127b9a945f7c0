"""GitHub refuses every merge into a branch: an error of its settings, told once of the whole line."""

from __future__ import annotations

from typing import Any

from simulator.calls import Call
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import MERGES, Shop, lines


async def ready(shop: Shop) -> PullRequest:
    """Open one with green CI and wait until it was looked at."""
    name = f"part_{len(shop.repository.pulls)}"
    pull = await shop.repository.open_pull_request(files={f"{name}.py": lines(5, name)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    return pull


def grant(shop: Shop, level: str) -> None:
    """Set what the installation lets andon do with contents."""
    shop.stage.github.installations[shop.installation].permissions["contents"] = level


def tries(shop: Shop) -> int:
    """Count the merges that were tried; where no token was given for one, that is the try."""
    return sum(call.kind == MERGES or is_refused_a_token(call) for call in shop.stage.github.calls)


def is_refused_a_token(call: Call) -> bool:
    """Tell whether a token was refused that may merge; one for the owner's own policy is where there is none."""
    asked = call.body.get("permissions", {}) if isinstance(call.body, dict) else {}
    return call.status == 422 and asked.get("contents") == "write"


async def line_of(shop: Shop) -> Any:
    return (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]


async def test_b12_what_github_refuses_one_it_refuses_all_so_the_line_is_held_with_one_reason(shop: Shop) -> None:
    grant(shop, "read")

    first, second = await ready(shop), await ready(shop)
    await shop.look(first)
    await shop.look(second)

    line = await line_of(shop)
    run = second.check_run("andon")
    assert (tries(shop), first.merged, second.merged) == (1, False, False)
    assert [(one["by"], one["number"]) for one in line["closings"]] == [("refused", first.number)]
    assert [one["number"] for one in line["entries"]] == [first.number, second.number]
    assert run is not None
    assert "GitHub refuses every merge into `main` since 20" in str(run.text)
    assert "permissions requested are not granted" in str(run.text)


async def test_b12_a_maintainers_recheck_has_the_line_tried_again_and_nobody_elses(shop: Shop) -> None:
    grant(shop, "read")
    shop.repository.outsiders.add("mallory")
    first, second = await ready(shop), await ready(shop)
    await second.comment("mallory", "/andon recheck")
    await shop.stage.at_rest()
    before = tries(shop)
    grant(shop, "write")

    await second.comment("bob", "/andon recheck")

    await shop.merges(first)
    await shop.merges(second)
    assert before == 1
    assert (await line_of(shop))["closings"] == []


async def test_b12_a_policy_that_changed_has_the_line_tried_again(shop: Shop) -> None:
    grant(shop, "read")
    pull = await ready(shop)
    held = pull.merged
    grant(shop, "write")

    policy = "rules: {}\nmerge: {when: ready}\n"
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Merge by another policy")

    await shop.merges(pull)
    assert not held
