"""What people ask of andon: a line of a comment that begins with `/andon`, or a button of the check run. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.requests.freezing import freeze
from rules.engine.people import is_human
from rules.engine.pull_request import Account

COMMAND = "/andon"

COMMANDS_HEARD = 10
"""Commands of one comment that are heard; nobody needs more of them."""

LONGEST_REASON = 300
LONGEST_LINE = 200
"""Characters that are kept of a reason, and of a line that was not understood."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


class Verb(StrEnum):
    """What may be asked for. `request-override` is a button: it asks for somebody who writes the command."""

    RECHECK = "recheck"
    PAIRED = "paired"
    OVERRIDE = "override"
    HOLD = "hold"
    UNHOLD = "unhold"
    MERGE = "merge"
    FIX_FORWARD = "fix-forward"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    REVERT = "revert"
    REQUEST_OVERRIDE = "request-override"


BUTTONS = frozenset({Verb.RECHECK.value, Verb.REQUEST_OVERRIDE.value})
"""What the identifiers of our buttons may be; GitHub takes 20 characters for each."""

COMMANDS = tuple(verb for verb in Verb if verb is not Verb.REQUEST_OVERRIDE)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as GitHub shows it. `at` is when it was written (Unix time); `author` None is a deleted account."""

    id: int
    author: Account | None
    body: str
    at: float
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One command or press of a button. `source` names it for ever: what was carried out is not carried out again.

    `at` is a Unix time, `head` the commit that a button stood on (empty for a command), `line` what was written.
    `fault` says what is wrong with the command itself, in words for whoever wrote it; `verb` may then be None.
    """

    source: str
    verb: Verb | None
    by: Account
    at: float
    rule: str = ""
    reason: str = ""
    head: str = ""
    line: str = ""
    fault: str = ""

    @property
    def comment(self) -> int | None:
        """The id of the comment that it stands in, None for a button."""
        kind, _, rest = self.source.partition("/")
        return int(rest.partition("/")[0]) if kind == "comment" else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: carried out at a head and its tree, or refused with the reason. `at` is a Unix time.

    `told` says that whoever asked was shown the answer.
    """

    request: Request
    head: str
    tree: str
    at: float
    refusal: str = ""
    told: bool = False

    @property
    def granted(self) -> bool:
        """Tell whether it was carried out."""
        return not self.refusal


def requests_in(remark: Remark) -> Iterator[Request]:
    """Read the commands of one comment. Bots and deleted accounts ask for nothing; an edited comment is no command."""
    if remark.author is None or not is_human(remark.author) or COMMAND not in remark.body:
        return
    for index, line in enumerate(_lines(remark.body)[:COMMANDS_HEARD]):
        yield _request(f"comment/{remark.id}/{index}", line, remark, remark.author)


def _lines(body: str) -> list[str]:
    """List the lines that begin with the command and that people see as such: not in a code block, nor hidden."""
    found: list[str] = []
    fence = ""
    for line in _HIDDEN.sub("", body).splitlines():
        if (mark := _FENCE.match(line)) and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and line.split(maxsplit=1)[:1] == [COMMAND] and not line[0].isspace():
            found.append(" ".join(line.split()))
    return found


def _request(source: str, line: str, remark: Remark, by: Account) -> Request:
    """Understand one line, or say what is wrong with it."""
    _, _, said = line.partition(" ")
    word, _, rest = said.partition(" ")
    verb = next((verb for verb in COMMANDS if verb == word.lower()), None)
    rule, _, reason = rest.partition(" ") if verb is Verb.OVERRIDE else ("", "", rest)
    rule, reason = rule.strip("`").lower(), reason.strip()
    fault = "the comment was edited; write a new one" if remark.edited else _fault(verb, word, rule, reason)
    if verb is Verb.FREEZE:
        fault = fault or freeze(reason, remark.at).fault
    reason = reason[:LONGEST_REASON]
    return Request(source, verb, by, remark.at, rule, reason, line=line[:LONGEST_LINE], fault=fault)


def _fault(verb: Verb | None, word: str, rule: str, reason: str) -> str:
    """Say what a command lacks, with an example; empty where it lacks nothing."""
    known = ", ".join(f"`{verb}`" for verb in COMMANDS)
    if verb is None:
        return f"there is no such command; the commands are {known}" if word else f"say what to do: {known}"
    if verb is Verb.OVERRIDE and not rule:
        return "name the rule and the reason: `/andon override small-diff generated parser, reviewed whole`"
    if verb is Verb.OVERRIDE and not reason:
        return f"say why, after the rule: `/andon override {rule} generated parser, reviewed whole`"
    if verb is Verb.FIX_FORWARD and not reason:
        return "say what it mends: `/andon fix-forward restores the checkout`"
    if verb is Verb.REVERT and not reason:
        return "say why: `/andon revert nobody can check out`"
    return ""
