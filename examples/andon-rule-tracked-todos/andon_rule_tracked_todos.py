"""The rule `tracked-todos`, as a package of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field, NonNegativeInt, StringConstraints

from rules.engine.kinds import FileKind, file_kind
from rules.engine.pull_request import ChangedFile, PullRequest
from rules.engine.result import Finding, Kind, Mode, Reported, Unknown, Yielded
from rules.engine.rule import Rule

Marker = Annotated[str, StringConstraints(pattern=r"^\w{2,40}$")]

_CODE = (FileKind.SOURCE, FileKind.TEST, FileKind.MIGRATION)
_TRACKED = re.compile(rb"#\d|\b[A-Z]{2,10}-\d|/(issues|pull|browse)/\S*\d")  # #12, SHOP-12, an address of an issue


class TrackedTodos(Rule):
    """What is left for later is written down where somebody finds it.

    ## Why
    A TODO in the code is seen by nobody who plans; one that names its issue is done, or closed on purpose.

    ## How to fix it
    Open an issue and name it in the same line, such as `# TODO(#123): …`, or do it now.
    """

    default_mode: ClassVar[Mode] = Mode.WARN
    exempt_kinds: ClassVar[Mapping[Kind, str]] = MappingProxyType({Kind.REVERT: "it stood there before"})
    facts: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"untracked": "Added lines with a marker and without an issue."}
    )

    markers: tuple[Marker, ...] = Field(("TODO", "FIXME", "XXX"), description="The words that leave work for later.")
    allowed: NonNegativeInt = Field(0, description="How many lines without an issue are let pass.")

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Look for the markers in every added line of code."""
        code = [file for file in pr.files if file_kind(file, pr.attributes) in _CODE]
        found = [(file.path, line) for file in code for line in self._untracked(file)]
        yield Reported({"untracked": len(found)}, f"{len(found)} left for later without an issue.")
        for path, line in found if len(found) > self.allowed else ():
            yield Finding("This is left for later, and no issue is named.", "Name the issue.", path, line, line)
        unread = [file.path for file in code if file.hunks is None and file.added and not file.binary]
        yield from (Unknown(f"The text of `{path}` could not be read.") for path in unread)

    def _untracked(self, file: ChangedFile) -> Iterator[int]:
        marker = re.compile(rf"\b({'|'.join(map(re.escape, self.markers))})\b".encode()) if self.markers else None
        for hunk in file.hunks or ():
            for line in hunk.lines():
                if line.sign == "+" and marker and marker.search(line.text) and not _TRACKED.search(line.text):
                    yield line.new
