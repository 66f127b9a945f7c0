"""Measures a pull request in effective lines, as a whole or some of its files, and says what was left out."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.counted import CountedFile, Counting
from rules.engine.kinds import FileKind, path_kind
from rules.engine.pull_request import Change
from rules.engine.sized import Measure, Sized
from rules.engine.split import Part, split

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from rules.engine.pull_request import PullRequest

WITHOUT_LINES: Final = "without_lines"
"""Where files are counted that change and show no line of it: binary, renamed, empty, or with another mode."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What lines weigh by kind of file, what a deleted one counts beside an added one, and what a part may come to."""

    weights: Mapping[FileKind, float]
    deleted_factor: float
    limit: Measure


@dataclass(frozen=True, slots=True)
class Share:
    """What one file brings to the size."""

    one: CountedFile
    lines: float


class Size:
    """The size of one pull request on one scale."""

    def __init__(self, scale: Scale, pr: PullRequest) -> None:
        self._scale = scale
        self._pr = pr
        self._counting = Counting(pr, scale.weights)
        counted = self._counting.of(range(len(pr.files)))
        self.shares = self._shares(counted)
        self.effective = math.ceil(round(sum(share.lines for share in self.shares), 6))
        self.counting = sum(share.lines > 0 for share in self.shares)
        self.moved = sum(one.moved + one.reindented for one in counted)
        self.excluded = self._excluded(counted)
        self.unmasked = [one for one in counted if self._is_unmasked(one)]

    def split(self) -> tuple[Part, ...]:
        """Propose parts that can land one after the other, where there are too many lines or files for one."""
        limit = self._scale.limit
        if self.effective <= limit.lines and self.counting <= limit.files:
            return ()
        return split(Sized(self._pr, self._counting.kinds, self._measure, limit))

    def largest_directory(self) -> tuple[str, float]:
        """Name the directory that brings most, and its lines."""
        directories: dict[str, float] = defaultdict(float)
        for share in self.shares:
            directory, slash, name = share.one.file.path.rpartition("/")
            directories[directory + slash or name] += share.lines
        return min(directories.items(), key=lambda item: (-item[1], item[0]))

    def _measure(self, numbers: Collection[int]) -> Measure:
        counted = self._counting.of(numbers)
        lines = [share.lines for share in self._shares(counted)]
        return Measure(round(sum(lines), 6), sum(one > 0 for one in lines), sum(self._excluded(counted).values()))

    def _shares(self, counted: Iterable[CountedFile]) -> list[Share]:
        return [Share(one, self._effective(one)) for one in counted]

    def _effective(self, one: CountedFile) -> float:
        if one.file.change is Change.DELETED:
            return 0
        added, deleted = sum(line.units for line in one.added), sum(line.units for line in one.deleted)
        return self._scale.weights[one.kind] * (added + self._scale.deleted_factor * deleted)

    def _excluded(self, counted: Iterable[CountedFile]) -> Counter[str]:
        """Sum the raw lines of the files whose kind weighs nothing, and count the files that change without a line."""
        excluded: Counter[str] = Counter()
        for one in counted:
            if lines := one.file.added + one.file.deleted:
                excluded[one.kind.value] += lines if self._scale.weights[one.kind] == 0 else 0
            elif one.file.change is not Change.DELETED:
                excluded[WITHOUT_LINES] += 1
        return +excluded

    def _is_unmasked(self, one: CountedFile) -> bool:
        """Say whether a renamed file counts now and did not before: lines that nobody counted come into force."""
        before, weights = one.file.previous_path, self._scale.weights
        if before is None or one.file.binary or weights[one.kind] == 0:
            return False
        return weights[path_kind(before, self._pr.attributes)] == 0
