"""Cuts a pull request between its commits, where they separate cleanly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rules.engine.bonds import Atoms
from rules.engine.kinds import FileKind
from rules.engine.sized import MOST, Group, Sized, Stage, counted, stage_of
from rules.engine.stack import paths_of


def by_commits(sized: Sized) -> list[Group]:
    """Cut between commits, or give nothing where a cut would go through a file or an order would be broken."""
    commits = sized.pr.commits
    if any(commit.parents != 1 or not commit.paths for commit in commits):
        return []
    segments: list[tuple[int, int, list[int]]] = []  # first commit, last commit, files
    for first, last, numbers in sorted(_spans(sized)):
        if segments and first <= segments[-1][1]:
            begun, ended, before = segments.pop()
            segments.append((begun, max(ended, last), [*before, *numbers]))
        else:
            segments.append((first, last, list(numbers)))
    if sum(len(numbers) for _, _, numbers in segments) != len(sized.pr.files):
        return []
    groups = _packed_commits(sized, segments)
    clean = all(sized.fits(group.numbers) for group in groups) and _is_ordered(sized, groups)
    return groups if clean and 1 < len(groups) <= MOST else []


def _spans(sized: Sized) -> list[tuple[int, int, list[int]]]:
    """Give for each inseparable set of files the first and the last commit that touches it."""
    touching: dict[str, list[int]] = defaultdict(list)
    for at, commit in enumerate(sized.pr.commits):
        for path in commit.paths:
            touching[path].append(at)
    spans = []
    for numbers in Atoms(sized.pr.files).groups():
        commits = [at for number in numbers for path in paths_of(sized.pr.files[number]) for at in touching[path]]
        if commits:
            spans.append((min(commits), max(commits), list(numbers)))
    return spans


def _packed_commits(sized: Sized, segments: Sequence[tuple[int, int, list[int]]]) -> list[Group]:
    """Join neighbours while they fit; migrations stay alone."""
    groups: list[Group] = []
    for first, last, numbers in segments:
        title = counted(sized.pr.commits[first].message.partition("\n")[0], last - first, "commit", "commits")
        joined = (*groups[-1].numbers, *numbers) if groups else ()
        alike = joined and len({sized.kinds[number] is FileKind.MIGRATION for number in joined}) == 1
        if alike and sized.fits(joined):
            groups[-1] = Group(joined, groups[-1].title)
        else:
            groups.append(Group(tuple(numbers), title))
    return groups


def _is_ordered(sized: Sized, groups: Sequence[Group]) -> bool:
    """Say whether migrations are first and alone, and what must be last is in the last group."""
    stages = [{stage_of(sized, number) for number in group.numbers} for group in groups]
    migrations = [Stage.MIGRATION in found for found in stages]
    alone = all(len(found) == 1 for found in stages if Stage.MIGRATION in found)
    return alone and migrations == sorted(migrations, reverse=True) and not any(Stage.LAST in s for s in stages[:-1])
