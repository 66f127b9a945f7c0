"""Routes of GitHub Actions: runs, their artifacts, and the way to an artifact's bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import action_shapes
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.actions import Artifact, WorkflowRun


async def runs(ask: Ask) -> Answer:
    """List workflow runs, newest first, all or those that the query wants."""
    repo = ask.repo
    names = ("head_sha", "event", "status", "branch")
    wanted = {name: ask.query[name] for name in names if name in ask.query}
    chosen = [run for run in reversed(repo.actions.runs) if _matches(run, wanted)]
    rows, headers = ask.page(chosen)
    listed = []
    for run in rows:
        head = await repo.history.commit(run.head_sha)
        if head is not None:
            listed.append(action_shapes.workflow_run(repo, run, head))
    return Answer(200, {"total_count": len(chosen), "workflow_runs": listed}, headers)


def _matches(run: WorkflowRun, wanted: dict[str, str]) -> bool:
    facts = {"head_sha": run.head_sha, "event": run.event, "branch": run.head_branch}
    states = {run.status, run.conclusion}  # `status` asks for either (OpenAPI, list workflow runs)
    return all(value in states if name == "status" else facts[name] == value for name, value in wanted.items())


def _listed(ask: Ask, found: list[Artifact]) -> Answer:
    name = ask.query.get("name")
    chosen = [artifact for artifact in found if name in {None, artifact.name}]
    rows, headers = ask.page(chosen)
    shown = [action_shapes.artifact(ask.repo, row) for row in rows]
    return Answer(200, {"total_count": len(chosen), "artifacts": shown}, headers)


async def artifacts(ask: Ask) -> Answer:
    """List a repository's artifacts, newest first, all or those of one name."""
    return _listed(ask, ask.repo.actions.artifacts())


async def artifacts_of_run(ask: Ask) -> Answer:
    """List the artifacts of one run."""
    number = ask.number("run_id")
    run = next((run for run in ask.repo.actions.runs if run.id == number), None)
    if run is None:
        raise Refusal(404, "Not Found")
    return _listed(ask, list(reversed(run.artifacts)))


async def download(ask: Ask) -> Answer:
    """Say where an artifact's bytes are: on another host, for one minute (OpenAPI, download an artifact)."""
    number = ask.number("artifact_id")
    found = next((artifact for artifact in ask.repo.actions.artifacts() if artifact.id == number), None)
    if found is None or ask.parameters["archive_format"] != "zip":
        raise Refusal(404, "Not Found")
    if found.expired:
        raise Refusal(410, "Artifact has expired")
    return Answer(302, None, {"Location": await ask.github.blobs.address(found.content)})


READ = ("actions", "read")
ROUTES = (
    Route("GET", "/repos/{owner}/{repo}/actions/runs", runs, READ),
    Route("GET", "/repos/{owner}/{repo}/actions/artifacts", artifacts, READ),
    Route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", artifacts_of_run, READ),
    Route("GET", "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", download, READ),
)
