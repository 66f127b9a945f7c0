"""A person takes back what failed by a push straight to the branch: found by its content, whatever it says."""

from __future__ import annotations

import pytest

from simulator.deployments import Deployment
from simulator.merging import by_hand
from tests.end_to_end.release_steps import FAILS, End, Row, Step, lands_revert, says, ships, told, waits
from tests.end_to_end.release_town import Town

REVERTS = "{via: deployment}"
CLOSES = "{via: deployment, on-failure: close-line}"
BY_PUSH = "{via: push, on-failure: close-line}"


def pushes(name: str, message: str, **files: str | None) -> Step:
    """Push a commit straight to main that takes a pull request back, or does something else to files."""

    async def step(town: Town) -> None:
        sha = str(town.pulls[name].merge_commit)
        changed = {path.replace("_", "."): text for path, text in files.items()} or {f"{name}.py": None}
        await town.repository.commit("main", changed, message.format(sha=sha))

    return step


def loses_all() -> Step:
    """Have GitHub lose every delivery from now on."""

    async def step(town: Town) -> None:
        town.github.loses_deliveries(None)

    return step


def merges_revert(name: str) -> Step:
    """Have a person open the revert of a pull request and merge it at once."""

    async def step(town: Town) -> None:
        title = f"Take it back\n\nThis reverts commit {town.pulls[name].merge_commit}."
        pull = await town.opens("by hand", files={f"{name}.py": None}, title=title, author="bob")
        await town.repository.ci.succeeds(pull.head, "ci")
        await by_hand(pull, "bob")

    return step


def push_deploys(state: str) -> Step:
    """Report on the deployment of what main ends with; where andon made none, somebody else does."""

    async def step(town: Town) -> None:
        sha = town.repository.branches["main"]
        known = [one for one in town.repository.deployments if one.sha == sha]
        if not known:
            known = [Deployment(town.repository, sha, {"ref": "main"}, town.github.user("runner"))]
            town.repository.deployments += known
        await known[0].status(state)

    return step


IN_GITS_WORDS = 'Revert "Change 2"\n\nThis reverts commit {sha}.'
MENDED = End({"a": "reverted"}, starts=2, issues=1)

ROWS = (
    Row(
        "in git's own words",
        CLOSES,
        (*FAILS, pushes("a", IN_GITS_WORDS), push_deploys("success")),
        MENDED,
    ),
    Row(
        "in words of their own",
        CLOSES,
        (*FAILS, pushes("a", "Back out"), push_deploys("success")),
        MENDED,
    ),
    Row(
        "until it is live, the line stays closed",
        CLOSES,
        (*FAILS, pushes("a", IN_GITS_WORDS), ships("b")),
        End({"a": "reverting", "b": None}, "closed", 2, 0, 1, ("b",), ("it was pushed, and its release begins",)),
    ),
    Row(
        "its release fails",
        CLOSES,
        (*FAILS, pushes("a", IN_GITS_WORDS), push_deploys("failure"), waits(90.0)),
        End({"a": "failed"}, "closed", 2, 0, 1, (), ("and its release failed too", "pushed without a pull request")),
    ),
    Row(
        "beside andon's own revert, which then waits for a person",
        REVERTS,
        (*FAILS, pushes("a", IN_GITS_WORDS), waits(90.0), lands_revert(), push_deploys("success"), waits(90.0)),
        End({"a": "reverted"}, "open", 2, 1, 1, ("revert",)),
    ),
    Row(
        "deployed by the push itself",
        BY_PUSH,
        (*FAILS, pushes("a", IN_GITS_WORDS), push_deploys("success")),
        End({"a": "reverted"}, starts=0, issues=1),
    ),
    Row(
        "nothing is deployed here, and a person had asked for it",
        "",
        (
            ships("a"),
            says("bob", "a", "/andon revert wrong prices"),
            pushes("a", IN_GITS_WORDS),
            waits(90.0),
            lands_revert(),
            waits(90.0),
        ),
        End({"a": None}, starts=0, reverts=1, held=("revert",), words=("pushed without a pull request, took it back",)),
    ),
    Row(
        "no delivery tells of it",
        CLOSES,
        (*FAILS, loses_all(), pushes("a", IN_GITS_WORDS), waits(301.0), push_deploys("success"), waits(301.0)),
        MENDED,
    ),
    Row(
        "a pull request that nobody told of is followed as one",
        CLOSES,
        (*FAILS, loses_all(), merges_revert("a"), waits(310.0)),
        End({"a": "failed", "by hand": "deploying"}, "closed", 2, 0, 1),
    ),
    Row(
        "the words alone take nothing back",
        CLOSES,
        (*FAILS, pushes("a", IN_GITS_WORDS, notes_txt="nothing\n"), push_deploys("success"), waits(400.0)),
        End({"a": "failed"}, "closed", 1, 0, 1),
    ),
    Row(
        "a part of it is not all of it",
        CLOSES,
        (*FAILS, pushes("a", IN_GITS_WORDS, a_py="a = 1\n"), push_deploys("success"), waits(400.0)),
        End({"a": "failed"}, "closed", 1, 0, 1),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_ends_as_it_should(row: Row) -> None:
    assert told(row) == row.end
