"""A verdict as words for people: the check run, and nothing but words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.published import ANNOTATIONS, LONGEST_TEXT, Annotation, Button, CheckConclusion, CheckRun
from bot.requests.requests import Verb
from bot.snapshot import Snapshot
from bot.text.escape import escaped, formatted, plain
from bot.waiting import Wait, sentence
from bot.words import standing, wording
from rules.engine.policy import Policy, PolicyError
from rules.engine.pull_request import ChangedFile
from rules.engine.result import Conclusion, Finding, Mode, Note, Outcome, RuleResult, Verdict
from rules.engine.split import Part, plan_of

TITLE_LENGTH = 70
COMMANDS = 20_000
"""Characters of git commands that a text has room for."""

RE_EVALUATE = Button("Re-evaluate", "Read everything again and judge anew", Verb.RECHECK)
REQUEST_OVERRIDE = Button("Request override", "Ask a maintainer to let it pass", Verb.REQUEST_OVERRIDE)

_WORDS = {
    Conclusion.PASSED: "Passed",
    Conclusion.WARNED: "Passed with a warning",
    Conclusion.HELD: "Held",
    Conclusion.BLOCKED: "Blocked",
    Conclusion.UNDECIDED: "Could not decide",
}


def check_run(verdict: Verdict, snapshot: Snapshot, policy: Policy, *, details_url: str = "") -> CheckRun:
    """Write the check run of a verdict: what, where, the number against the limit, the smallest next step."""
    shown, asked = standing.shown(verdict), tuple(wording.requests(snapshot.asked))
    table = "\n".join(("| Rule | Result | What to do |", "|---|---|---|", *map(wording.row, shown)))
    parts = (table, *asked, f"**Next:** {wording.next_step(verdict, policy)}")
    return CheckRun(
        head=verdict.head,
        conclusion=_conclusion(shown),
        title=_title(verdict, shown),
        summary=_cut("\n\n".join(parts)),
        text=_cut("\n\n".join(_details(verdict, snapshot, shown))),
        annotations=tuple(_annotations(shown, snapshot.pull_request.files))[:ANNOTATIONS],
        details_url=details_url,
        buttons=(RE_EVALUATE, REQUEST_OVERRIDE) if standing.stopping(shown) else (RE_EVALUATE,),
    )


def with_waits(check: CheckRun, waits: Sequence[Wait], mentions: Sequence[str]) -> CheckRun:
    """Add what a person must do before it merges; what stops nothing only once nothing else is waited for."""
    shown = [wait for wait in waits if wait.shown]
    rows = [f"- {escaped(wait.who)}: {formatted(sentence(wait))}" for wait in shown]
    rows += [] if waits else [f"- {formatted(said)}" for said in mentions]
    if not rows:
        return check
    section = "\n".join((f"#### {'Not merged yet' if waits else 'Checks'}", *rows))
    told = [f"{wait.who.value} {wait.what} {wait.late}" for wait in shown] or rows
    return replace(check, text=_cut(f"{section}\n\n{check.text}"), told="\n".join((*told, check.text)))


def _title(verdict: Verdict, shown: Sequence[RuleResult]) -> str:
    """Write at most 70 characters, the verdict first."""
    let_pass = wording.overridden(shown)
    open_ones = standing.stopping(shown) or let_pass or [result for result in shown if not result.settled]
    reason = open_ones[0].sentence if open_ones else _why_passed(shown)
    more = f" (+{len(open_ones) - 1} more)" if len(open_ones) > 1 else ""
    words = "Waiting" if verdict.waits else _WORDS[verdict.conclusion]
    if let_pass and open_ones is let_pass and let_pass[0].override:
        words = f"Overridden by {plain(let_pass[0].override.by)}"
    title = f"{words}: {wording.title_of(reason)}"
    room = TITLE_LENGTH - len(more)
    return (title if len(title) <= room else title[: room - 1].rstrip() + "…") + more


def _why_passed(shown: Sequence[RuleResult]) -> str:
    """Say what was found in order; where nothing was asked, say that."""
    if not shown:
        return "no rule is on"
    return "no rule asks anything of this change" if all(result.exempt for result in shown) else shown[0].sentence


def _details(verdict: Verdict, snapshot: Snapshot, shown: Sequence[RuleResult]) -> Iterator[str]:
    for result in shown:
        lines = [
            f"- {wording.placed(finding.message, finding.path, finding.start_line)}" for finding in result.findings
        ]
        lines += [f"- {formatted(reason)}" for reason in result.unknown]
        lines += [f"- Waiting for {escaped(wait.who)}: {formatted(wait.what)}" for wait in result.waiting]
        if result.override:
            lines.append(f"- It was {wording.override_of(result)}")
        if lines:
            yield f"#### {result.rule}\n" + "\n".join(lines)
        yield from _plan(plan_of(result.facts))
    if notes := list(wording.notes_of(shown)):
        yield "\n".join((f"#### {wording.REMARKED}", *notes))
    yield wording.counted(verdict, snapshot)


def _plan(parts: Sequence[Part]) -> Iterator[str]:
    """Show how to split: the parts in order, and the commands that build them, each line of them verbatim."""
    if not parts:
        return
    rows = [f"{at}. {wording.part_of_plan(part)}" for at, part in enumerate(parts, 1)]
    yield "##### The plan\n" + "\n".join(rows)
    commands = [_verbatim(command) for part in parts for command in part.commands]
    if sum(map(len, commands)) > COMMANDS:
        yield "The git commands are too long to be shown here: `andon check` prints them."
    else:
        yield "Each part is a branch on top of the one before. In bash or zsh, at the top of a clean work tree:"
        yield "\n".join(["```sh", *commands, "```"])
        yield (
            "Push the branches and open each as a pull request onto the one before. Where the repository offers "
            "stacked pull requests, open them as one stack: GitHub keeps the order."
        )


def _verbatim(command: str) -> str:
    """Keep a line inside its fence, whatever it holds."""
    return "".join(sign if sign.isprintable() and sign != "`" else "\N{REPLACEMENT CHARACTER}" for sign in command)


def _annotations(shown: Sequence[RuleResult], files: Sequence[ChangedFile]) -> Iterator[Annotation]:
    """Remark on lines that the diff shows; GitHub puts others where nobody looks."""
    visible = {file.path: _visible(file) for file in files}
    remarks: list[tuple[str, str, Finding | Note]] = [*_found(shown), *_noted(shown)]
    for title, level, one in remarks:
        if one.path is None or one.start_line is None:
            continue
        end = one.end_line or one.start_line
        if any(first <= one.start_line and end <= last for first, last in visible.get(one.path, ())):
            words = one.message if isinstance(one, Finding) else f"{one.message} {one.fix}".rstrip()
            yield Annotation(one.path, one.start_line, end, level, plain(words), f"andon: {title}")


def _found(shown: Sequence[RuleResult]) -> Iterator[tuple[str, str, Finding]]:
    for result in shown:
        yield from ((result.rule, standing.level(result), finding) for finding in result.findings)


def _noted(shown: Sequence[RuleResult]) -> Iterator[tuple[str, str, Note]]:
    return ((result.rule, "notice", note) for result in shown for note in result.notes)


def _visible(file: ChangedFile) -> list[tuple[int, int]]:
    return [(hunk.new_start, hunk.new_start + hunk.new_count - 1) for hunk in file.hunks or ()]


def _conclusion(shown: Sequence[RuleResult]) -> CheckConclusion | None:
    """Take the worst over the rules: failure, then in progress, then neutral, then success."""
    worst = [CheckConclusion.SUCCESS, CheckConclusion.NEUTRAL, None, CheckConclusion.FAILURE]
    return max((_check_of(result) for result in shown), key=worst.index, default=CheckConclusion.SUCCESS)


def _check_of(result: RuleResult) -> CheckConclusion | None:
    if result.settled or result.force is Mode.WARN:
        return CheckConclusion.SUCCESS
    if result.force is Mode.HOLD:
        return CheckConclusion.NEUTRAL
    return None if result.outcome is Outcome.WAITING else CheckConclusion.FAILURE


def no_policy(head: str) -> CheckRun:
    """Answer where a ruleset waits for our check and no policy says what to check."""
    return CheckRun(
        head, CheckConclusion.SUCCESS, "No policy in this repository", "There is no `.github/andon.yml` here."
    )


def policy_error(head: str, error: PolicyError, *, mended: bool) -> CheckRun:
    """Say that the policy on the default branch is wrong; only a pull request that mends it may be merged, by hand."""
    problems = "\n".join(f"- {formatted(line)}" for line in error.lines())
    return CheckRun(
        head=head,
        conclusion=CheckConclusion.NEUTRAL if mended else CheckConclusion.ACTION_REQUIRED,
        title=f"The policy is wrong: {len(error.problems)} problem{'s' if len(error.problems) > 1 else ''}",
        summary=_cut(
            "The policy on the default branch cannot be read, so andon judges and merges nothing until it is mended."
            f"\n\n{problems}\n\n**Next:** a maintainer mends `.github/andon.yml`"
            + (": this pull request does; merge it by hand." if mended else ".")
        ),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "\n\n… cut: GitHub takes no more text here."
