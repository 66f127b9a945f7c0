"""What GitHub tells the App when something happens: the payload of each webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import action_shapes, pull_shapes, report_shapes, shapes
from simulator.clock import iso

if TYPE_CHECKING:
    from simulator.actions import WorkflowRun
    from simulator.deployments import Deployment
    from simulator.installation import Installation
    from simulator.issues import Issue, Thread
    from simulator.pull_request import PullRequest
    from simulator.records import CheckRun, Comment, CommitStatus, DeploymentStatus, Json, Review, User
    from simulator.repository import Repository
    from simulator.under_way import QueueEntry

ZERO = "0" * 40
MAX_COMMITS = 2048  # a push event lists no more (docs, webhook payload of push)


def tell(repo: Repository, event: str, sender: User, payload: Json) -> None:
    """Send one event about a repository, if the App is installed there."""
    github = repo.github
    installation = repo.installation
    if installation is None or github.silent:
        return
    action = payload.get("action")
    common: Json = {"repository": shapes.repository(repo), "sender": shapes.user(github.url, sender)}
    number = installation.id
    common["installation"] = {"id": number, "node_id": shapes.node_id("MDIzOkluc3RhbGxhdGlvbg", number)}
    github.webhooks.send((event, action), payload | common, (number, repo.id))


async def pull_request(pull: PullRequest, action: str, by: User, **more: str) -> None:
    """Tell that a pull request was opened, pushed to, labeled, closed and so on."""
    if pull.repo.github.silent:
        return
    payload: Json = {"action": action, "number": pull.number, "pull_request": await pull_shapes.full(pull, pull.now)}
    if "label" in more:
        payload["label"] = pull_shapes.label(pull, more.pop("label"))
    tell(pull.repo, "pull_request", by, payload | more)


async def edited(pull: PullRequest, before: dict[str, Any], old_tip: str) -> None:
    """Tell that title, text or base changed, and from what."""
    changes: Json = {name: {"from": value} for name, value in before.items() if name != "base"}
    if "base" in before:
        changes["base"] = {"ref": {"from": before["base"]}, "sha": {"from": old_tip}}
    payload = {"action": "edited", "number": pull.number, "changes": changes}
    tell(pull.repo, "pull_request", pull.author, payload | {"pull_request": await pull_shapes.full(pull, pull.now)})


async def review(pull: PullRequest, given: Review) -> None:
    """Tell that a review was submitted."""
    payload = {
        "action": "submitted",
        "review": pull_shapes.review(pull, given),
        "pull_request": pull_shapes.simple(pull, pull.now),
    }
    tell(pull.repo, "pull_request_review", given.author, payload)


async def commented(thread: Thread, comment: Comment, by: User, action: str, *, before: str = "") -> None:
    """Tell that somebody wrote under a pull request or issue, or edited (from `before`) or deleted a comment."""
    payload = {"action": action, "issue": thread.issue_shape(), "comment": report_shapes.comment(thread, comment)}
    if action == "edited":
        payload["changes"] = {"body": {"from": before}}
    tell(thread.repo, "issue_comment", by, payload)


def issue(about: Issue, action: str, by: User, **more: Json) -> None:
    """Tell that an issue was opened, edited, closed and so on."""
    tell(about.repo, "issues", by, {"action": action, "issue": about.issue_shape(), **more})


async def push(repo: Repository, move: tuple[str, str, str], by: User) -> None:
    """Tell that (branch, before, after) was pushed."""
    if repo.github.silent or repo.installation is None:
        return
    branch, before, after = move
    head = await repo.history.commit(after)
    commits = () if before == ZERO else await repo.history.commits(before, after)
    payload = {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": False,
        "forced": before != ZERO and not await repo.history.contains(after, before),
        "base_ref": None,
        "compare": f"{shapes.SITE}/{repo.full_name}/compare/{before[:12]}...{after[:12]}",
        "commits": [shapes.pushed_commit(repo, facts) for facts in commits[-MAX_COMMITS:]],
        "head_commit": head and shapes.pushed_commit(repo, head),
        "pusher": {"name": by.login, "email": by.email},
    }
    tell(repo, "push", by, payload)


async def check_run(
    repo: Repository, run: CheckRun, action: str, *, by: User | None = None, requested: str | None = None
) -> None:
    """Tell that a check run was created, completed, rerequested, or one of its buttons pressed."""
    payload: Json = {"action": action, "check_run": report_shapes.check_run(repo, run)}
    if requested is not None:
        payload["requested_action"] = {"identifier": requested}
    tell(repo, "check_run", by or run.app.bot, payload)


async def _suite(repo: Repository, action: str, at: tuple[str, str | None, int], conclusion: str | None) -> None:
    sha, branch, app_id = at
    github = repo.github
    facts = await repo.history.commit(sha)
    if github.silent or facts is None:
        return
    number = repo.suite(sha, app_id)
    url = f"{shapes.repository_api(repo)}/check-suites/{number}"
    runs = [run for run in repo.newest_checks(sha) if run.app.id == app_id]
    app = next((run.app for run in runs), github.app)
    suite = {
        "id": number,
        "node_id": shapes.node_id("CS", number),
        "head_branch": branch,
        "head_sha": sha,
        "status": "queued" if conclusion is None else "completed",
        "conclusion": conclusion,
        "url": url,
        "before": facts.parents[0] if facts.parents else ZERO,
        "after": sha,
        "pull_requests": report_shapes.minimal_pulls(repo, sha),
        "app": shapes.app(github.url, app, {}, repo.created_at),
        "created_at": iso(github.now()),
        "updated_at": iso(github.now()),
        "latest_check_runs_count": len(runs),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": shapes.pushed_commit(repo, facts),
    }
    tell(repo, "check_suite", app.bot, {"action": action, "check_suite": suite})


async def suite_requested(repo: Repository, branch: str, sha: str) -> None:
    """Tell that the App's own check suite was opened by a push; once for a commit."""
    app_id = repo.github.app.id
    if (sha, app_id) in repo.suites:
        return
    await _suite(repo, "requested", (sha, branch, app_id), None)


