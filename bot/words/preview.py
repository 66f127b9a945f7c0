"""What a pull request that edits the policy would change, for its check run: shown, and not applied to it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.published import ANNOTATIONS, LONGEST_TEXT, Annotation, CheckConclusion, CheckRun
from bot.snapshot import PolicyFile, Snapshot
from bot.text.escape import code, formatted, plain
from bot.words.standing import SIGNS
from rules.engine.policy import POLICY_PATH, Listed, Policy, PolicyError, extends_owner
from rules.engine.pull_request import Change
from rules.engine.result import Outcome, RuleResult, Verdict

HEADING = "### Policy in this pull request: not applied to it"
NAMED = 20
"""Problems, and changed options of one rule, that are named."""

SHARE = ANNOTATIONS // 2
"""Annotations that problems of the policy may take from those of the rules."""

LARGEST_TRIAL = 5_000_000
"""Bytes of the policy times changed files beyond which nobody tries out what a stranger proposes."""

_WORDS = {
    Outcome.PASS: "passes",
    Outcome.FOUND: "finds something",
    Outcome.WAITING: "waits",
    Outcome.UNKNOWN: "cannot tell",
    Outcome.NOT_APPLICABLE: "does not apply",
}
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Judged:
    """A policy and what it says of one pull request; no verdict where nobody tried."""

    policy: Policy
    verdict: Verdict | None


Proposed = Judged | PolicyError | None
"""What would govern once the pull request is merged: a policy, one that cannot be read, or none at all."""


def is_asked(snapshot: Snapshot) -> bool:
    """Tell whether a pull request edits the policy; by the first hundred paths before its files are read."""
    pull_request = snapshot.pull_request
    names = {path for file in pull_request.files for path in (file.path, file.previous_path)}
    return POLICY_PATH in (names or snapshot.paths)


def lands_on_default(snapshot: Snapshot) -> bool:
    """Tell whether what it edits would count once it is merged."""
    return snapshot.pull_request.base_branch == snapshot.default_branch


def proposed_file(snapshot: Snapshot) -> PolicyFile | None:
    """Give what would govern once the pull request is merged; where it takes the policy away, that is the owner's.

    One that is too large to be read may hold anything.
    """
    if not snapshot.pull_request.files:
        return PolicyFile(POLICY_PATH, "", None)
    kept = {file.path for file in snapshot.pull_request.files if file.change is not Change.DELETED}
    if POLICY_PATH not in kept:
        return snapshot.owner_policy
    text = snapshot.proposed_policy
    owner = snapshot.owner_policy if text is not None and extends_owner(text) else None
    return PolicyFile(POLICY_PATH, "", text, owner)


def may_be_tried(snapshot: Snapshot) -> bool:
    """Tell whether judging by what is proposed is cheap enough: anybody may propose anything."""
    return len(snapshot.proposed_policy or "") * len(snapshot.pull_request.files) <= LARGEST_TRIAL


def added_to(check: CheckRun, now: Judged | None, then: Proposed) -> CheckRun:
    """Add the preview to the check run of what governs; its conclusion stays as it is."""
    section = "\n\n".join((HEADING, *_section(now, then)))
    room = max(LONGEST_TEXT - len(section), 0)
    notes = tuple(_annotations(then))[:SHARE]
    return replace(
        check,
        summary=f"{check.summary[:room]}\n\n{section}",
        annotations=(*notes, *check.annotations)[:ANNOTATIONS],
    )


def alone(head: str, then: Proposed) -> CheckRun:
    """Write the check run of a pull request that brings the first policy: nothing else is said there."""
    return CheckRun(
        head=head,
        conclusion=CheckConclusion.NEUTRAL if isinstance(then, PolicyError) else CheckConclusion.SUCCESS,
        title=f"Policy in this pull request: {_in_short(then)}",
        summary="\n\n".join((HEADING, *_section(None, then)))[:LONGEST_TEXT],
        annotations=tuple(_annotations(then))[:ANNOTATIONS],
    )


def _in_short(then: Proposed) -> str:
    match then:
        case None:
            return "taken away"
        case PolicyError(problems=problems):
            return f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        case Judged():
            return "valid, and not applied to it"


def _section(now: Judged | None, then: Proposed) -> Iterator[str]:
    governs = f"Governed by {code(now.policy.source)}" if now else "No policy governs it"
    yield f"{governs}: only the policy on the default branch counts. What this one would change once it is merged:"
    match then:
        case None:
            yield "**It takes the policy away.** andon would fall silent here: nothing judged, nothing merged."
        case PolicyError() as error:
            yield from _problems(error)
        case Judged() as judged:
            yield f"**{_what_it_is(judged.policy)}**{_on_the_whole(now, judged)}"
            yield from _table(now, judged)
            yield from _sections(now, judged)


def _problems(error: PolicyError) -> Iterator[str]:
    lines = error.lines()
    more = len(lines) - NAMED
    listed = [f"- {formatted(line)}" for line in lines[:NAMED]] + ([f"- and {more} more"] if more > 0 else [])
    noun = "problem" if len(lines) == 1 else "problems"
    yield f"**{len(lines)} {noun}.** As it is, andon would judge and merge nothing any more, so it does not merge it:"
    yield "\n".join(listed)


def _what_it_is(policy: Policy) -> str:
    if policy.source.startswith(POLICY_PATH):
        return "It is valid."
    return f"It takes the policy away: {code(policy.source)} governs then."


def _on_the_whole(now: Judged | None, then: Judged) -> str:
    if then.verdict is None:
        return " It is too long to be tried out on a pull request of this size."
    before = f"{now.verdict.conclusion} → " if now and now.verdict else ""
    return f" On this very pull request: {before}**{then.verdict.conclusion}**."


def _table(now: Judged | None, then: Judged) -> Iterator[str]:
    """List every rule of which something changes."""
    before, after = _by_rule(now), _by_rule(then)
    said, says = _results(now), _results(then)
    rows = []
    for name in sorted({*before, *after}):
        changes = tuple(_changes(before.get(name), after.get(name)))
        results = _outcomes(said.get(name), says.get(name))
        if changes or len(set(results)) > 1:
            rows.append(f"| **{name}** | {'<br>'.join(changes) or _NOTHING} | {' → '.join(dict.fromkeys(results))} |")
    if not rows:
        yield "No rule changes."
        return
    yield "\n".join(("| Rule | What changes | On this pull request |", "|---|---|---|", *rows))
    unchanged = len({*before, *after}) - len(rows)
    if unchanged:
        yield f"{unchanged} other rule{' stays' if unchanged == 1 else 's stay'} as before."


def _by_rule(judged: Judged | None) -> Mapping[str, Listed]:
    return {one.name: one for one in judged.policy.rules} if judged else {}


def _options(listed: Listed) -> Mapping[str, object]:
    """Give the mode and every option as a policy spells them, those inside another behind a dot."""
    own = dict(_flat(listed.rule.model_dump(mode="json", by_alias=True)))
    return {"mode": listed.mode.value, **own, **listed.reach.model_dump(mode="json", by_alias=True)}


def _flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in options.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _changes(before: Listed | None, after: Listed | None) -> Iterator[str]:
    """List what changes of one rule: mode and options, or that it comes or goes."""
    if after is None:
        yield "removed"
        return
    if before is None:
        yield f"added, {code(after.mode.value)}"
        before = Listed(after.name, after.mode, type(after.rule)())
    changed = tuple(_changed(_options(before), _options(after)))
    yield from changed[:NAMED]
    if len(changed) > NAMED:
        yield f"and {len(changed) - NAMED} more"


def _changed(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield f"{code(name)}: {_shown(before, name)} → {_shown(after, name)}"


def _shown(options: Mapping[str, object], name: str) -> str:
    if name not in options:
        return _NOTHING
    value = options[name]
    return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _results(judged: Judged | None) -> Mapping[str, RuleResult]:
    return {one.rule: one for one in judged.verdict.results} if judged and judged.verdict else {}


def _outcomes(before: RuleResult | None, after: RuleResult | None) -> tuple[str, str]:
    return _word(before), _word(after)


def _word(result: RuleResult | None) -> str:
    return f"{SIGNS[result.outcome]} {_WORDS[result.outcome]}" if result else "not asked"


def _sections(now: Judged | None, then: Judged) -> Iterator[str]:
    """List what changes outside the rules."""
    lines = tuple(_changed(_top(now.policy if now else Policy(())), _top(then.policy)))
    if lines:
        yield "\n".join(f"- {line}" for line in lines)


def _top(policy: Policy) -> Mapping[str, object]:
    parts = {"merge": policy.merge, "deploy": policy.deploy, "overrides": policy.overrides}
    dumped = {name: part.model_dump(mode="json", by_alias=True) for name, part in parts.items() if part is not None}
    return {"branches": list(policy.branches), **dict(_flat(dumped))}


def _annotations(then: Proposed) -> Iterator[Annotation]:
    """Put each problem at its line; those of the owner's policy have no line here."""
    if not isinstance(then, PolicyError) or then.source != POLICY_PATH:
        return
    for one in then.problems:
        message = plain(f"{one.path}: {one.message}" if one.path else one.message)
        yield Annotation(POLICY_PATH, one.line, one.line, "warning", message, "andon: policy")
