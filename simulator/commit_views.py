"""What a GraphQL query sees of a commit: its authors, its checks, its deployments."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from simulator.clock import iso, iso_or_none
from simulator.connections import connection
from simulator.mergeability import contexts, rollup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.deployments import Deployment
    from simulator.github import Simulator
    from simulator.history import CommitFacts
    from simulator.records import CheckRun, CommitStatus, DeploymentStatus, Json, User
    from simulator.repository import Repository
    from simulator.views import Reader

MOST_HISTORY = 200  # commits of a history that are shown at most; more are on no page here

CO_AUTHOR = re.compile(
    r"^co-authored-by:\s*(?P<name>[^<\n]*?)\s*<(?P<email>[^>\n]+)>\s*$", re.IGNORECASE | re.MULTILINE
)
NOREPLY = re.compile(r"^(?:(?P<id>\d+)\+)?(?P<login>[^@]+)@users\.noreply\.github\.com$", re.IGNORECASE)


def actor(user: User) -> Json | None:
    """Show an account that did something; a deleted one is nobody (docs, GraphQL: Actor is null)."""
    if user.deleted:
        return None
    login = user.login.removesuffix("[bot]")  # GraphQL names a bot without its suffix, REST with it
    return {"__typename": user.kind, "login": login, "databaseId": user.id}


def account_of(github: Simulator, email: str) -> User | None:
    """Find the account of an e-mail address: only GitHub's own noreply forms are known here.

    The number in it outlives a new name; the name alone leads to whoever has it today.
    """
    found = NOREPLY.match(email)
    if found is None:
        return None
    number = int(found["id"] or 0)
    return next((user for user in github.users.values() if user.id == number), github.users.get(found["login"]))


def commit_view(reader: Reader, repo: Repository, facts: CommitFacts, as_of: int | None) -> Json:
    """Show a commit; `as_of` is the change as of which its checks are shown."""
    return {
        "oid": facts.sha,
        "message": facts.message,
        "messageHeadline": facts.message.split("\n", 1)[0],
        "committedDate": iso(facts.committer.at),
        "parents": lambda _info, **page: connection([{"oid": sha} for sha in facts.parents], page),
        "authors": lambda _info, **page: connection(_authors(repo.github, facts), page),
        "committer": lambda _info: _git_actor(repo.github, facts.committer.name, facts.committer.email),
        "additions": lambda _info: _lines(repo, facts, "additions"),
        "deletions": lambda _info: _lines(repo, facts, "deletions"),
        "tree": tree_view(repo, facts.tree),
        "history": lambda _info, **page: _history(reader, repo, facts, page),
        "signature": lambda _info: _signature(repo.github, facts),
        "statusCheckRollup": lambda _info: _rollup(reader, repo, facts.sha, as_of),
        "deployments": lambda _info, **asked: deployments_view(reader, repo, facts.sha, asked),
    }


def tree_view(repo: Repository, tree: str) -> Json:
    """Show a directory with what lies in it, and nothing of what lies deeper."""
    return {"__typename": "Tree", "oid": tree, "entries": lambda _info: _cut(repo, tree)}


async def _cut(repo: Repository, tree: str) -> list[Json]:
    """List what lies in a directory, or not all of it where a test wants that."""
    listed = await _entries(repo, tree)
    return listed[:-1] if repo.github.counts_down("cuts_trees") else listed


async def _entries(repo: Repository, tree: str) -> list[Json]:
    listed = await repo.history.tree(tree)
    return [
        {"name": path, "type": kind, "mode": int(mode, 8), "oid": sha}
        for mode, kind, sha, path in listed
        if "/" not in path
    ]


async def _history(reader: Reader, repo: Repository, facts: CommitFacts, page: Json) -> Json:
    """List a commit and those before it, by first parents: enough of a branch that grows one by one."""
    rows, found = [facts], facts
    while found.parents and len(rows) < MOST_HISTORY and (earlier := await repo.history.commit(found.parents[0])):
        rows.append(found := earlier)
    return connection([commit_view(reader, repo, row, None) for row in rows], page)


def _authors(github: Simulator, facts: CommitFacts) -> list[Json]:
    """List the git author and the Co-authored-by trailers, the author first (SDL, Commit.authors)."""
    named = [(facts.author.name, facts.author.email)]
    named += [(found["name"], found["email"]) for found in CO_AUTHOR.finditer(facts.message)]
    return [_git_actor(github, name, email) for name, email in dict.fromkeys(named)]


def _git_actor(github: Simulator, name: str, email: str) -> Json:
    user = account_of(github, email)
    account = None if user is None else {"login": user.login, "databaseId": user.id}  # a bot keeps its suffix here
    return {"name": name, "email": email, "user": account}


async def _lines(repo: Repository, facts: CommitFacts, which: str) -> int:
    """Count the lines that a commit adds or deletes, beside its first parent."""
    return sum(getattr(file, which) for file in await repo.history.files_of(facts))


def _signature(github: Simulator, facts: CommitFacts) -> Json | None:
    """Show a signature by GitHub itself on what a bot wrote, or somebody on its pages; nobody else signs here."""
    author = account_of(github, facts.author.email)
    signed = (author is not None and author.kind == "Bot") or facts.committer.email == "noreply@github.com"
    return {"__typename": "GpgSignature", "isValid": True, "wasSignedByGitHub": True} if signed else None


def _rollup(reader: Reader, repo: Repository, sha: str, as_of: int | None) -> Json | None:
    reader.demand("checks", "statuses")
    state = rollup(contexts(repo, sha, as_of))
    if state is None:
        return None
    rows: list[Json] = [_check_run(repo, run, as_of) for run in repo.newest_checks(sha, as_of)]
    rows += [_status(repo, status) for status in repo.newest_statuses(sha, as_of)]
    counted = {
        "checkRunCountsByState": _counted(
            run["conclusion"] if run["status"] == "COMPLETED" else run["status"] for run in rows if "conclusion" in run
        ),
        "statusContextCountsByState": _counted(status["state"] for status in rows if "conclusion" not in status),
    }
    return {"state": state, "contexts": lambda _info, **page: connection(rows, page) | counted}


def _counted(states: Iterable[str]) -> list[Json]:
    """Count what was reported by state (SDL, CheckRunStateCount and StatusContextStateCount)."""
    return [{"state": state, "count": count} for state, count in Counter(states).items()]


def _required(repo: Repository, name: str, app_id: int | None, number: int | None) -> bool:
    pull = repo.pulls.get(number or 0)
    return pull is not None and repo.ruleset(pull.base).requires(name, app_id)


def _check_run(repo: Repository, run: CheckRun, as_of: int | None) -> Json:
    state = run.history.at(as_of) or run.state
    app = {"databaseId": run.app.id, "slug": run.app.slug}
    return {
        "__typename": "CheckRun",
        "databaseId": run.id,
        "name": run.name,
        "status": state.status.upper(),
        "conclusion": None if state.conclusion is None else state.conclusion.upper(),
        "startedAt": iso_or_none(state.started_at),
        "completedAt": iso_or_none(state.completed_at),
        "externalId": state.external_id,
        "isRequired": lambda _info, **asked: _required(repo, run.name, run.app.id, asked.get("pullRequestNumber")),
        "checkSuite": {"databaseId": repo.suite(run.head_sha, run.app.id), "app": app},
    }


def _status(repo: Repository, status: CommitStatus) -> Json:
    return {
        "__typename": "StatusContext",
        "context": status.context,
        "state": status.state.upper(),
        "createdAt": iso(status.at),
        "description": status.description,
        "isRequired": lambda _info, **asked: _required(repo, status.context, None, asked.get("pullRequestNumber")),
    }


def deployments_view(reader: Reader, repo: Repository, sha: str | None, asked: Json) -> Json:
    """Show the deployments of a commit, or those of all (None), by environment and in the order that is asked for."""
    reader.demand("deployments")
    wanted = asked.get("environments")
    chosen = [d for d in repo.deployments if sha in {None, d.sha} and (wanted is None or d.environment in wanted)]
    if (asked.get("orderBy") or {}).get("direction") == "DESC":
        chosen.reverse()
    return connection([_deployment(made) for made in chosen], asked)


def _deployment(made: Deployment) -> Json:
    payload = made.payload if isinstance(made.payload, str) else json.dumps(made.payload)
    return {
        "commitOid": made.sha,
        "databaseId": made.id,
        "environment": made.environment,
        "payload": payload,
        "task": made.task,
        "description": made.description,
        "createdAt": iso(made.created_at),
        "creator": actor(made.creator),
        "latestStatus": _latest(made.statuses),
    }


def _latest(statuses: list[DeploymentStatus]) -> Json | None:
    if not statuses:
        return None
    newest = statuses[-1]
    return {
        "state": newest.state.upper(),
        "description": newest.description,
        "createdAt": iso(newest.at),
        "logUrl": newest.log_url or None,
        "environmentUrl": newest.environment_url or None,
        "creator": actor(newest.creator),
    }
