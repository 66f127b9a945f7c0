"""Requests around a merge: auto-merge, merge queue, and the branch before and after it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.push_revert import push_revert
from bot.github.queries import document
from bot.github.tokens import Purpose, Scope
from bot.published import (
    ArmAutoMerge,
    DeleteBranch,
    Dequeue,
    DisarmAutoMerge,
    Enqueue,
    MergePullRequest,
    RevertPullRequest,
    UpdateBranch,
)
from bot.restore.reverting import PushRevert

_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
"""A branch that is gone already, or that may not go (OpenAPI, delete a reference)."""


ARM, DISARM = document("arm_auto_merge"), document("disarm_auto_merge")
ENQUEUE, DEQUEUE = document("enqueue"), document("dequeue")
REVERT = document("revert_pull_request")

Mutation = ArmAutoMerge | DisarmAutoMerge | Enqueue | Dequeue | RevertPullRequest
Step = MergePullRequest | UpdateBranch | DeleteBranch | PushRevert | Mutation


async def send(connection: Connection, action: Step) -> Json:
    """Carry out one action. Raises Refused with GitHub's words, or Later."""
    scope = Scope.of(action.repository, Purpose.MERGE)
    match action:
        case MergePullRequest():
            return await _merge(connection, scope, action)
        case ArmAutoMerge() | DisarmAutoMerge() | Enqueue() | Dequeue() | RevertPullRequest():
            mutation, given = _asked(action)
            return await _changed(connection, scope, mutation, given)
        case UpdateBranch(repository=place, number=number, head=head):
            path = f"/repos/{place.full_name}/pulls/{number}/update-branch"
            return await connection.write(scope, "PUT", path, {"expected_head_sha": head})
        case DeleteBranch():
            return await _deleted(connection, scope, action)
        case PushRevert():
            return await push_revert(connection, action)


def _asked(action: Mutation) -> tuple[str, Mapping[str, object]]:
    """Give the mutation that carries an action out, and its variables."""
    match action:
        case ArmAutoMerge(node_id=node, merge=merge):
            words = {"title": merge.title, "body": merge.message}
            return ARM, {"id": node, "head": merge.head, "method": merge.method.upper(), **words}
        case DisarmAutoMerge(node_id=node):
            return DISARM, {"id": node}
        case Enqueue(node_id=node, head=head):
            return ENQUEUE, {"id": node, "head": head}
        case Dequeue(node_id=node):
            return DEQUEUE, {"id": node}
        case RevertPullRequest(node_id=node, title=title, body=body):
            return REVERT, {"id": node, "title": title, "body": body}


async def _merge(connection: Connection, scope: Scope, action: MergePullRequest) -> Json:
    path = f"/repos/{action.repository.full_name}/pulls/{action.number}/merge"
    words = {"commit_title": action.merge.title, "commit_message": action.merge.message}
    body: dict[str, object] = {"sha": action.merge.head, "merge_method": action.merge.method}
    return await connection.write(
        scope, "PUT", path, body | {key: said for key, said in words.items() if said is not None}
    )


async def _changed(connection: Connection, scope: Scope, mutation: str, given: Mapping[str, object]) -> Json:
    """Run a mutation: GitHub says no within a 200, and what it then did is nothing."""
    answer = await connection.mutate(scope, mutation, given)
    if answer.errors:
        raise Refused(HTTPStatus.OK, "; ".join(answer.errors))
    return answer.data


async def _deleted(connection: Connection, scope: Scope, action: DeleteBranch) -> Json:
    path = f"/repos/{action.repository.full_name}/git/refs/heads/{quote(action.branch)}"
    try:
        return await connection.write(scope, "DELETE", path, {})
    except Refused as refused:
        if refused.status not in _GONE:
            raise
        return None
