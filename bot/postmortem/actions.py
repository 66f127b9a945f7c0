"""What an issue of an incident lists under "Actions": who does what by when, or why nothing is needed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

MOST: Final = 200
"""Actions of one issue that are kept."""

LONGEST: Final = 300
"""Characters that are kept of one of them, and of an owner."""

LONGEST_LINE: Final = 2_000
"""Characters of a line that are read; GitHub takes no issue of more than 65,536."""

_HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TASK: Final = re.compile(r"\s*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+\[([ xX])\][ \t]+(\S.*)$")
_NONE_NEEDED: Final = re.compile(
    r"\s*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?none needed\W{1,4}because\b(.*)$", re.IGNORECASE
)
_IN_BRACKETS: Final = re.compile(r"\(([^()]*)\)$")
_NAMED: Final = re.compile(r"(?<!\S)(owner:[^()]*)$", re.IGNORECASE)
_WORD: Final = re.compile(r"\w")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OWNER, _DUE = "owner:", "due:"


@dataclass(frozen=True, slots=True)
class OpenAction:
    """One thing to do: by whom ("" for nobody yet) and until which day (ISO 8601, "" for none)."""

    what: str
    done: bool = False
    owner: str = ""
    due: str = ""

    def is_overdue(self, now: float) -> bool:
        """Tell whether its day is over in UTC at a Unix time, and it is not done."""
        return not self.done and bool(self.due) and self.due < datetime.fromtimestamp(now, UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What people agreed on: actions, or in their words why none is needed."""

    actions: tuple[OpenAction, ...] = ()
    none_needed: str = ""

    @property
    def is_complete(self) -> bool:
        """Tell whether a post-mortem that says this may count as closed."""
        return bool(self.actions or self.none_needed)


def agreed(body: str) -> Agreed:
    """Read the section "Actions" of an issue's body."""
    actions: list[OpenAction] = []
    none_needed = ""
    for line in _section(body):
        if (because := _NONE_NEEDED.match(line)) is not None:
            none_needed = none_needed or _why(because[1])
        elif (task := _TASK.match(line)) is not None and len(actions) < MOST:
            actions += [one] if (one := _action(task[2], done=task[1] != " ")).what else []
    return Agreed(tuple(actions), none_needed)


def _section(body: str) -> Iterator[str]:
    """Yield the lines below a heading "Actions", without code and comments."""
    inside, fence = 0, ""
    for line in _COMMENT.sub("", body).splitlines():
        fenced = _FENCE.match(line)
        if fenced is not None and (not fence or fenced[1].startswith(fence)):
            fence = "" if fence else fenced[1]
        elif fence:
            continue
        elif (heading := _HEADING.match(line[:LONGEST_LINE])) is not None:
            level = len(heading[1])
            inside = level if heading[2].strip().rstrip(":").lower() == "actions" else inside * (level > inside)
        elif inside:
            yield line[:LONGEST_LINE]


def _why(because: str) -> str:
    """Take a reason; dots alone are none."""
    return _short(because.lstrip(" \t:,…_*")) if _WORD.search(because) else ""


def _action(text: str, *, done: bool) -> OpenAction:
    """Read one action: who and when stand in brackets at its end, or behind `owner:` there."""
    line = " ".join(text.split())
    for pattern in (_IN_BRACKETS, _NAMED):
        found = pattern.search(line)
        who = _who(found[1]) if found is not None else None
        if found is not None and who is not None:
            return OpenAction(_short(line[: found.start()].rstrip(" ,;")), done, *who)
    return OpenAction(_short(line), done)


def _who(text: str) -> tuple[str, str] | None:
    """Read owner and day; None where neither is marked as such: then it is a part of the text."""
    owner, due, is_marked = "", "", False
    for part in (one.strip() for one in re.split(r"[,;]", text)):
        key = next((key for key in (_OWNER, _DUE) if part.lower().startswith(key)), "")
        value = part[len(key) :].strip()
        day = "" if key == _OWNER else _day(value)
        is_marked = is_marked or bool(key or day) or value.startswith("@")
        if day:
            due = day
        elif key != _DUE and (key or not owner):
            owner = value.removeprefix("@").strip() or owner
    return (_short(owner), due) if is_marked else None


def _day(text: str) -> str:
    """Read a day; nothing where there is no such day."""
    if _DAY.fullmatch(text) is None:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _short(text: str) -> str:
    return " ".join(text[:LONGEST].split())


def written(action: OpenAction) -> str:
    """Write an action as a line of a task list, such as `agreed` reads it."""
    named = [f"{key} {value}" for key, value in ((_OWNER, action.owner), (_DUE, action.due)) if value]
    return f"- [{'x' if action.done else ' '}] {action.what}" + (f" ({', '.join(named)})" if named else "")


def as_json(said: Agreed) -> dict[str, Any]:
    """Write what was agreed on as JSON."""
    return asdict(said)


def agreed_of(kept: Mapping[str, Any] | None) -> Agreed:
    """Read what was written by `as_json`; nothing is nothing agreed."""
    if kept is None:
        return Agreed()
    listed: Sequence[Mapping[str, Any]] = kept["actions"]
    return Agreed(tuple(OpenAction(**one) for one in listed), kept["none_needed"])
