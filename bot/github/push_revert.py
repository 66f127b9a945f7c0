"""Takes back what a branch ends with: reads what it held before, writes that as a commit, and opens a pull request.

The commit is written on top of the one that it takes back, so nothing can conflict. Each step can be done again: the
branch is named after that commit, and a pull request of ours is looked for before any of this is begun.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from bot.address import CommitAt
from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.tokens import Purpose, Scope
from bot.restore.reverting import PushRevert

OTHERWISE = "a branch of this name is there, and it holds something else"


async def tree_before(connection: Connection, landed: CommitAt, number: int, branch: str) -> str | None:
    """Read what a branch held before a pull request landed as the commit that it ends with.

    None where the branch has moved on, where nothing changed, and where that cannot be told: of several commits that
    were rebased, the last one's parent holds the others. Raises Refused or Later.
    """
    place, scope = f"/repos/{landed.repository.full_name}", Scope.of(landed.repository, Purpose.LOOK)
    since: Json = await connection.get(scope, f"{place}/compare/{landed.sha}...{quote(branch, safe='')}")
    commit: Json = await connection.get(scope, f"{place}/git/commits/{landed.sha}")
    if since["status"] != "identical" or not commit["parents"]:
        return None
    if len(commit["parents"]) == 1 and await _may_be_one_of_several(connection, landed, number, commit["message"]):
        return None
    before: Json = await connection.get(scope, f"{place}/git/commits/{commit['parents'][0]['sha']}")
    tree: str = before["tree"]["sha"]
    return None if tree == commit["tree"]["sha"] else tree


async def _may_be_one_of_several(connection: Connection, landed: CommitAt, number: int, message: str) -> bool:
    """Tell whether a commit may be the last of a pull request's own that were rebased: then it has that one's words."""
    place, scope = f"/repos/{landed.repository.full_name}", Scope.of(landed.repository, Purpose.LOOK)
    pull: Json = await connection.get(scope, f"{place}/pulls/{number}")
    if pull["commits"] == 1:
        return False
    last: Json = await connection.get(scope, f"{place}/git/commits/{pull['head']['sha']}")
    same: bool = last["message"].strip() == message.strip()
    return same


async def push_revert(connection: Connection, action: PushRevert) -> Json:
    """Carry it out; gives the pull request as GitHub's REST API does. Raises Refused or Later."""
    place, scope = f"/repos/{action.repository.full_name}", Scope.of(action.repository, Purpose.MERGE)
    written: dict[str, object] = {"message": action.message, "tree": action.tree, "parents": [action.sha]}
    commit: Json = await connection.write(scope, "POST", f"{place}/git/commits", written)
    made: dict[str, object] = {"ref": f"refs/heads/{action.branch}", "sha": commit["sha"]}
    try:
        await connection.write(scope, "POST", f"{place}/git/refs", made)
    except Refused as refused:
        if refused.status != HTTPStatus.UNPROCESSABLE_ENTITY or not await _is_ours(connection, action):
            raise
    asked: dict[str, object] = {"title": action.title, "head": action.branch, "base": action.base, "body": action.body}
    return await connection.write(scope, "POST", f"{place}/pulls", asked)


async def _is_ours(connection: Connection, action: PushRevert) -> bool:
    """Tell whether the branch is there already as we would make it. Raises Refused where it is there otherwise."""
    place, scope = f"/repos/{action.repository.full_name}/git", Scope.of(action.repository, Purpose.LOOK)
    found: Json = await connection.get(scope, f"{place}/ref/heads/{quote(action.branch)}")
    commit: Json = await connection.get(scope, f"{place}/commits/{found['object']['sha']}")
    parents = [one["sha"] for one in commit["parents"]]
    if (commit["tree"]["sha"], parents) != (action.tree, [action.sha]):
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, f"{OTHERWISE}: {action.branch}")
    return True
