"""How GitHub writes workflow runs and artifacts as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import report_shapes, shapes
from simulator.clock import iso

if TYPE_CHECKING:
    from simulator.actions import Artifact, WorkflowRun
    from simulator.history import CommitFacts
    from simulator.records import Json
    from simulator.repository import Repository

KEPT = 90 * 24 * 3600.0  # seconds until an artifact expires (docs, retention of artifacts)
WORKFLOW_ID = 7001
FOLDER = ".github/workflows"
PATH = f"{FOLDER}/tests.yml"
TAILS = ("jobs", "logs", "artifacts", "cancel", "rerun")


def workflow_run(repo: Repository, run: WorkflowRun, head: CommitFacts) -> Json:
    """Write a workflow run."""
    api = shapes.repository_api(repo)
    url = f"{api}/actions/runs/{run.id}"
    suite = repo.suite(run.head_sha, run.job.app.id)
    who = shapes.user(repo.github.url, run.actor)
    where = shapes.repository(repo)
    from_fork = {"id": run.fork_id, "full_name": f"{run.actor.login}/{repo.name}", "fork": True, "owner": who}
    return {
        "id": run.id,
        "node_id": shapes.node_id("WFR", run.id),
        "name": "tests",
        "display_title": head.message.partition("\n")[0],
        "path": f"{FOLDER}/{run.file}",
        "workflow_id": WORKFLOW_ID,
        "check_suite_id": suite,
        "check_suite_node_id": shapes.node_id("CS", suite),
        "check_suite_url": f"{api}/check-suites/{suite}",
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "head_commit": _head(head),
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "run_number": run.number,
        "run_attempt": 1,
        "run_started_at": iso(run.started_at),
        "created_at": iso(run.started_at),
        "updated_at": iso(run.updated_at),
        "previous_attempt_url": None,
        "pull_requests": report_shapes.minimal_pulls(repo, run.head_sha),
        "referenced_workflows": [],
        "actor": who,
        "triggering_actor": who,
        "repository": where,
        "head_repository": where if run.fork_id is None else where | from_fork,
        "url": url,
        "html_url": f"{shapes.SITE}/{repo.full_name}/actions/runs/{run.id}",
        "workflow_url": f"{api}/actions/workflows/{WORKFLOW_ID}",
        **{f"{name}_url": f"{url}/{name}" for name in TAILS},
    }


def _head(head: CommitFacts) -> Json:
    return {
        "id": head.sha,
        "tree_id": head.tree,
        "message": head.message,
        "timestamp": iso(head.committer.at),
        "author": {"name": head.author.name, "email": head.author.email},
        "committer": {"name": head.committer.name, "email": head.committer.email},
    }


def workflow(repo: Repository) -> Json:
    """Write the workflow that runs."""
    url = f"{shapes.repository_api(repo)}/actions/workflows/{WORKFLOW_ID}"
    page = f"{shapes.SITE}/{repo.full_name}"
    return {
        "id": WORKFLOW_ID,
        "node_id": shapes.node_id("W", WORKFLOW_ID),
        "name": "tests",
        "path": PATH,
        "state": "active",
        "created_at": iso(repo.created_at),
        "updated_at": iso(repo.created_at),
        "url": url,
        "html_url": f"{page}/blob/{repo.default_branch}/{PATH}",
        "badge_url": f"{page}/workflows/tests/badge.svg",
    }


def artifact(repo: Repository, uploaded: Artifact) -> Json:
    """Write an artifact."""
    run = uploaded.run
    url = f"{shapes.repository_api(repo)}/actions/artifacts/{uploaded.id}"
    source = {"head_repository_id": run.fork_id or repo.id, "head_branch": run.head_branch, "head_sha": run.head_sha}
    return {
        "id": uploaded.id,
        "node_id": shapes.node_id("A", uploaded.id),
        "name": uploaded.name,
        "size_in_bytes": len(uploaded.content),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": uploaded.expired,
        "created_at": iso(uploaded.at),
        "updated_at": iso(uploaded.at),
        "expires_at": iso(uploaded.at + KEPT),
        "workflow_run": {"id": run.id, "repository_id": run.repository_id, **source},
    }
