"""How GitHub writes what was reported on a commit as JSON: check runs, statuses, deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import shapes
from simulator.clock import iso, iso_or_none

if TYPE_CHECKING:
    from simulator.deployments import Deployment
    from simulator.issues import Thread
    from simulator.records import CheckRun, Comment, CommitStatus, DeploymentStatus, Json, Reaction
    from simulator.repository import Repository


def minimal_pulls(repo: Repository, sha: str) -> list[Json]:
    """Write the pull requests of a check: none from forks (docs, check run events)."""
    url = shapes.repository_api(repo)
    where = {"id": repo.id, "url": url, "name": repo.name}
    return [
        {
            "id": pull.id,
            "number": pull.number,
            "url": f"{url}/pulls/{pull.number}",
            "head": {"ref": pull.head_branch, "sha": pull.head, "repo": where},
            "base": {"ref": pull.base, "sha": pull.base_tip, "repo": where},
        }
        for pull in repo.pulls_at(sha)
        if not pull.fork
    ]


def check_run(repo: Repository, run: CheckRun) -> Json:
    """Write a check run."""
    url = f"{shapes.repository_api(repo)}/check-runs/{run.id}"
    html = f"{shapes.SITE}/{repo.full_name}/runs/{run.id}"
    state = run.state
    output = {
        "title": state.title,
        "summary": state.summary,
        "text": state.text,
        "annotations_count": len(state.annotations),
        "annotations_url": f"{url}/annotations",
    }
    return {
        "id": run.id,
        "node_id": shapes.node_id("CR", run.id),
        "name": run.name,
        "head_sha": run.head_sha,
        "external_id": state.external_id,
        "url": url,
        "html_url": html,
        "details_url": state.details_url or html,
        "status": state.status,
        "conclusion": state.conclusion,
        "started_at": iso(state.started_at or repo.github.now()),
        "completed_at": iso_or_none(state.completed_at),
        "output": output,
        "check_suite": {"id": repo.suite(run.head_sha, run.app.id)},
        "app": shapes.app(repo.github.url, run.app, {}, repo.created_at),
        "pull_requests": minimal_pulls(repo, run.head_sha),
    }


def status(repo: Repository, reported: CommitStatus) -> Json:
    """Write a commit status."""
    return {
        "id": reported.id,
        "node_id": shapes.node_id("SC", reported.id),
        "url": f"{shapes.repository_api(repo)}/statuses/{reported.sha}",
        "avatar_url": f"{shapes.SITE}/avatars/{reported.creator.id}",
        "state": reported.state,
        "context": reported.context,
        "description": reported.description,
        "target_url": reported.target_url,
        "created_at": iso(reported.at),
        "updated_at": iso(reported.at),
        "creator": shapes.user(repo.github.url, reported.creator),
    }


def deployment(made: Deployment) -> Json:
    """Write a deployment."""
    url = shapes.repository_api(made.repo)
    at = made.statuses[-1].at if made.statuses else made.created_at
    return {
        "id": made.id,
        "node_id": shapes.node_id("DE", made.id),
        "sha": made.sha,
        "ref": made.ref,
        "task": made.task,
        "payload": made.payload,
        "original_environment": made.environment,
        "environment": made.environment,
        "description": made.description,
        "creator": shapes.user(made.repo.github.url, made.creator),
        "created_at": iso(made.created_at),
        "updated_at": iso(at),
        "url": f"{url}/deployments/{made.id}",
        "statuses_url": f"{url}/deployments/{made.id}/statuses",
        "repository_url": url,
        "transient_environment": False,
        "production_environment": made.environment == "production",
    }


def deployment_status(made: Deployment, reported: DeploymentStatus) -> Json:
    """Write one status of a deployment."""
    url = f"{shapes.repository_api(made.repo)}/deployments/{made.id}"
    links = {"environment_url": reported.environment_url, "log_url": reported.log_url}
    return {
        "id": reported.id,
        "node_id": shapes.node_id("DES", reported.id),
        "state": reported.state,
        "creator": shapes.user(made.repo.github.url, reported.creator),
        "description": reported.description,
        "environment": made.environment,
        "target_url": reported.log_url,
        "created_at": iso(reported.at),
        "updated_at": iso(reported.at),
        "deployment_url": url,
        "repository_url": shapes.repository_api(made.repo),
        "url": f"{url}/statuses/{reported.id}",
        **{name: link for name, link in links.items() if link},
    }


def comment(thread: Thread, written: Comment) -> Json:
    """Write a comment as the REST API does."""
    repo = thread.repo
    kind = "pull" if thread.number in repo.pulls else "issues"
    url = f"{shapes.repository_api(repo)}/issues/comments/{written.id}"
    return {
        "id": written.id,
        "node_id": shapes.node_id("IC", written.id),
        "url": url,
        "html_url": f"{shapes.SITE}/{repo.full_name}/{kind}/{thread.number}#issuecomment-{written.id}",
        "issue_url": f"{shapes.repository_api(repo)}/issues/{thread.number}",
        "user": shapes.user(repo.github.url, written.author),
        "created_at": iso(written.created_at),
        "updated_at": iso(written.updated_at),
        "author_association": repo.people.association(written.author),
        "performed_via_github_app": _app_of(repo, written),
        "body": written.body,
        "reactions": {"url": f"{url}/reactions", **written.counts()},
    }


def reaction(repo: Repository, made: Reaction) -> Json:
    """Write a reaction."""
    shown = {"id": made.id, "node_id": shapes.node_id("REA", made.id), "content": made.content}
    return shown | {"user": shapes.user(repo.github.url, made.author), "created_at": iso(made.at)}


def _app_of(repo: Repository, written: Comment) -> Json | None:
    """Name the App that wrote a comment, as GitHub does."""
    github = repo.github
    ours = written.author == github.app.bot
    return shapes.app(github.url, github.app, {}, repo.created_at) if ours else None
