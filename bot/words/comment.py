"""The one comment on a pull request: none while all is well, one when somebody must act, then edited in place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.published import Comment
from bot.requests.requests import Answer
from bot.snapshot import Snapshot
from bot.text.escape import code, escaped, formatted
from bot.text.oids import as_on_github
from bot.words import standing, wording
from rules.engine.policy import Policy
from rules.engine.result import RuleResult, Verdict
from rules.engine.split import plan_of

MARKER = "<!-- andon:v1 "
"""How our comment begins. Anybody can write it: it counts only in a comment that this App wrote."""

SINCE_LANDED = "<!-- andon:landed -->"
"""What stands before the sentence that answers a command on a merged pull request."""

LIMIT = 60_000
"""Characters of a comment, below the 65,536 that GitHub takes."""

_FILES = 10


def comment(verdict: Verdict, snapshot: Snapshot, policy: Policy) -> Comment | None:
    """Write what the comment should say, or None where there is nothing to say unless one stands there already."""
    if snapshot.pull_request.draft:
        return None
    results = standing.shown(verdict)
    stopped = standing.stopping(results)
    body = _held(verdict, snapshot, policy) if stopped else _ready(verdict, snapshot, policy)
    return Comment(_cut(f"{_marker(snapshot)}\n{body}"), begins=bool(stopped))


def refused_landed(refused: Answer, snapshot: Snapshot) -> str:
    """Write what the comment on a merged pull request should say once a command there was refused: one sentence more.

    Whatever it said before stays; a sentence of an earlier refusal makes room.
    """
    before = snapshot.comment.body if snapshot.comment is not None else _marker(snapshot)
    return _cut(f"{before.partition(SINCE_LANDED)[0].rstrip()}\n\n{SINCE_LANDED}\n{wording.refused(refused)}\n")


def same(one: str, other: str) -> bool:
    """Tell whether two bodies say the same; white space is not ours alone to keep."""
    return one.split() == other.split()


def _marker(snapshot: Snapshot) -> str:
    return f"{MARKER}pr={snapshot.pull_request.number} head={as_on_github(snapshot.pull_request.head)} -->"


def _ready(verdict: Verdict, snapshot: Snapshot, policy: Policy) -> str:
    results = standing.shown(verdict)
    rows = [f"- **{result.rule}**: {formatted(result.sentence)}" for result in results]
    let_pass = [f"- **{result.rule}** was {wording.override_of(result)}" for result in wording.overridden(results)]
    remarks = ("", wording.REMARKED, *noted) if (noted := list(wording.notes_of(results))) else ()
    checked = "\n".join((*rows, *let_pass, *remarks, "", wording.counted(verdict, snapshot)))
    asked = "".join(f"{line}\n" for line in wording.requests(snapshot.asked))
    return f"### {_passed(results, snapshot, policy)}\n{asked}{_folded('What was checked', checked)}"


def _passed(results: Sequence[RuleResult], snapshot: Snapshot, policy: Policy) -> str:
    """Write the one line of a pull request that no rule stops."""
    held = snapshot.asked.held
    merges = "; merging when GitHub's requirements are met" if policy.merge and policy.merge.when == "ready" else ""
    if held is not None:
        merges = f"; on hold by {escaped(held.request.by.login)}"
    let_pass = wording.overridden(results)
    if not let_pass:
        return f"{'✅' if held is None else '⏸'} Ready{merges}"
    more = f" and {len(let_pass) - 1} more" if len(let_pass) > 1 else ""
    return f"⚠️ **{let_pass[0].rule}**{more} {wording.override_of(let_pass[0])}{merges}"


def _held(verdict: Verdict, snapshot: Snapshot, policy: Policy) -> str:
    results = standing.shown(verdict)
    return "\n".join(
        (
            f"### {standing.headline(verdict)}",
            "",
            "| Rule | Result | What to do |",
            "|---|---|---|",
            *_rows(results),
            "",
            *(f"{line}\n" for line in wording.requests(snapshot.asked)),
            f"**Next:** {wording.next_step(verdict, policy)}",
            _folded("How this was decided", "\n\n".join(_decided(verdict, snapshot, results))),
        )
    )


def _rows(results: Sequence[RuleResult]) -> Iterator[str]:
    """Write a row for each rule that is open, and one for all that are settled."""
    yield from (wording.row(result) for result in results if not result.settled)
    settled = [result.rule for result in results if result.settled]
    if settled:
        yield f"| {' · '.join(settled)} | ✅ | – |"


def _decided(verdict: Verdict, snapshot: Snapshot, results: Sequence[RuleResult]) -> Iterator[str]:
    """List what the rows left out, the plan, the largest files, and what was judged: one paragraph each."""
    further = [
        f"- **{result.rule}**: {formatted(finding.message)}" for result in results for finding in result.findings[1:]
    ]
    if further:
        yield "\n".join(further)
    for result in results:
        if parts := plan_of(result.facts):
            rows = "\n".join(f"{at}. {wording.part_of_plan(part)}" for at, part in enumerate(parts, 1))
            yield f"The plan, each part on top of the one before (the check run has the git commands):\n\n{rows}"
    if noted := list(wording.notes_of(results)):
        yield "\n".join((wording.REMARKED, *noted))
    files = sorted(snapshot.pull_request.files, key=lambda file: (-file.added - file.deleted, file.path))
    listed = ", ".join(f"{code(file.path)} (+{file.added} -{file.deleted})" for file in files[:_FILES])
    if listed:
        yield f"Largest files: {listed}."
    yield wording.counted(verdict, snapshot)


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n</details>"


def _cut(text: str) -> str:
    return (
        text if len(text) <= LIMIT else text[:LIMIT].rsplit("\n", 1)[0] + "\n\n… cut: GitHub takes no longer comment.\n"
    )
