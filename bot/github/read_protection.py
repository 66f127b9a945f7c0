"""GitHub's JSON about what a base branch asks, and how reviews stand, becomes typed values here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.github.nodes import nodes
from bot.snapshot import Asked, Dismissed, RequiredCheck, Reviewing

Json = Any

_READ = frozenset({"REQUIRED_STATUS_CHECKS", "PULL_REQUEST", "MERGE_QUEUE"})
_NO_MATTER = frozenset({"CREATION", "DELETION", "NON_FAST_FORWARD", "TAG", "TAG_NAME_PATTERN"})
"""Kinds of rules that never stand in the way of a merge into a branch that exists."""

_METHOD_FIELDS = {"merge": "mergeCommitAllowed", "squash": "squashMergeAllowed", "rebase": "rebaseMergeAllowed"}

_CLASSIC = {"requiresLinearHistory": "required linear history", "requiresSignatures": "required signatures"}


def required_checks(base: Json) -> tuple[RequiredCheck, ...]:
    """List the checks that a base branch asks for: by its rulesets, then by its classic protection."""
    ruled = [
        RequiredCheck(check["context"], check["integrationId"])
        for found in _parameters(base)
        for check in found.get("requiredStatusChecks") or ()
    ]
    known = {check.name for check in ruled}
    contexts = _classic(base).get("requiredStatusCheckContexts") or ()
    return (*ruled, *(RequiredCheck(name, marked=True) for name in contexts if name and name not in known))


def asked(base: Json) -> Asked:
    """Read what a base branch asks beside checks. Where several rules speak, the strictest counts (docs, rulesets)."""
    rules, classic = _parameters(base), _classic(base)
    counts = [found.get("requiredApprovingReviewCount") or 0 for found in (*rules, classic)]

    def any_of(ruled: str, by_classic: str = "") -> bool:
        return any(found.get(ruled) for found in rules) or bool(classic.get(by_classic))

    return Asked(
        approvals=max(counts, default=0),
        code_owners=any_of("requireCodeOwnerReview", "requiresCodeOwnerReviews"),
        last_push=any_of("requireLastPushApproval"),
        stale_dismissed=any_of("dismissStaleReviewsOnPush"),
        threads=any_of("requiredReviewThreadResolution", "requiresConversationResolution"),
        strict=any_of("strictRequiredStatusChecksPolicy"),
        others=tuple(_others(base)),
    )


def methods(repo: Json, base: Json) -> frozenset[str]:
    """Read by which methods may be merged: those of the repository, as far as every ruleset of the branch lets them."""
    by_repository = {name for name, field in _METHOD_FIELDS.items() if repo.get(field, True) is not False}
    listed = [found.get("allowedMergeMethods") for found in _parameters(base)]
    by_rules = [{name.lower() for name in names} for names in listed if names]
    return frozenset(by_repository.intersection(*by_rules))


def _others(base: Json) -> Iterator[str]:
    kinds = {entry.get("type") or "UNKNOWN" for entry in nodes((base or {}).get("rules"))}
    words = {kind.lower().replace("_", " ") for kind in kinds - _READ - _NO_MATTER}
    yield from sorted(words | {said for field, said in _CLASSIC.items() if _classic(base).get(field)})


def _parameters(base: Json) -> list[Mapping[str, Any]]:
    return [entry.get("parameters") or {} for entry in nodes((base or {}).get("rules"))]


def _classic(base: Json) -> Mapping[str, Any]:
    """Give what anybody may know of a classic protection (SDL, RefUpdateRule)."""
    return (base or {}).get("refUpdateRule") or {}


def reviewing(node: Json) -> Reviewing:
    """Read how the reviews of a pull request stand."""
    writers = {_login(review) for review in nodes(node.get("latestOpinionatedReviews"))}
    approved = [_login(one) for one in nodes(node.get("opinions")) if one["state"] == "APPROVED"]
    asked_of = nodes(node.get("reviewRequests"))
    return Reviewing(
        requested=tuple(_reviewer(one) for one in asked_of),
        owners=tuple(_reviewer(one) for one in asked_of if one["asCodeOwner"]),
        without_access=tuple(login for login in approved if login not in writers),
        dismissed=tuple(_dismissed(node)),
        open_threads=sum(not one["isResolved"] for one in nodes(node.get("reviewThreads"))),
    )


def _dismissed(node: Json) -> Iterator[Dismissed]:
    for event in nodes(node.get("dismissals")):
        if event.get("previousReviewState") == "APPROVED":
            commit = (event.get("pullRequestCommit") or {}).get("commit") or {}
            yield Dismissed(_login(event.get("review") or {}), commit.get("oid"))


def _login(review: Json) -> str:
    return (review.get("author") or {}).get("login") or "somebody whose account is gone"


def _reviewer(request: Json) -> str:
    who = request.get("requestedReviewer") or {}
    return who.get("login") or who.get("slug") or "somebody that andon may not see"


def unread(node: Json) -> Iterator[str]:
    """Name each part of which GitHub has more than it sent, or which it did not send at all."""
    base = node.get("baseRef") or {}
    parts = {
        "labels": node.get("labels"),
        "reviews": node.get("latestOpinionatedReviews"),
        "branch rules": base.get("rules"),
    }
    if asked(base).threads:
        parts["review conversations"] = node.get("reviewThreads")
    for name, connection in parts.items():
        yield from missing_of(name, connection)


def missing_of(name: str, connection: Json) -> Iterator[str]:
    """Say what is missing of one list, if anything is."""
    if connection is None:
        yield f"GitHub did not tell the {name}"
    elif connection["totalCount"] > len(nodes(connection)):
        yield f"GitHub has {connection['totalCount']} {name}, and {len(nodes(connection))} could be read"