async def suite_completed(repo: Repository, run: CheckRun) -> None:
    """Tell that every run of an App's suite on a commit is done."""
    mates = [mate for mate in repo.newest_checks(run.head_sha) if mate.app.id == run.app.id]
    bad = [mate.conclusion for mate in mates if mate.conclusion not in {"success", "neutral", "skipped"}]
    pulls = [pull for pull in repo.pulls_at(run.head_sha) if not pull.fork]
    branch = pulls[0].head_branch if pulls else None
    await _suite(repo, "completed", (run.head_sha, branch, run.app.id), bad[0] if bad else "success")


async def status(repo: Repository, reported: CommitStatus) -> None:
    """Tell that a commit status was reported."""
    facts = await repo.history.commit(reported.sha)
    if facts is None:
        return
    url = shapes.repository_api(repo)
    branches = [
        {"name": name, "commit": {"sha": sha, "url": f"{url}/commits/{sha}"}, "protected": name in repo.rulesets}
        for name, sha in repo.branches.items()
        if sha == reported.sha
    ]
    payload = {
        "id": reported.id,
        "sha": reported.sha,
        "name": repo.full_name,
        "target_url": reported.target_url,
        "context": reported.context,
        "description": reported.description,
        "state": reported.state,
        "commit": shapes.commit(repo, facts),
        "branches": branches,
        "created_at": iso(reported.at),
        "updated_at": iso(reported.at),
        "avatar_url": f"{shapes.SITE}/avatars/{reported.creator.id}",
    }
    tell(repo, "status", reported.creator, payload)


async def workflow_run(repo: Repository, run: WorkflowRun, action: str) -> None:
    """Tell that a workflow run was requested or completed."""
    head = await repo.history.commit(run.head_sha)
    if head is None:
        return
    shown = {"workflow": action_shapes.workflow(repo), "workflow_run": action_shapes.workflow_run(repo, run, head)}
    tell(repo, "workflow_run", run.actor, {"action": action, **shown})


async def deployment(made: Deployment) -> None:
    """Tell that a deployment was created."""
    payload = {
        "action": "created",
        "deployment": report_shapes.deployment(made),
        "workflow": None,
        "workflow_run": None,
    }
    tell(made.repo, "deployment", made.creator, payload)


async def deployment_status(made: Deployment, reported: DeploymentStatus) -> None:
    """Tell that a deployment reached another state."""
    payload = {
        "action": "created",
        "deployment_status": report_shapes.deployment_status(made, reported),
        "deployment": report_shapes.deployment(made),
    }
    tell(made.repo, "deployment_status", reported.creator, payload)


async def merge_group(repo: Repository, entry: QueueEntry, by: User) -> None:
    """Tell that the merge queue waits for the checks of a group."""
    facts = await repo.history.commit(entry.sha)
    if repo.github.silent or facts is None:
        return
    pushed = shapes.pushed_commit(repo, facts)
    commit = {name: pushed[name] for name in ("id", "tree_id", "message", "timestamp", "author", "committer")}
    group = {
        "head_sha": entry.sha,
        "head_ref": f"refs/heads/{entry.branch}",
        "base_sha": entry.base_sha,
        "base_ref": f"refs/heads/{entry.base}",
        "head_commit": commit,
    }
    tell(repo, "merge_group", by, {"action": "checks_requested", "merge_group": group})


def installation(installed: Installation, event: str, payload: Json) -> None:
    """Tell that the App was installed, or that its installation covers more repositories now."""
    github = installed.github
    if github.silent:
        return
    common = {"installation": installed.shape(), "sender": shapes.user(github.url, installed.account)}
    github.webhooks.send((event, payload["action"]), payload | common, (installed.id, None))


def ping(github_url: str, app_id: int, hook_id: int, at: float) -> Json:
    """Write the first event an App's webhook hears."""
    return {
        "zen": "Stop the line when something is wrong.",
        "hook_id": hook_id,
        "hook": {
            "id": hook_id,
            "type": "App",
            "name": "web",
            "active": True,
            "app_id": app_id,
            "events": ["pull_request"],
            "config": {"content_type": "json", "insecure_ssl": "0", "url": github_url},
            "created_at": iso(at),
            "updated_at": iso(at),
        },
    }
