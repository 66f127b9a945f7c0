"""Remarks on a change that nothing stops: what of it is exposed, and how its new flags are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from rules.engine.flags.measured import Measured, Wrapped
from rules.engine.flags.saying.steps import Step
from rules.engine.result import Note

if TYPE_CHECKING:
    from rules.engine.flags.saying.asked import Asked
    from rules.engine.flags.saying.steps import Block
    from rules.engine.flags.wrapped import FileLines

MOST: Final = 10
"""Remarks on one change."""

_MOST_OF_A_KIND: Final = 2  # remarks of one kind on how flags are kept: who mends one, mends all


@dataclass(frozen=True, slots=True)
class Remarks:
    """What there is to remark on: what was measured, and what was found, by path and first line.

    `tests` are the lines of tests that the change shows, without those that it takes away.
    """

    measured: Measured
    found: frozenset[tuple[str, int]]
    tests: bytes

    def all(self) -> list[Note]:
        """Give the most telling ones: flags that start on, flags without a name, exposed lines, then missing tests."""
        first = [*islice(self._starting_on(), _MOST_OF_A_KIND), *islice(self._made(), _MOST_OF_A_KIND)]
        last = list(islice(self._untested(), _MOST_OF_A_KIND))
        exposed = islice(self._exposed(), MOST - len(first) - len(last))
        return [*first, *exposed, *last]

    def _exposed(self) -> Iterator[Note]:
        """Walk the exposed blocks, those of risky files and the largest first."""
        if self.measured.wrapped() is not Wrapped.PARTIAL:
            return
        blocks = [(file, block) for file in self.measured.files if _is_asked(file) for block in file.blocks]
        open_ones = [(file, block) for file, block in blocks if block.step is not Step.NOTHING]
        for file, block in sorted(open_ones, key=lambda one: (not one[0].risk, -one[1].count, one[0].path)):
            if (file.path, block.first) not in self.found:
                cure = block.cure(self.measured.seen_check(file.path))
                yield Note(_exposed(file, block), cure, file.path, block.first, block.last)

    def _starting_on(self) -> Iterator[Note]:
        for file, asked in self._asked():
            if asked.starts_on and file.guarded:
                flag = f"The flag `{asked.key}`" if asked.key else "The flag"
                message = f"{flag} is on where nobody answers: then the new lines run when the service cannot be asked."
                yield _note(file, asked, message, "Let its default be off, which is what ran before.")

    def _made(self) -> Iterator[Note]:
        for file, asked in self._asked():
            if asked.is_made:
                message = "The name of this flag is put together at run time: nobody finds it by searching."
                yield _note(file, asked, message, "Write each name out as one text.")

    def _untested(self) -> Iterator[Note]:
        added, _ = self.measured.changed_flags()
        left = {key for key in added if key.encode() not in self.tests}
        for file, asked in self._asked():
            if asked.key in left:
                left.discard(asked.key)
                message = f"No changed test names the new flag `{asked.key}`."
                yield _note(file, asked, message, "Test what happens with it on, and what happens with it off.")

    def _asked(self) -> Iterator[tuple[FileLines, Asked]]:
        return ((file, asked) for file in self.measured.files for asked in file.asked)


def _is_asked(file: FileLines) -> bool:
    """Say whether the exposed lines of a file are worth a remark: it is risky, or itself asks for a flag."""
    return bool(file.risk or file.guarded) and not file.gives_up_flag


def _exposed(file: FileLines, block: Block) -> str:
    lines = "1 new line runs" if block.count == 1 else f"{block.count} new lines run"
    risk = f" in a risky file ({file.risk})" if file.risk else ""
    return f"{lines} in any case{risk}, with the flag off too."


def _note(file: FileLines, asked: Asked, message: str, fix: str) -> Note:
    return Note(message, fix, file.path, asked.line, asked.line)
