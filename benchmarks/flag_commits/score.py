"""Hold what `flag-wrapped` says of one part of the labelled commits against their labels.

Usage: python -m benchmarks.flag_commits.score DIRECTORY --half tune
DIRECTORY holds one checkout for each repository, bare or plain, named owner+name; they are only read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Final

from bot.commands.check import Asked, verdict_of
from bot.git.objects import GitError

_HERE: Final = Path(__file__).parent
_HALVES: Final = ("tune", "held-out")  # even, odd: of the first draw
_WHOLE: Final[Mapping[str, str]] = {"second": "labels_2.toml", "third": "labels_3.toml"}  # draws that have no halves
_CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "any wrapping": frozenset({"full", "partial"}),
    "fully wrapped": frozenset({"full"}),
}
_Z: Final = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Labelled:
    """One commit with its label, and what a maintainer of its repository would write into `flags`."""

    repository: str
    sha: str
    language: str
    label: str
    reason: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """One labelled commit, and what the rule says of it."""

    commit: Labelled
    said: str
    unread: int = 0
    counts: str = ""


def half_of(sha: str) -> str:
    """Tell to which half a commit belongs: by the first hexadecimal digit of the SHA-256 of its name."""
    return _HALVES[int(hashlib.sha256(sha.encode()).hexdigest()[0], 16) % 2]


def chosen(half: str) -> Iterator[Labelled]:
    """Choose one half of the first draw, or the whole of a later one."""
    if half in _WHOLE:
        yield from labelled(_WHOLE[half])
    else:
        yield from (one for one in labelled() if half_of(one.sha) == half)


def labelled(name: str = "labels.toml") -> Iterator[Labelled]:
    """Read the labels of one draw, each with the flags of its repository."""
    flags = {one["name"]: tuple(one["flags"]) for one in _read("repositories.toml")["repository"]}
    for one in _read(name)["commit"]:
        where = one["repository"]
        yield Labelled(where, one["sha"], one["language"], one["label"], one["reason"], flags[where])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text("utf-8"))


def scored(commit: Labelled, directory: Path) -> Scored:
    """Judge one commit against its parent, with `flag-wrapped` alone and every file risky."""
    outer = directory / commit.repository.replace("/", "+")
    checkout = outer / "repo" if (outer / "repo").is_dir() else outer
    with tempfile.TemporaryDirectory() as place:
        policy = Path(place) / "andon.yml"
        options = {"mode": "warn", "risky": ["**"], "flags": list(commit.flags)}
        policy.write_text(json.dumps({"rules": {"flag-wrapped": options}}), "utf-8")
        try:
            verdict = verdict_of(Asked(checkout, f"{commit.sha}^", commit.sha, policy))
        except GitError as error:
            return Scored(commit, f"unread: {error}")
    facts = verdict.results[0].facts
    counts = " ".join(f"{name}={facts.get(name)}" for name in ("guarded", "inert", "exposed", "unread"))
    return Scored(commit, str(facts.get("wrapped", "unknown")), _number(facts.get("unread")), counts)


def _number(fact: object) -> int:
    return fact if isinstance(fact, int) else 0


def wilson(hits: int, of: int) -> str:
    """Write a share with its Wilson interval at 95 %."""
    if not of:
        return "    -"
    share, square = hits / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return f"{share:.2f} [{max(0.0, middle - reach):.2f}, {min(1.0, middle + reach):.2f}] ({hits}/{of})"


def table(results: Sequence[Scored]) -> Iterator[str]:
    """Write precision and recall of both classes: of all, of those that were read, and of each language."""
    yield from _rows("all", results)
    yield from _rows("all that was read", [one for one in results if not one.unread])
    for language in sorted({one.commit.language for one in results}):
        yield from _rows(language, [one for one in results if one.commit.language == language])


def _rows(title: str, results: Sequence[Scored]) -> Iterator[str]:
    for name, members in _CLASSES.items():
        said = [one for one in results if one.said in members]
        true = [one for one in results if one.commit.label in members]
        hits = sum(one.commit.label in members for one in said)
        share = f"precision {wilson(hits, len(said))}  recall {wilson(hits, len(true))}"
        yield f"{title} ({len(results)}), {name}: {share}"


def disagreements(results: Sequence[Scored]) -> Iterator[str]:
    """Write each commit on whose class the rule and the label differ, with the reason of the label."""
    for one in results:
        if _classes(one.said) != _classes(one.commit.label):
            commit = one.commit
            yield f"{commit.repository} {commit.sha[:12]} said {one.said} ({one.counts}), label {commit.label}"
            yield f"    {commit.reason}"


def _classes(wrapped: str) -> list[bool]:
    return [wrapped in members for members in _CLASSES.values()]


def main() -> None:
    """Score one part, and print the shares and every disagreement."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("directory", type=Path)
    asked.add_argument("--half", choices=(*_HALVES, *_WHOLE), default="tune")
    given = asked.parse_args()
    results = [scored(one, given.directory) for one in chosen(given.half)]
    print("\n".join((*table(results), "", *disagreements(results))))


if __name__ == "__main__":
    main()
