"""Draw the commits of the labelled set, by seed, from bare or plain checkouts that are only read.

Usage: python benchmarks/flag_commits/draw.py DIRECTORY [DRAW] (one checkout for each repository, named owner+name)
DRAW is 1, which is meant where nothing is said, 2 or 3: it takes its own repositories, with a seed of its own.
Prints one line for each commit drawn: repository, stratum and sha, in the order in which they were labelled.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

_SEEDS: Final = {draw: f"andon-flag-commits-{draw}" for draw in (1, 2, 3)}
_MOST_ADDED: Final = 120
_TESTS: Final = (
    "*test*",
    "*Test*",
    "*spec*",
    "*Fake*",
    "*fixture*",
    "*mock*",
    "*migrations*",
    "*vendor*",
    "*storybook*",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One repository to draw from, as repositories.toml has it."""

    name: str
    checkout: Path
    until: str
    sources: tuple[str, ...]
    pattern: str
    counts: dict[str, int]
    draw: int

    def git(self, *arguments: str) -> str:
        """Run git, without a shell, and give what it wrote."""
        command = ["git", "-C", str(self.checkout), "-c", "core.quotePath=off", *arguments]
        return subprocess.run(command, capture_output=True, check=False).stdout.decode("utf-8", "replace")

    @property
    def paths(self) -> tuple[str, ...]:
        """Name the sources, without the tests."""
        return (*(f":(glob){one}" for one in self.sources), *(f":(exclude){one}" for one in _TESTS))

    def shas(self, *arguments: str) -> list[str]:
        """List the commits that change a source, in the order of the seed."""
        span = ("--no-merges", "--min-parents=1", "--since=2021-01-01", "--format=%H", self.until)
        found = self.git("log", *span, *arguments, "--", *self.paths).split()
        seed = _SEEDS[self.draw]
        return sorted(found, key=lambda sha: hashlib.sha256(f"{seed}:{sha}".encode()).digest())

    def fits(self, sha: str) -> bool:
        """Tell whether the commit is small enough to be read whole, and adds something."""
        rows = [
            row.split("\t") for row in self.git("show", "--numstat", "--format=", sha, "--", *self.paths).splitlines()
        ]
        return 0 < sum(int(row[0]) for row in rows if row[0].isdigit()) <= _MOST_ADDED

    def asks_more(self, sha: str) -> bool:
        """Tell whether the commit adds more lines that match the pattern than it removes."""
        lines = self.git("show", "-U0", "--format=", sha, "--", *self.paths).splitlines()
        signs = [line[0] for line in lines if line[:1] in "+-" and re.search(self.pattern, line)]
        return signs.count("+") > signs.count("-")

    def is_near(self, sha: str) -> bool:
        """Tell whether one of the sources that the commit changes holds a flag check."""
        changed = self.git("show", "--name-only", "--diff-filter=AM", "--format=", sha, "--", *self.paths).splitlines()
        return bool(changed and self.git("grep", "-lE", self.pattern, sha, "--", *changed))


def main() -> None:
    """Draw from every repository of one draw, and print what was drawn."""
    listed = tomllib.loads((Path(__file__).parent / "repositories.toml").read_text("utf-8"))
    draw = int(sys.argv[2]) if len(sys.argv) > 2 else 1  # noqa: PLR2004 - the second argument
    for one in (one for one in listed["repository"] if one.get("draw", 1) == draw):
        checkout = Path(sys.argv[1]) / one["name"].replace("/", "+")
        inner = checkout / "repo" if (checkout / "repo").is_dir() else checkout
        drawn = Drawn(one["name"], inner, one["until"], tuple(one["sources"]), one["pattern"], one["counts"], draw)
        for stratum, sha in _commits(drawn):
            sys.stdout.write(f"{drawn.name}\t{stratum}\t{sha}\n")
            sys.stdout.flush()


def _commits(drawn: Drawn) -> Iterator[tuple[str, str]]:
    flagged = drawn.shas("-G", drawn.pattern)
    others = [sha for sha in drawn.shas() if sha not in set(flagged)]
    fitting = [sha for sha in islice(others, 400) if drawn.fits(sha)]
    near = list(islice(filter(drawn.is_near, fitting), drawn.counts["near"]))
    plain = [sha for sha in fitting if sha not in near]
    fit = filter(drawn.fits, flagged)
    yield from (("flag", sha) for sha in islice(fit, drawn.counts["flag"]))
    yield from (("asked", sha) for sha in islice(filter(drawn.asks_more, fit), drawn.counts.get("asked", 0)))
    yield from (("near", sha) for sha in near)
    yield from (("random", sha) for sha in plain[: drawn.counts["random"]])


if __name__ == "__main__":
    main()
