"""The words that check run and comment share: a rule's row, who must act, what people asked for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.requests.authority import StandingRequests
from bot.requests.requests import Answer
from bot.snapshot import Snapshot
from bot.text.escape import code, escaped, formatted, plain
from bot.text.oids import as_on_github
from bot.words import standing
from bot.words.standing import stopping
from rules.engine.policy import Policy
from rules.engine.result import Conclusion, RuleResult, Verdict
from rules.engine.split import Part

NAMED = 10
"""Files of one part that are named."""

REFUSALS = 5
"""Requests that were not carried out and are shown; the audit holds all."""

_ASIDE = re.compile(r" \([^()]*\)$")

REMARKED = "Remarked, and stops nothing:"
"""What stands above the notes of all rules."""


def overridden(results: Sequence[RuleResult]) -> tuple[RuleResult, ...]:
    """List those that a person let pass."""
    return tuple(result for result in results if result.override is not None)


def row(result: RuleResult) -> str:
    """Write one rule's row: what it saw, and the smallest next steps."""
    written = standing.row(result)
    said = " ".join(map(formatted, written.seen)).strip()
    if result.override is not None:
        return f"| **{result.rule}** | ⚠️ {said} | {override_of(result)} |"
    steps = " ".join(step if step == standing.READ_AGAIN else formatted(step) for step in written.steps) or "–"
    more = f" (+{written.more} more below)" if written.more else ""
    return f"| **{result.rule}** | {written.sign} {said} | {steps}{more} |"


def notes_of(results: Sequence[RuleResult]) -> Iterator[str]:
    """List what rules only remark, each with its place and its smallest next step."""
    for result in results:
        for note in result.notes:
            words = f"{note.message} {note.fix}".rstrip()
            yield f"- **{result.rule}**: {placed(words, note.path, note.start_line)}"


def placed(words: str, path: str | None, line: int | None) -> str:
    """Write a remark behind the place that it belongs to, which is not named twice."""
    if path is None:
        return formatted(words)
    rest = standing.apart(words, path)
    between = ": " if rest.startswith(":") else " "
    return f"{code(path if line is None else f'{path}:{line}')}{between}{formatted(rest[1:].strip())}"


def override_of(result: RuleResult) -> str:
    """Say who let a rule pass, and why."""
    override = result.override
    return f"overridden by {escaped(override.by)}: “{escaped(override.reason)}”" if override else ""


def next_step(verdict: Verdict, policy: Policy) -> str:
    """Say who must act: you, a reviewer, a maintainer, or nobody."""
    match verdict.conclusion:
        case Conclusion.PASSED | Conclusion.WARNED:
            return _merging(policy)
        case Conclusion.UNDECIDED:
            return "nobody has to act: andon reads it again by itself, and does not merge it before that."
        case _ if verdict.waits:
            return f"{escaped(verdict.waits[0].who)} acts; nothing is wrong with the change itself."
        case Conclusion.HELD:
            return f"you push what is missing{_or_override(verdict, policy)}; andon does not merge it as it is."
        case Conclusion.BLOCKED:
            until = "until then it cannot be merged where this check is required."
            return f"you push what is missing{_or_override(verdict, policy)}; {until}"


def _merging(policy: Policy) -> str:
    if policy.merge is None:
        return "nothing for andon; a maintainer merges it."
    if policy.merge.when == "label":
        label = code(policy.merge.label)
        return f"it merges by itself once the label {label} is set and GitHub's requirements are met."
    return "it merges by itself once GitHub's requirements are met."


def _or_override(verdict: Verdict, policy: Policy) -> str:
    """Name the other way: a person who takes it on, by name and with a reason."""
    rules = [result.rule for result in stopping(standing.shown(verdict))]
    who = "a maintainer writes" if policy.overrides.by_author else "a maintainer other than you writes"
    return f", or {who} {code(f'/andon override {rules[0]} <reason>')}" if rules else ""


def requests(asked: StandingRequests) -> Iterator[str]:
    """List what people asked for on this head: what holds it, who asks for help, what was not carried out."""
    if asked.held is not None:
        why = f": “{escaped(asked.held.request.reason)}”" if asked.held.request.reason else ""
        yield f"**On hold:** {_by(asked.held)} holds the merge{why}. {code('/andon unhold')} lets it go."
    if asked.wanted is not None:
        yield f"**Override asked for** by {_by(asked.wanted)}: a maintainer decides."
    yield from map(refused, asked.refused[-REFUSALS:])


def refused(one: Answer) -> str:
    """Say in one sentence what was not carried out, and why."""
    said = code(one.request.line) if one.request.line else "A button"
    return f"**Not carried out:** {said} of {_by(one)}: {formatted(one.refusal)}."


def part_of_plan(part: Part) -> str:
    """Write one part of the advice how to split: its title, its size, its files."""
    more = len(part.files) - NAMED
    files = ", ".join(map(code, part.files[:NAMED])) + (f" and {more} more" if more > 0 else "")
    return f"{escaped(part.title)} ({part.effective_lines}): {files}"


def _by(answer: Answer) -> str:
    return escaped(answer.request.by.login)


def title_of(sentence: str) -> str:
    """Cut a sentence down to what fits into a title: its first, without marks and without what it says in brackets."""
    first, _, _ = plain(sentence).replace("`", "").partition(". ")
    return _ASIDE.sub("", first.removesuffix("."))


def counted(verdict: Verdict, snapshot: Snapshot) -> str:
    """Say what was judged. No commit of the base: that would be a write on each pull request at each merge."""
    base = snapshot.pull_request.base_branch
    return (
        f"Counted at {code(as_on_github(verdict.head))} against {code(base)}, policy {code(verdict.policy)}, "
        f"kind of change: {verdict.kind}. Same result locally: "
        f"{code(f'andon check --base origin/{base} --head {verdict.head[:10]}')}"
    )
