"""Routes of deployments and of the two ways to start a workflow."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator import emit, report_shapes, shapes
from simulator.deployments import Deployment
from simulator.mergeability import contexts
from simulator.records import Dispatch
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.repository import Repository

MAX_EVENT_TYPE = 100  # characters (OpenAPI, create a repository dispatch event)
MAX_PAYLOAD_KEYS = 10  # of the client payload (same)
MAX_INPUTS = 25  # of a workflow dispatch (OpenAPI, create a workflow dispatch event)
STATES = frozenset({"error", "failure", "inactive", "in_progress", "queued", "pending", "success"})
OLD_VERSION = "2022-11-28"


async def _commit(repo: Repository, ref: str) -> str:
    sha = repo.branches.get(ref) or await asyncio.to_thread(repo.git.resolve, ref)
    if sha is None:
        raise Refusal(422, f"No ref found for: {ref}")
    return sha


async def create(ask: Ask) -> Answer:
    """Create a deployment. By default every context must be green and the default branch merged into the ref."""
    repo, body = ask.repo, ask.body
    sha = await _commit(repo, ask.required("ref"))
    _refuse_red(repo, sha, body.get("required_contexts"))
    if body.get("auto_merge", True) and not await repo.history.contains(sha, repo.head):
        raise Refusal(409, f"Conflict merging {repo.default_branch} into {body['ref']}.")
    made = Deployment(repo, sha, body, ask.github.app.bot)
    repo.deployments.append(made)
    ask.github.changed()
    await emit.deployment(made)
    return Answer(201, report_shapes.deployment(made))


def _refuse_red(repo: Repository, sha: str, required: list[str] | None) -> None:
    found = contexts(repo, sha)
    names = {context.name for context in found} if required is None else set(required)
    green = {context.name for context in found if context.result == "success"}
    red = {context.name for context in found if context.result != "success"}
    if names - (green - red):
        details = [{"contexts": [], "resource": "Deployment", "field": "required_contexts", "code": "invalid"}]
        raise Refusal(409, f"Conflict: Commit status checks failed for {sha}.", details)


async def listed(ask: Ask) -> Answer:
    """List deployments, newest first."""
    repo = ask.repo
    wanted = {name: ask.query[name] for name in ("sha", "ref", "task", "environment") if name in ask.query}
    chosen = [
        made for made in reversed(repo.deployments) if all(getattr(made, name) == it for name, it in wanted.items())
    ]
    rows, headers = ask.page(chosen)
    return Answer(200, [report_shapes.deployment(made) for made in rows], headers)


def _deployment(ask: Ask) -> Deployment:
    wanted = ask.number("deployment_id")
    found = next((made for made in ask.repo.deployments if made.id == wanted), None)
    if found is None:
        raise Refusal(404, "Not Found")
    return found


async def create_status(ask: Ask) -> Answer:
    """Report a deployment's state."""
    made, body = _deployment(ask), ask.body
    state = ask.required("state")
    if state not in STATES:
        raise Refusal(422, f"Invalid request.\n\n{state} is not a member of {sorted(STATES)}.")
    links = {"log_url": body.get("log_url", ""), "environment_url": body.get("environment_url", "")}
    words = body.get("description", "")
    status = await made.status(state, creator=ask.github.app.bot.login, description=words, **links)
    return Answer(201, report_shapes.deployment_status(made, status))


async def statuses(ask: Ask) -> Answer:
    """List a deployment's states, newest first."""
    made = _deployment(ask)
    rows, headers = ask.page(list(reversed(made.statuses)))
    return Answer(200, [report_shapes.deployment_status(made, status) for status in rows], headers)


async def dispatch(ask: Ask) -> Answer:
    """Start whatever listens for a `repository_dispatch` of this type."""
    name, payload = ask.required("event_type"), ask.body.get("client_payload", {})
    if len(name) > MAX_EVENT_TYPE:
        raise Refusal(422, f"Invalid request.\n\nOnly {MAX_EVENT_TYPE} characters are allowed in event_type.")
    if len(payload) > MAX_PAYLOAD_KEYS:
        raise Refusal(422, f"Invalid request.\n\nNo more than {MAX_PAYLOAD_KEYS} properties are allowed.")
    ask.repo.dispatches.append(Dispatch(name, None, payload, ask.github.now()))
    ask.github.changed()
    return Answer(204)


async def workflow_dispatch(ask: Ask) -> Answer:
    """Start a workflow. Version 2022-11-28 answers 204, 2026-03-10 a run (OpenAPI, breaking changes)."""
    repo, inputs = ask.repo, ask.body.get("inputs", {})
    ref = ask.required("ref")
    if len(inputs) > MAX_INPUTS:
        raise Refusal(422, f"Invalid request.\n\nNo more than {MAX_INPUTS} properties are allowed.")
    await _commit(repo, ref)
    workflow = ask.parameters["workflow_id"]
    repo.workflow_dispatches.append(Dispatch(workflow, ref, inputs, ask.github.now()))
    ask.github.changed()
    if ask.headers.get("X-GitHub-Api-Version", OLD_VERSION) == OLD_VERSION and not ask.body.get("return_run_details"):
        return Answer(204)
    run = ask.github.next_id()
    html = f"{shapes.SITE}/{repo.full_name}/actions/runs/{run}"
    url = f"{shapes.repository_api(repo)}/actions/runs/{run}"
    return Answer(200, {"workflow_run_id": run, "run_url": url, "html_url": html})


DEPLOYMENTS = "/repos/{owner}/{repo}/deployments"
WORKFLOW = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches"
ROUTES = (
    Route("POST", DEPLOYMENTS, create, ("deployments", "write")),
    Route("GET", DEPLOYMENTS, listed, ("deployments", "read")),
    Route("POST", DEPLOYMENTS + "/{deployment_id}/statuses", create_status, ("deployments", "write")),
    Route("GET", DEPLOYMENTS + "/{deployment_id}/statuses", statuses, ("deployments", "read")),
    Route("POST", "/repos/{owner}/{repo}/dispatches", dispatch, ("contents", "write")),
    Route("POST", WORKFLOW, workflow_dispatch, ("actions", "write")),
)
