"""Holds one pull request against one policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.engine.change_kind import kind_of
from rules.engine.needs import Needs
from rules.engine.result import Finding, Mode, Outcome, Reported, RuleResult, Unknown, Verdict, Waiting

if TYPE_CHECKING:
    from rules.engine.policy import Listed, Policy
    from rules.engine.pull_request import PullRequest
    from rules.engine.result import Kind, Yielded


def evaluate(policy: Policy, pr: PullRequest) -> Verdict:
    """Decide the kind of change, then ask every rule that is not off. Pure, and never raises because of a rule."""
    kind = kind_of(pr)
    results = tuple(_result(listed, pr, kind) for listed in policy.rules if listed.mode is not Mode.OFF)
    return Verdict(base=pr.base, head=pr.head, policy=policy.source, kind=kind, results=results)


def needs_of(policy: Policy, pr: PullRequest) -> Needs:
    """Join what all rules of the policy that judge this kind of change must read beyond the diff."""
    kind = kind_of(pr)
    needs = Needs()
    for listed in policy.rules:
        if listed.mode is not Mode.OFF and kind not in listed.rule.exempt_kinds:
            needs |= _needs(listed, pr)
    return needs


def _needs(listed: Listed, pr: PullRequest) -> Needs:
    try:
        return listed.rule.needs(pr)
    except Exception:  # noqa: BLE001 - a rule that cannot say what it needs gets nothing, and says unknown itself
        return Needs()


def _result(listed: Listed, pr: PullRequest, kind: Kind) -> RuleResult:
    yielded = _asked(listed, pr)
    facts: dict[str, object] = {}
    sentences: list[str] = []
    for one in yielded:
        if isinstance(one, Reported):
            facts.update(one.facts)
            sentences.append(one.sentence)
    exempt = listed.rule.exempt_kinds.get(kind, "")
    return RuleResult(
        rule=listed.name,
        mode=listed.mode,
        outcome=Outcome.NOT_APPLICABLE if exempt else _outcome(yielded),
        facts=facts,
        sentence=" ".join(sentences),
        findings=() if exempt else tuple(one for one in yielded if isinstance(one, Finding)),
        waiting=() if exempt else tuple(one for one in yielded if isinstance(one, Waiting)),
        unknown=() if exempt else tuple(one.reason for one in yielded if isinstance(one, Unknown)),
        exempt=exempt,
    )


def _asked(listed: Listed, pr: PullRequest) -> tuple[Yielded, ...]:
    try:
        return tuple(listed.rule.check(pr))
    except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others, and is never a pass
        return (Unknown(f"andon failed, not you: {type(error).__name__}: {error}"),)


def _outcome(yielded: tuple[Yielded, ...]) -> Outcome:
    """Take the weightiest: a finding stands whatever else is unknown, and unknown outweighs waiting."""
    if any(isinstance(one, Finding) for one in yielded):
        return Outcome.FOUND
    if any(isinstance(one, Unknown) for one in yielded):
        return Outcome.UNKNOWN
    return Outcome.WAITING if any(isinstance(one, Waiting) for one in yielded) else Outcome.PASS
