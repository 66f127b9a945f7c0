"""Finds which of the changes that landed were taken back later, by what the messages say. Pure.

A claim is enough here: nothing is let pass by it, and a revert that had to be mended by hand counts as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_BY_SHA: Final = re.compile(r"\bThis reverts (?:merge )?commit ([0-9a-f]{7,40})\b")  # as `git revert` writes it
_BY_NUMBER: Final = re.compile(r"^Reverts (?:[\w.-]+/[\w.-]+)?#(\d+)\b", re.MULTILINE)  # as GitHub's button does
_BY_TITLE: Final = re.compile(r'^Revert "(.+)"(?: \(#\d+\))?$')
_NUMBER: Final = re.compile(r" \(#(\d+)\)$|^Merge pull request #(\d+) from ")


@dataclass(frozen=True, slots=True)
class Told:
    """One change that landed, as far as its messages tell: its own, and those of the commits that it brought."""

    sha: str
    message: str
    commits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reverts:
    """Which change was taken back, and by which last; `elsewhere` counts claims that fit no change here."""

    by: Mapping[str, str]
    elsewhere: int


def reverts_in(history: Sequence[Told]) -> Reverts:
    """Match each claim with the change it names: by id, else by number, else by title. Takes the oldest first."""
    seen = _Seen({}, {}, {})
    by: dict[str, str] = {}
    elsewhere = 0
    for told in history:
        for claim in _claims(told):
            found = seen.named(claim)
            if found is None:
                elsewhere += 1
            elif found != told.sha:
                by[found] = told.sha
        seen.note(told)
    return Reverts(by, elsewhere)


@dataclass(frozen=True, slots=True)
class _Claim:
    """One message that takes something back, and every way in which it names that."""

    shas: tuple[str, ...]
    numbers: tuple[str, ...]
    title: str | None


def _claims(told: Told) -> Iterator[_Claim]:
    """List what the messages take back, each target once for the whole change."""
    said: set[_Claim] = set()
    for message in (told.message, *(message for _, message in told.commits)):
        titled = _BY_TITLE.match(message.partition("\n")[0])
        claim = _Claim(
            tuple(_BY_SHA.findall(message)), tuple(_BY_NUMBER.findall(message)), titled[1] if titled else None
        )
        if claim not in said and (claim.shas or claim.numbers or claim.title):
            said.add(claim)
            yield claim


@dataclass(frozen=True, slots=True)
class _Seen:
    """What landed so far: by the first digits of its commits, by its number and by its title."""

    shas: dict[str, tuple[str, str]]
    numbers: dict[str, str]
    titles: dict[str, str]

    def note(self, told: Told) -> None:
        """Remember one change; of two with one title the later is meant."""
        for sha in (told.sha, *(sha for sha, _ in told.commits)):
            self.shas[sha[:7]] = (sha, told.sha)
        for message in (told.message, *(message for _, message in told.commits)):
            title = message.partition("\n")[0]
            self.titles[title] = told.sha
            self.titles[_NUMBER.sub("", title)] = told.sha
        number = _NUMBER.search(told.message.partition("\n")[0])
        if number is not None:
            self.numbers[number[1] or number[2]] = told.sha

    def named(self, claim: _Claim) -> str | None:
        """Give the change that a claim names."""
        for short in claim.shas:
            sha, landed = self.shas.get(short[:7], ("", ""))
            if sha.startswith(short):
                return landed
        by_number = next((self.numbers[one] for one in claim.numbers if one in self.numbers), None)
        return by_number or self.titles.get(claim.title or "")
