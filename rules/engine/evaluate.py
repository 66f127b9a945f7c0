"""Holds one pull request against one policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rules.engine.change_kind import kind_of
from rules.engine.needs import Needs
from rules.engine.result import Finding, Mode, Note, Outcome, Reported, RuleResult, Unknown, Verdict, Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rules.engine.policy import Listed, Policy
    from rules.engine.pull_request import PullRequest
    from rules.engine.result import Kind, Override, Yielded


def evaluate(policy: Policy, pr: PullRequest, overrides: Sequence[Override] = ()) -> Verdict:
    """Decide the kind of change, then ask every rule that is not off. Pure, and never raises because of a rule.

    `overrides` are those that hold for this very head; the latest of a rule is the one that is shown.
    """
    kind = kind_of(pr)
    by_rule = {override.rule: override for override in overrides}
    asked = (_result(listed, pr, kind) for listed in policy.rules if listed.mode is not Mode.OFF)
    results = tuple(_with_override(result, by_rule.get(result.rule)) for result in asked)
    return Verdict(base=pr.base, head=pr.head, policy=policy.source, kind=kind, results=results)


def _with_override(result: RuleResult, override: Override | None) -> RuleResult:
    """Note who lets a rule pass that has something to say; nothing is noted where nothing had to be let pass."""
    return result if override is None or result.settled else replace(result, override=override)


def needs_of(policy: Policy, pr: PullRequest) -> Needs:
    """Join what all rules of the policy that judge this kind of change must read beyond the diff."""
    kind = kind_of(pr)
    needs = Needs()
    for listed in policy.rules:
        if listed.mode is not Mode.OFF and not _exemption(listed, pr, kind):
            needs |= _needs(listed, listed.reach.narrowed(pr))
    return needs


def _exemption(listed: Listed, pr: PullRequest, kind: Kind) -> str:
    """Say why a rule does not apply, or nothing where it does."""
    return listed.reach.exemption(listed.rule, kind) or listed.reach.beside(pr)


def _needs(listed: Listed, pr: PullRequest) -> Needs:
    try:
        return listed.rule.needs(pr)
    except Exception:  # noqa: BLE001 - a rule that cannot say what it needs gets nothing, and says unknown itself
        return Needs()


def _result(listed: Listed, pr: PullRequest, kind: Kind) -> RuleResult:
    yielded = _asked(listed, listed.reach.narrowed(pr))
    facts: dict[str, object] = {}
    sentences: list[str] = []
    for one in yielded:
        if isinstance(one, Reported):
            facts.update(one.facts)
            sentences.append(one.sentence)
    exempt = _exemption(listed, pr, kind)
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
        notes=() if exempt else tuple(one for one in yielded if isinstance(one, Note)),
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
