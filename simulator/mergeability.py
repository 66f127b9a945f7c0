"""May this pull request be merged? GitHub's own arithmetic of conflicts, drafts, checks and approvals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.records import SATISFYING

if TYPE_CHECKING:
    from simulator.pull_request import PullRequest
    from simulator.records import PullState, Review
    from simulator.repository import Repository

PENDING_STATES = frozenset({"pending", "expected"})


@dataclass(frozen=True, slots=True)
class Merging:
    """GraphQL's words: `mergeable` (MergeableState), `status` (MergeStateStatus), and the review decision."""

    mergeable: str
    status: str
    decision: str | None


@dataclass(frozen=True, slots=True)
class Context:
    """One check or status as the rollup sees it: "success", "failure" or "pending"."""

    name: str
    app_id: int | None
    result: str


def contexts(repo: Repository, sha: str, as_of: int | None = None) -> list[Context]:
    """List what was reported on a commit: newest run of each name and App, newest status of each context."""
    found = []
    for run in repo.newest_checks(sha, as_of):
        state = run.history.at(as_of)
        if state is not None:
            done = state.status == "completed"
            result = "pending" if not done else "success" if state.conclusion in SATISFYING else "failure"
            found.append(Context(run.name, run.app.id, result))
    for status in repo.newest_statuses(sha, as_of):
        result = status.state if status.state in {"success", "pending"} else "failure"
        found.append(Context(status.context, None, result))
    return found


def rollup(found: list[Context]) -> str | None:
    """Sum up contexts as GitHub's StatusState does, None where nothing was reported."""
    results = {context.result for context in found}
    if not results:
        return None
    if "failure" in results:
        return "FAILURE"
    return "PENDING" if "pending" in results else "SUCCESS"


def opinionated(pull: PullRequest, state: PullState, *, anybody: bool = False) -> list[Review]:
    """List the latest opinion of each reviewer with write access, or of `anybody`; a comment is not an opinion.

    One that was dismissed counts no more, and an earlier one of the same person does (palantir/policy-bot, README).
    """
    latest: dict[str, Review] = {}
    for review in state.reviews:
        if review.state not in {"COMMENTED", "DISMISSED"} and (anybody or pull.repo.people.may_write(review.author)):
            latest[review.author.login] = review
    return list(latest.values())


def approvals(pull: PullRequest, state: PullState) -> list[Review]:
    """List the approvals that count: nobody approves what is their own."""
    given = (review for review in opinionated(pull, state) if review.author.login != pull.author.login)
    return [review for review in given if review.state == "APPROVED"]


def unmet_reviews(pull: PullRequest, state: PullState) -> list[str]:
    """Name what a branch asks of reviews, beside their number, and has not got (docs, available rules for rulesets)."""
    asked, given = pull.repo.ruleset(state.base), approvals(pull, state)
    unmet = []
    if asked.code_owners and not any(review.author.login in asked.code_owners for review in given):
        unmet.append("a code owner's review")
    pusher = state.pushed_by or pull.author.login
    if asked.last_push and not any(one.commit == state.head and one.author.login != pusher for one in given):
        unmet.append("an approval of the last push by somebody else")
    if asked.threads and not all(thread.resolved for thread in state.threads):
        unmet.append("resolved conversations")
    return unmet + list(asked.others)


def review_decision(pull: PullRequest, state: PullState) -> str | None:
    """Give the review decision; null where no rule asks for reviews (docs, PullRequest.reviewDecision)."""
    asked = pull.repo.ruleset(state.base).approvals
    if asked is None:
        return None
    opinions = opinionated(pull, state)
    if any(review.state == "CHANGES_REQUESTED" for review in opinions):
        return "CHANGES_REQUESTED"
    return "APPROVED" if len(approvals(pull, state)) >= asked else "REVIEW_REQUIRED"


def unmet_checks(repo: Repository, branch: str, found: list[Context]) -> list[str]:
    """Name the required checks that have not succeeded. Every source that reports a required name must succeed."""
    unmet = []
    for name, source in repo.ruleset(branch).checks:
        reported = [c.result for c in found if c.name == name and (source is None or c.app_id == source)]
        if not reported or any(result != "success" for result in reported):
            unmet.append(name)
    return unmet


async def merging_of(pull: PullRequest, state: PullState, as_of: int | None = None) -> Merging:
    """Work out whether one state of a pull request can be merged."""
    decision = review_decision(pull, state)
    if state.state != "open":
        return Merging("UNKNOWN", "UNKNOWN", decision)
    tip = pull.repo.branches[state.base]
    if not await pull.repo.history.merges(tip, state.head):
        return Merging("CONFLICTING", "DIRTY", decision)
    if state.draft:
        return Merging("MERGEABLE", "DRAFT", decision)
    strict = pull.repo.ruleset(state.base).strict
    behind = strict and not await pull.repo.history.contains(state.head, tip)
    return Merging("MERGEABLE", _status(pull, state, contexts(pull.repo, state.head, as_of), behind=behind), decision)


def _status(pull: PullRequest, state: PullState, found: list[Context], *, behind: bool) -> str:
    unmet = [*unmet_checks(pull.repo, state.base, found), *unmet_reviews(pull, state)]
    if unmet or review_decision(pull, state) in {"CHANGES_REQUESTED", "REVIEW_REQUIRED"}:
        return "BLOCKED"
    if behind:
        return "BEHIND"
    return "UNSTABLE" if any(context.result != "success" for context in found) else "CLEAN"
