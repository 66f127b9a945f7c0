"""The facts of an incident as an issue: what happened when, what it came with, and room for what people learn. Pure.

It names no person and blames nobody. Whatever somebody else wrote is shown as plain text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from bot.evidence.evidence import Evidence
from bot.postmortem.facts import Facts, Failed, Said, Suspect, ranked
from bot.restore.restore import PUSHED, named
from bot.text.escape import BREAK, code, escaped, formatted, plain
from bot.text.oids import as_on_github

MARKER: Final = "<!-- andon:incident"
"""How our own comments begin in issues of incidents. Anybody can write it: it counts only in what this App wrote."""

END: Final = f"{MARKER} end -->"
DETAILED: Final = 5
"""Pull requests that are told of in full, and failed releases too."""

SENTENCES: Final = 8
"""Rules that are told of one pull request."""

LONGEST: Final = 50_000
"""Characters of our part; GitHub takes 65,536 of an issue, and the rest is people's."""

NUDGE: Final = "<!-- andon:incident actions -->"

DOUBLE: Final = "<!-- andon:incident double -->"

LONGEST_NAME: Final = 100
"""Characters of an environment in a title; GitHub takes 256 of a whole one."""

MOST_MARKS: Final = 3
"""Marks that are read of one text."""

_DIGEST: Final = 16
_MARKED: Final = re.compile(MARKER + r" ([0-9a-f]{40,64}) facts=([0-9a-f]{16}) -->")

_BLANKS: Final = (
    ("Impact", "Who noticed what, how many, and for how long?"),
    ("Contributing factors", "What made it possible, and what kept it from being seen earlier?"),
    ("What went well", "What made it shorter or smaller than it might have been?"),
    (
        "Actions",
        "One line each, such as `- [ ] watch the queue's length (@who, 2030-01-31)`; or: none needed, because …",
    ),
)


def title(facts: Facts) -> str:
    """Write the title of the issue; GitHub shows it as it is."""
    first = facts.failed[0]
    day = datetime.fromtimestamp(first.failed_at, UTC).date().isoformat()
    environment = plain(first.environment.replace("@", " ").replace("#", " "))[:LONGEST_NAME]
    what = f"#{first.number}" if first.number else as_on_github(first.sha)
    return f"Post-mortem: the release of {what} to {environment} failed on {day}"


def body(facts: Facts) -> str:
    """Write the whole issue as it is opened: our part, then what people fill in."""
    blanks = (f"## {name}\n\n_{asked}_\n" for name, asked in _BLANKS)
    return "\n".join((block(facts), "", *blanks))


def block(facts: Facts) -> str:
    """Write our part, between two markers of which the first names the incident and what stands between them."""
    text = "\n\n".join(_parts(facts))
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit("\n", 1)[0] + "\n\n… cut: GitHub takes no longer issue."
    text = text.replace("<!--", f"<{BREAK}!--")  # in a code span nothing else keeps somebody's text from ending ours
    return f"{MARKER} {facts.incident.sha} facts={_digest(text)} -->\n{text}\n{END}"


def incidents_in(text: str) -> tuple[str, ...]:
    """List the incidents whose marks stand in a text, which anybody may have written there."""
    return tuple(dict.fromkeys(found[1] for found in islice(_MARKED.finditer(text), MOST_MARKS)))


def is_about(sha: str, text: str) -> bool:
    """Tell whether a body is the issue of an incident, whatever people made of the rest."""
    return any(found[1] == sha for found in _MARKED.finditer(text))


def renewed(text: str, facts: Facts) -> str | None:
    """Put the facts as they are now into a body, and leave the rest as people wrote it.

    None says that our part is not as we left it, or is gone: then nothing is written. White space at the end of lines
    does not count: GitHub's editor changes it.
    """
    found = next((one for one in _MARKED.finditer(text) if one[1] == facts.incident.sha), None)
    end = text.find(END, found.end()) if found is not None else -1
    if found is None or end < 0 or _digest(text[found.end() : end]) != found[2]:
        return None
    now = block(facts)
    if f"facts={found[2]} -->" in now.partition("\n")[0]:
        return text
    return text[: found.start()] + now + text[end + len(END) :]


