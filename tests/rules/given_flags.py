"""Sources with a margin, for the tests of `flag-wrapped`: each line says by its first letter what it is.

A blank is a line that stays, `-` one that goes. Added lines say what they are to be judged: `G` guarded, `I` inert,
`X` exposed, `.` no behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rules.engine.counted import count
from rules.engine.evaluate import evaluate, needs_of
from rules.engine.flags.extents import Source
from rules.engine.flags.reading.pattern import parsed
from rules.engine.flags.risk import Risk
from rules.engine.flags.wrapped import FileLines, judged
from rules.engine.hunk import Hunk
from rules.engine.kinds import FileKind
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile, PullRequest
from rules.engine.result import Mode, RuleResult
from rules.flag_wrapped import FlagWrapped
from tests.factories import changed, hunk, pull_request

FLAGS = ("features.has", "!features.missing", "<FeatureFlag>", "!<FeatureOff>", "@gate", "ui.flags.*", "when_on")

BARE = """
 def pay(cart):
     charge(cart)
X    receipt(cart)
X    audit(cart)
"""
"""A source that is risky by its path alone, with two added lines that no flag is around."""


def named(cases: Mapping[str, Mapping[str, str]]) -> list[Any]:
    """Give the path and the source of each case, by both their names."""
    return [
        pytest.param(path, marked, id=f"{path}: {name}")
        for path, some in cases.items()
        for name, marked in some.items()
    ]


def lines_of(marked: str) -> list[str]:
    """Cut a source with a margin into lines, without the first line break."""
    return marked.removeprefix("\n").removesuffix("\n").split("\n")


def head_of(marked: str) -> str:
    return "".join(f"{line[1:]}\n" for line in lines_of(marked) if line[:1] != "-")


def base_of(marked: str) -> str:
    return "".join(f"{line[1:]}\n" for line in lines_of(marked) if line[:1] in ("", " ", "-"))


def hunk_of(marked: str) -> Hunk:
    signs = {"": " ", " ": " ", "-": "-"}
    return hunk(signs.get(line[:1], "+") + line[1:] for line in lines_of(marked))


def file_of(path: str, marked: str) -> ChangedFile:
    is_new = not base_of(marked).strip()
    return changed(path, hunk_of(marked), change=Change.ADDED if is_new else Change.MODIFIED)


def letters(path: str, marked: str, flags: tuple[str, ...] = FLAGS, others: Mapping[str, str] | None = None) -> str:
    """Judge a source, and give its margin as it should have been."""
    sources = {path: marked, **(others or {})}
    found = judged(tuple(_source(one, text) for one, text in sources.items()), parsed(flags), Risk((), frozenset()))
    lines = found[path]
    assert lines is not None
    return margin(lines, marked)


def margin(lines: FileLines, marked: str) -> str:
    """Spell what was found in letters."""
    found = {
        **dict.fromkeys(lines.guarded, "G"),
        **dict.fromkeys(lines.inert, "I"),
        **dict.fromkeys(lines.exposed, "X"),
    }
    number, spelled = 0, ""
    for line in lines_of(marked):
        number += line[:1] != "-"
        spelled += line[:1] if line[:1] in ("", " ", "-") else found.get(number, ".")
    return spelled


def expected(marked: str) -> str:
    return "".join(line[:1] for line in lines_of(marked))


def _source(path: str, marked: str) -> Source:
    file = file_of(path, marked)
    (counted,) = count(pull_request(file), dict.fromkeys(FileKind, 1.0))
    base = None if file.change is Change.ADDED else base_of(marked).encode()
    added = frozenset(line.number for line in counted.added)
    return Source(path, head_of(marked).encode(), base, added, file.hunks or (), len(counted.deleted))


def given(sources: Mapping[str, str], *more: ChangedFile, **fields: Any) -> PullRequest:
    """Build the pull request of some sources with margins, and of other changed files."""
    return pull_request(*(file_of(path, marked) for path, marked in sources.items()), *more, **fields)


def judge(sources: Mapping[str, str], *more: ChangedFile, rule: FlagWrapped | None = None, **fields: Any) -> RuleResult:
    """Ask the rule about some sources with margins, with what it needs read."""
    pr = given(sources, *more, **fields)
    policy = Policy((Listed("flag-wrapped", Mode.HOLD, rule or FlagWrapped(flags=FLAGS)),))
    texts = {path: head_of(marked).encode() for path, marked in sources.items()}
    needs = needs_of(policy, pr)
    wanted = {path: texts[path] for path in needs.to_fetch(pr) if path in texts}
    (result,) = evaluate(policy, needs.filled(pr, wanted, None)).results
    return result
