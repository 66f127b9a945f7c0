"""The one comment on a pull request: none while all is well, one when somebody must act, then edited in place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.escape import code, escaped, formatted
from bot.published import Comment
from bot.snapshot import Snapshot
from rules.engine.policy import Policy
from rules.engine.result import Conclusion, Mode, Outcome, RuleResult, Verdict

MARKER = "<!-- andon:v1 "
"""How our comment begins. Anybody can write it: it counts only in a comment that this App wrote."""

LIMIT = 60_000
"""Characters of a comment, below the 65,536 that GitHub takes."""

_SETTLED = (Outcome.PASS, Outcome.NOT_APPLICABLE)
_FILES = 10


def comment(verdict: Verdict, snapshot: Snapshot, policy: Policy) -> Comment | None:
    """Write what the comment should say, or None where there is nothing to say unless one stands there already."""
    if snapshot.pull_request.draft:
        return None
    shown = [result for result in verdict.results if result.mode not in (Mode.OFF, Mode.OBSERVE)]
    open_results = [result for result in shown if result.outcome not in _SETTLED and result.mode is not Mode.WARN]
    body = _ready(verdict, snapshot, policy) if not open_results else _held(verdict, snapshot, shown)
    return Comment(_cut(f"{_marker(snapshot)}\n{body}"), begins=bool(open_results))


def same(one: str, other: str) -> bool:
    """Tell whether two bodies say the same; white space is not ours alone to keep."""
    return one.split() == other.split()


def _marker(snapshot: Snapshot) -> str:
    return f"{MARKER}pr={snapshot.pull_request.number} head={snapshot.pull_request.head[:7]} -->"


def _ready(verdict: Verdict, snapshot: Snapshot, policy: Policy) -> str:
    merges = ", merging when GitHub's requirements are met" if policy.merge and policy.merge.when == "ready" else ""
    rows = "\n".join(f"- **{result.rule}**: {formatted(result.sentence)}" for result in verdict.results)
    return (
        f"### ✅ Ready{merges}\n{_folded('What was checked', f'{rows}{chr(10)}{chr(10)}{_counted(verdict, snapshot)}')}"
    )


def _held(verdict: Verdict, snapshot: Snapshot, shown: Sequence[RuleResult]) -> str:
    return "\n".join(
        (
            f"### {_headline(verdict, shown)}",
            "",
            "| Rule | Result | What to do |",
            "|---|---|---|",
            *_rows(shown),
            "",
            f"**Next:** {_next(verdict)}",
            _folded("How this was decided", "\n".join(_decided(verdict, snapshot, shown))),
        )
    )


def _headline(verdict: Verdict, shown: Sequence[RuleResult]) -> str:
    count = sum(result.outcome not in _SETTLED for result in shown)
    rules = f"{count} of {len(shown)} rule{'s' if len(shown) > 1 else ''}"
    match verdict.conclusion:
        case Conclusion.UNDECIDED:
            return f"❓ Could not decide: {rules} could not be read whole"
        case Conclusion.BLOCKED:
            return f"⛔ Blocked: {rules} need{'s' if count == 1 else ''} work"
        case _:
            if verdict.waits:
                return f"⏸ Waiting: {rules} wait{'s' if count == 1 else ''} for somebody"
            return f"⏸ Held: {rules} need{'s' if count == 1 else ''} work"


def _rows(shown: Sequence[RuleResult]) -> Iterator[str]:
    """Write a row for each rule that is open, and one for all that are settled."""
    for result in shown:
        if result.outcome in _SETTLED:
            continue
        first = next(iter(result.findings), None)
        said = formatted(first.message) if first else formatted(result.sentence)
        steps = [first.fix] if first and first.fix else [wait.what for wait in result.waiting] or list(result.unknown)
        advice = " ".join(formatted(step) for step in steps) or "–"
        yield f"| **{result.rule}** | {said} | {advice} |"
    settled = [result.rule for result in shown if result.outcome in _SETTLED]
    if settled:
        yield f"| {' · '.join(settled)} | ✅ | – |"


def _next(verdict: Verdict) -> str:
    """Say who must act: you, a reviewer, a maintainer, or nobody."""
    if verdict.conclusion is Conclusion.UNDECIDED:
        return "nobody has to act: andon reads it again by itself."
    if verdict.waits:
        return f"{escaped(verdict.waits[0].who)} acts; nothing is wrong with the change itself."
    if verdict.conclusion is Conclusion.BLOCKED:
        return "you push what is missing; until then it cannot be merged where the check is required."
    return "you push what is missing; andon does not merge it as it is, and a maintainer still may."


def _decided(verdict: Verdict, snapshot: Snapshot, shown: Sequence[RuleResult]) -> Iterator[str]:
    for result in shown:
        for finding in result.findings:
            yield f"- **{result.rule}**: {formatted(finding.message)}"
    files = sorted(snapshot.pull_request.files, key=lambda file: (-file.added - file.deleted, file.path))
    listed = ", ".join(f"{code(file.path)} (+{file.added} -{file.deleted})" for file in files[:_FILES])
    if listed:
        yield f"\nLargest files: {listed}."
    yield f"\n{_counted(verdict, snapshot)}"


def _counted(verdict: Verdict, snapshot: Snapshot) -> str:
    base = snapshot.pull_request.base_branch
    return (
        f"Counted at {code(verdict.head[:7])} against {code(base)}, policy {code(verdict.policy)}. "
        f"Same result locally: {code(f'andon check --base origin/{base}')}."
    )


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n</details>"


def _cut(text: str) -> str:
    return (
        text if len(text) <= LIMIT else text[:LIMIT].rsplit("\n", 1)[0] + "\n\n… cut: GitHub takes no longer comment.\n"
    )