def _digest(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()[:_DIGEST]


def nudge() -> str:
    """Write the comment below an issue that was closed with nothing in its section "Actions"."""
    return (
        f"{NUDGE}\nThank you for going through this. One thing is missing before it counts as closed: under "
        "**Actions**, a line such as `- [ ] watch the queue's length (@who, 2030-01-31)` for what will be done, or "
        "`none needed, because …`. Edit the description to add it; the issue may stay closed."
    )


def doubled(text: str, kept: int) -> str:
    """Say above the text of an issue that it is one too many, and which one counts."""
    return f"{DOUBLE}\nThe same incident has its issue at #{kept}; this one was opened at the same moment.\n\n{text}"


def _parts(facts: Facts) -> Iterator[str]:
    yield _summary(facts)
    yield "\n".join(("## Timeline", "", "| UTC | | After |", "|---|---|---|", *_timeline(facts)))
    yield "\n".join(("## What it came with", "", *_suspects(facts)))
    if flags := list(dict.fromkeys(flag for one in facts.suspects for flag in one.flags)):
        named = ", ".join(code(flag) for flag in flags[:SENTENCES])
        more = f" and {len(flags) - SENTENCES} more" if len(flags) > SENTENCES else ""
        yield f"## Flags that could have been turned off\n\n{named}{more}. Turning a flag off is faster than a revert."
    yield (
        "andon keeps the part above up to date; below it is yours. The issue counts as closed once it is closed and "
        "**Actions** lists one at least, or says why none is needed."
    )


def _summary(facts: Facts) -> str:
    first, incident = facts.failed[0], facts.incident
    where = f"{escaped(first.environment)} by way of {code(facts.branch)}"
    count = (
        f"{len(facts.failed)} releases to {where} failed" if len(facts.failed) > 1 else f"A release to {where} failed"
    )
    if incident.restored_at is None:
        return f"**{count}. Production is not restored yet.** What is known so far:"
    after = f"Production was restored after {span(incident.restored_at - incident.began_at)}"
    began = first.deploying_at
    window = f" From the start of the deployment it was {span(incident.restored_at - began)}." if began else ""
    return f"**{count}. {after}.**{window}"


def _timeline(facts: Facts) -> Iterator[str]:
    """Write a row for each event, in order, with the time since the one before.

    GitHub tells whole seconds: within one, what follows from something comes after it.
    """
    events = sorted(_events(facts), key=lambda event: int(event[0]))
    before = [None, *(at for at, _ in events)]
    for (at, what), earlier in zip(events, before, strict=False):
        yield f"| {_moment(at)} | {what} | {'' if earlier is None else span(max(at - earlier, 0.0))} |"


def _events(facts: Facts) -> Iterator[tuple[float, str]]:
    for one in facts.failed[:DETAILED]:
        yield from _of_release(one)
    if len(facts.failed) > DETAILED:
        later = facts.failed[DETAILED]
        yield later.failed_at, f"{len(facts.failed) - DETAILED} more releases failed from here on"
    if facts.line_closed_at is not None:
        yield facts.line_closed_at, f"The line into {code(facts.branch)} closed"
    incident = facts.incident
    if incident.restored_at is not None:
        by = f" with #{facts.restored_number}, {_commit(incident.restored_by)}" if facts.restored_number else ""
        if facts.restored_number == PUSHED:
            by = f" with {_commit(incident.restored_by)}, which was pushed without a pull request"
        yield incident.restored_at, f"**Production was restored**{by}"


def _of_release(one: Failed) -> Iterator[tuple[float, str]]:
    name = named(one.number, one.sha)
    pushed = "A commit was pushed without a pull request: "
    yield one.landed_at, f"{name} was merged as {_commit(one.sha)}" if one.number else f"{pushed}{_commit(one.sha)}"
    if one.deploying_at is not None:
        yield one.deploying_at, f"The deployment of {name} started"
    if one.first is not None:
        yield one.first.at, f"The first evidence against {name}: {_evidence(one.first)}"
    yield one.failed_at, f"**The release of {name} failed**: {formatted(one.detail) or 'nothing more was said'}"
    yield from _taken_back(one, name)


def _taken_back(one: Failed, name: str) -> Iterator[tuple[float, str]]:
    if one.revert == PUSHED and one.revert_merged_at is not None:
        yield one.revert_merged_at, f"A commit that takes {name} back was pushed without a pull request"
    if one.revert and one.revert_opened_at is not None:
        yield one.revert_opened_at, f"#{one.revert} was opened to take {name} back"
    if one.revert and one.revert_merged_at is not None:
        yield one.revert_merged_at, f"#{one.revert} was merged"


def _evidence(one: Evidence) -> str:
    """Name what failed first, with its value and what it should have been."""
    said = f", {escaped(one.said)}" if one.said else ""
    should = f" where it should be {code(one.threshold)}" if one.threshold else ""
    value = f"gave {code(one.value)}" if one.value else "failed"
    return f"{one.kind.value} {code(one.name)} {value}{should}{said}"


def _suspects(facts: Facts) -> Iterator[str]:
    """List what came with the failed releases, the likeliest first: a place to look, and no verdict."""
    ordered = ranked(facts.suspects)
    if not ordered:
        yield "Nothing is recorded of the pull requests."
        return
    yield "The likeliest first: a place to begin looking, and no more than that."
    yield ""
    for at, one in enumerate(ordered[:DETAILED], 1):
        yield f"{at}. #{one.number}, {_came_how(one)}: {'; '.join(_about(one))}."
        yield from (
            f"   - {code(said.rule)}: {formatted(said.sentence)}{_passed(said)}" for said in one.said[:SENTENCES]
        )
    if more := [f"#{one.number}" for one in ordered[DETAILED:]]:
        yield f"\nBesides: {', '.join(more[:50])}{' …' if len(more) > 50 else ''}."  # noqa: PLR2004 - enough to begin


def _came_how(one: Suspect) -> str:
    return "whose release failed" if one.is_in else "which went to production with it"


def _about(one: Suspect) -> Iterator[str]:
    """Say how large it is, whether it is risky, and what guards it."""
    files = f" in {_count(one.files, 'file')}" if one.files is not None else ""
    yield "size not known" if one.lines is None else f"{_count(one.lines, 'effective line')}{files}"
    if one.risky:
        yield _count(one.risky, "risky file")
    match one.wrapped:
        case "full":
            yield "behind a flag"
        case "partial":
            yield "partly behind a flag"
        case "none":
            yield "behind no flag"
        case _:
            yield "no flag looked for" if not one.wrapped else "nothing that a flag could guard"
    if one.overridden:
        yield f"let pass: {', '.join(code(rule) for rule in one.overridden)}"


def _passed(said: Said) -> str:
    return " (a person let it pass)" if said.overridden else ""


def _commit(sha: str) -> str:
    return f"`{as_on_github(sha)}`" if sha else "an earlier commit"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


_UNITS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span(seconds: float) -> str:
    """Write a duration by its two largest units, such as `4 min 10 s`."""
    left, parts = max(round(seconds), 0), list[tuple[str, int]]()
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        parts.append((unit, count))
    first = next((at for at, (_, count) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for unit, count in parts[first : first + 2] if count) or "0 s"
