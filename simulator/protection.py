"""What a branch asks of a pull request, as GraphQL shows it.

The rules of rulesets, and of a classic protection what is "viewable by non-admins" (SDL, RefUpdateRule).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.records import Json, Ruleset


def rules(asked: Ruleset) -> list[Json]:
    """List the rules of the rulesets that hold for a branch; a classic protection is none of them."""
    if asked.classic:
        return []
    found: list[Json] = [{"type": kind, "parameters": None} for kind in asked.others]
    if asked.checks:
        checks = [{"context": name, "integrationId": app_id} for name, app_id in asked.checks]
        strict = {"strictRequiredStatusChecksPolicy": asked.strict, "requiredStatusChecks": checks}
        found.append(
            {
                "type": "REQUIRED_STATUS_CHECKS",
                "parameters": {"__typename": "RequiredStatusChecksParameters", **strict},
            }
        )
    if _asks_for_reviews(asked):
        found.append({"type": "PULL_REQUEST", "parameters": _reviews(asked)})
    return found


def _asks_for_reviews(asked: Ruleset) -> bool:
    reviewed = asked.approvals is not None or bool(asked.code_owners) or asked.last_push or asked.threads
    return reviewed or asked.methods is not None


def _reviews(asked: Ruleset) -> Json:
    return {
        "__typename": "PullRequestParameters",
        "allowedMergeMethods": list(asked.methods or ("merge", "squash", "rebase")),
        "dismissStaleReviewsOnPush": asked.dismiss_stale,
        "requireCodeOwnerReview": bool(asked.code_owners),
        "requireLastPushApproval": asked.last_push,
        "requiredApprovingReviewCount": asked.approvals or 0,
        "requiredReviewThreadResolution": asked.threads,
    }


def update_rule(asked: Ruleset) -> Json | None:
    """Show a classic protection; null where there is none."""
    if not asked.classic:
        return None
    return {
        "requiredApprovingReviewCount": asked.approvals,
        "requiredStatusCheckContexts": [name for name, _ in asked.checks],
        "requiresCodeOwnerReviews": bool(asked.code_owners),
        "requiresConversationResolution": asked.threads,
        "requiresLinearHistory": "REQUIRED_LINEAR_HISTORY" in asked.others,
        "requiresSignatures": "REQUIRED_SIGNATURES" in asked.others,
    }
