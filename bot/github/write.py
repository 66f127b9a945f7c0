"""Actions become requests here. Each can be repeated: it is pinned to a commit, or looked for before it is sent."""

from __future__ import annotations

import re
from dataclasses import asdict
from http import HTTPStatus
from typing import assert_never
from urllib.parse import quote

from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.tokens import Purpose, Scope
from bot.github.urgency import Urgency, urgent
from bot.github.write_issues import send_issue
from bot.github.write_way import send
from bot.published import (
    ANNOTATIONS,
    Action,
    AnswerIssue,
    ArmAutoMerge,
    CheckRun,
    CreateCheckRun,
    CreateComment,
    CreateDeployment,
    DeleteBranch,
    Dequeue,
    DisarmAutoMerge,
    EditIssue,
    Enqueue,
    MergePullRequest,
    OpenIssue,
    React,
    RevertPullRequest,
    RunWorkflow,
    SendDispatch,
    UpdateBranch,
    UpdateComment,
)
from bot.restore.reverting import PushRevert
from bot.snapshot import CHECK_NAME

_WORD = re.compile(r"[A-Z][a-z]+")


async def apply(connection: Connection, action: Action) -> Json:
    """Carry out one action and return GitHub's answer (None for an empty one).

    Raises Refused with GitHub's words, or Later; where Later is uncertain the effect may be there.
    """
    action_name = "-".join(_WORD.findall(type(action).__name__)).lower()
    result = "done"
    try:
        return await _carry_out(connection, action)
    except Refused:
        result = "refused"
        raise
    except BaseException:
        result = "failed"
        raise
    finally:
        connection.counted.metrics.wrote(action_name, result, action.repository.full_name)


async def _carry_out(connection: Connection, action: Action) -> Json:
    match action:
        case CreateCheckRun():
            return await _create_check_run(connection, action)
        case CreateComment() | UpdateComment() | React():
            return await _say(connection, action)
        case OpenIssue() | EditIssue() | AnswerIssue():
            return await send_issue(connection, action)
        case (
            MergePullRequest()
            | ArmAutoMerge()
            | DisarmAutoMerge()
            | Enqueue()
            | Dequeue()
            | UpdateBranch()
            | DeleteBranch()
            | RevertPullRequest()
            | PushRevert()
        ):
            with urgent(Urgency.MERGE):
                return await send(connection, action)
        case CreateDeployment():
            return await _create_deployment(connection, action)
        case SendDispatch() | RunWorkflow():
            return await _dispatch(connection, action)
        case _:
            assert_never(action)


async def _dispatch(connection: Connection, action: SendDispatch | RunWorkflow) -> Json:
    """Start workflows: those that listen to an event, or one by its name."""
    here = f"/repos/{action.repository.full_name}"
    if isinstance(action, SendDispatch):
        scope = Scope.of(action.repository, Purpose.DISPATCH)
        body: dict[str, object] = {"event_type": action.event_type, "client_payload": dict(action.payload)}
        return await connection.write(scope, "POST", f"{here}/dispatches", body)
    scope = Scope.of(action.repository, Purpose.RUN_WORKFLOW)
    path = f"{here}/actions/workflows/{quote(action.workflow, safe='')}/dispatches"
    return await connection.write(scope, "POST", path, {"ref": action.ref, "inputs": dict(action.inputs)})


async def _create_check_run(connection: Connection, action: CreateCheckRun) -> Json:
    scope = Scope.of(action.repository, Purpose.LOOK)
    return await connection.write(
        scope, "POST", f"/repos/{action.repository.full_name}/check-runs", check_run_body(action.check)
    )


def check_run_body(check: CheckRun) -> dict[str, object]:
    """Write a check run as GitHub's REST API takes it."""
    body: dict[str, object] = {
        "name": CHECK_NAME,
        "head_sha": check.head,
        "external_id": check.digest,
        "status": "completed" if check.conclusion else "in_progress",
        "output": {
            "title": check.title,
            "summary": check.summary,
            "text": check.text,
            "annotations": [
                {
                    "path": note.path,
                    "start_line": note.start_line,
                    "end_line": note.end_line,
                    "annotation_level": note.level,
                    "message": note.message,
                    "title": note.title,
                }
                for note in check.annotations[:ANNOTATIONS]
            ],
        },
    }
    if check.conclusion:
        body["conclusion"] = check.conclusion.value
    if check.details_url:
        body["details_url"] = check.details_url
    if check.buttons:
        body["actions"] = [asdict(button) for button in check.buttons]
    return body


async def _say(connection: Connection, action: CreateComment | UpdateComment | React) -> Json:
    """Speak under a pull request; GitHub keeps its comments with issues."""
    issues, scope = f"/repos/{action.repository.full_name}/issues", Scope.of(action.repository, Purpose.COMMENT)
    match action:
        case CreateComment(number=number, body=body):
            return await connection.write(scope, "POST", f"{issues}/{number}/comments", {"body": body})
        case UpdateComment(id=comment, body=body):
            return await connection.write(scope, "PATCH", f"{issues}/comments/{comment}", {"body": body})
        case React(comment=comment, content=content):
            return await connection.write(scope, "POST", f"{issues}/comments/{comment}/reactions", {"content": content})


async def _create_deployment(connection: Connection, action: CreateDeployment) -> Json:
    scope = Scope.of(action.repository, Purpose.DEPLOY)
    body: dict[str, object] = {
        "ref": action.sha,
        "environment": action.environment,
        "payload": dict(action.payload),
        "description": "andon: a pull request landed",
        "auto_merge": False,
        "required_contexts": [],
    }
    answer = await connection.write(scope, "POST", f"/repos/{action.repository.full_name}/deployments", body)
    if not isinstance(answer, dict) or "id" not in answer:
        raise Refused(HTTPStatus.ACCEPTED, "GitHub took the deployment but created none")
    return answer
