"""What people read of the line: why they wait, since when, and what opens it. Nothing in it ticks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from bot.line.line import ClosedBy, Closing, Line, Standing, closings, standings
from bot.restore.restore import PUSHED, named
from bot.text.escape import plain
from bot.text.moments import day_and_minute_of
from bot.text.oids import short

NAMED = 3
"""Places that are told in full. Behind them a merge changes no words, and so writes nothing."""

_ORDINALS = ("first", "second", "third", "fourth")


def closed(closing: Closing, branch: str) -> str:
    """Say why a line is closed, since when, and what opens it."""
    match closing.by:
        case ClosedBy.FREEZE:
            until = f" until {day_and_minute_of(closing.until)}" if closing.until is not None else ""
            who = f"by {_code(closing.who)} since {day_and_minute_of(closing.since)}{until}"
            opens = "; `/andon unfreeze` opens it" if closing.until is None else "; `/andon unfreeze` opens it earlier"
            return f"the line into {_code(branch)} is frozen ({who}: “{_inert(closing.reason)}”){opens}"
        case ClosedBy.REFUSED:
            tried = f" until {day_and_minute_of(closing.until)}" if closing.until is not None else ""
            return (
                f"GitHub refuses every merge into {_code(branch)} since {day_and_minute_of(closing.since)}, first of "
                f"#{closing.number}: {_inert(closing.reason)}; none is tried{tried}, or until a maintainer has mended "
                "that and writes `/andon recheck`"
            )
        case ClosedBy.PRODUCTION:
            why = f" ({_inert(closing.reason)})" if closing.reason else ""
            cure = "a revert" if closing.revert is None else f"its revert #{closing.revert}, once it is live,"
            return (
                f"production is unhealthy since {day_and_minute_of(closing.since)}: the release of "
                f"{named(closing.number or PUSHED)} failed{why}; {cure} opens the line, or a fix let through with "
                "`/andon fix-forward <reason>`"
            )
        case ClosedBy.LANDED:
            why = f" ({_inert(closing.reason)})" if closing.reason else ""
            return (
                f"what landed is not what was judged: {_code(short(closing.sha))} of #{closing.number}{why}, found "
                f"{day_and_minute_of(closing.since)}; a revert of that commit opens the line, or a maintainer who has "
                f"looked at it with `/andon unfreeze`"
            )
        case ClosedBy.BACKLOG:
            return (
                f"too much is undeployed: {closing.limit} releases have landed and are not live, since "
                f"{day_and_minute_of(closing.since)}; the next one that goes live opens the line into {_code(branch)}"
            )


def behind(standing: Standing) -> str:
    """Say behind whom one stands; the first places by number, the others without."""
    if standing.stacked_on is not None:
        return f"it is stacked on #{standing.stacked_on}, which lands first"
    if standing.merging is not None and not standing.ahead:
        return f"#{standing.merging} is being merged"
    if standing.place > NAMED:
        return f"more than {_COUNTS[NAMED - 1]} are before it in line"
    return f"{_ORDINALS[len(standing.ahead)]} in line, behind {_list([f'#{number}' for number in standing.ahead])}"


_COUNTS = ("one", "two", "three")


def held_by(standing: Standing, branch: str) -> Iterator[tuple[str, ClosedBy | None]]:
    """Give every reason why the line does not let it be merged, and what closes it where it is closed.

    Behind whom it stands does not matter there: nobody is merged.
    """
    if standing.closings:
        yield from ((closed(closing, branch), closing.by) for closing in standing.closings)
    elif standing.stacked_on is not None or standing.merging is not None or standing.ahead:
        yield behind(standing), None


def as_json(line: Line, now: float) -> Mapping[str, object]:
    """Write a line for the API: open or closed, why, and the entries in order."""
    shut = closings(line, now)
    return {
        "branch": line.branch,
        "state": "closed" if shut else "open",
        "closings": [{**asdict(one), "by": one.by.value, "words": closed(one, line.branch)} for one in shut],
        "merging": line.turn.number if line.turn is not None and line.turn.until > now else None,
        "max_undeployed": line.terms.max_undeployed if line.terms.deploys else None,
        "undeployed": len(line.undeployed_since),
        "entries": [entry_json(one, line.branch) for one in standings(line, now)],
    }


def entry_json(standing: Standing, branch: str) -> dict[str, object]:
    """Write where one pull request stands, and what it passes."""
    entry = standing.entry
    return {
        "number": entry.number,
        "head": entry.head,
        "place": standing.place,
        "lane": entry.lane.value,
        "since": entry.since,
        "unready_since": entry.unready_since,
        "steps_aside": standing.aside,
        "stacked_on": entry.stacked_on,
        "may_merge": standing.may_merge,
        "waits_for": [words for words, _ in held_by(standing, branch)],
        "passes": [closing.by.value for closing in standing.passes],
    }


def _inert(words: str) -> str:
    return plain(words).replace("`", "'").strip()


def _code(words: str) -> str:
    return f"`{_inert(words)}`"


def _list(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
