"""Git in memory says what real git says."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.git import AnyGit, Draft, Git, Person
from simulator.history import EMPTY_TREE, FileDiff, Printed, Reading
from simulator.memory_git import MemoryGit

PATHS = ("a.py", "b.py", "lib/a.py", "lib/deep/c.py", "lib.txt")
LINES = tuple(f"{word} = {number}\n" for number, word in enumerate(("one", "two", "three", "four", "five", "six")))
Files = dict[str, str | bytes | None]


def changed(*places: tuple[int, str]) -> str:
    """Write all lines, some of them replaced."""
    return "".join(dict(places).get(place, line) for place, line in enumerate(LINES))


contents = st.one_of(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(("", "new\n", "one = 0\nnew\n"))), max_size=2).map(
        lambda places: changed(*places)
    ),
    st.lists(st.sampled_from(LINES), max_size=12).map("".join),
    st.permutations(LINES).map(lambda some: "".join(some).removesuffix("\n")),
    st.just(b"\0binary"),
)
edits = st.dictionaries(st.sampled_from(PATHS), st.one_of(contents, st.none()), min_size=1, max_size=3)
steps = st.lists(st.tuples(st.sampled_from(("commit", "merge", "pick")), st.integers(0, 99), edits), max_size=7)


@dataclass(slots=True)
class Played:
    """What came of the same operations: every commit so far, and what was answered."""

    git: AnyGit
    reading: Reading
    shas: list[str] = field(default_factory=list)
    said: list[object] = field(default_factory=list)

    def person(self) -> Person:
        return Person("alice", "alice@example.com", 1_700_000_000 + len(self.said))

    def play(self, start: Files, steps: list[tuple[str, int, Files]]) -> None:
        self.git.init("main")
        self.shas.append(self.git.commit("refs/heads/main", None, Draft(start, "First", self.person())))
        for step in steps:
            self.step(*step)
        for one in (EMPTY_TREE, *self.shas[:-1]):
            self.said.append(_shown(self.reading.files_between(one, self.shas[-1])))

    def step(self, kind: str, number: int, files: Files) -> None:
        one, other = self.shas[-1], self.shas[number % len(self.shas)]
        tree: str | None = None
        match kind:
            case "commit":
                self.shas.append(self.git.commit(f"refs/heads/{number}", other, Draft(files, "Next\n", self.person())))
            case "merge":
                tree = self.git.merged_tree(one, other)
            case "pick" if self.reading.commits(one, other):
                tree = self.git.picked_tree(other, one)
        if tree is not None:
            self.shas.append(self.git.commit_tree(tree, (one,), f"{kind}\n\nWords", (self.person(), self.person())))
        self.said += [tree, self.git.merge_base(one, other), self.git.is_ancestor(one, other)]
        self.said += [self.reading.commits(other, self.shas[-1]), self.reading.facts(self.shas[-1])]
        self.said.append([self.reading.blob(self.shas[-1], path) for path in PATHS])
        self.said.append(self.reading.tree(self.git_tree()))

    def git_tree(self) -> str:
        facts = self.reading.facts(self.shas[-1])
        assert facts is not None
        return facts.tree


def _shown(found: tuple[FileDiff, ...]) -> list[tuple[object, ...]]:
    return [
        (one.path, one.previous, one.status, one.additions, one.deletions, one.blob, one.patch is None) for one in found
    ]


def both(start: Files, steps: list[tuple[str, int, Files]]) -> tuple[Played, Played]:
    """Play the same in memory and beside it on real git."""
    memory = MemoryGit()
    inside = Played(memory, memory)
    with tempfile.TemporaryDirectory() as directory:
        real = Git(Path(directory) / "bare.git")
        beside = Played(real, Printed(real))
        beside.play(start, steps)
    inside.play(start, steps)
    return inside, beside


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(start=edits, steps=steps)
def test_the_same_operations_give_the_same_ids_merges_and_differences(
    start: Files, steps: list[tuple[str, int, Files]]
) -> None:
    inside, beside = both(start, steps)

    assert inside.said == beside.said
    assert inside.shas == beside.shas


@pytest.mark.parametrize(
    ("ours", "theirs", "merges"),
    [
        pytest.param({"a.py": changed((1, "x\n"))}, {"a.py": changed((4, "y\n"))}, True, id="lines apart"),
        pytest.param({"a.py": changed((1, "x\n"))}, {"a.py": changed((2, "y\n"))}, False, id="lines side by side"),
        pytest.param({"a.py": changed((1, "x\n"))}, {"a.py": changed((1, "x\n"))}, True, id="the same change"),
        pytest.param({"a.py": None}, {"b.py": "b\n"}, True, id="one is removed"),
        pytest.param({"a.py": None}, {"a.py": changed((1, "x\n"))}, False, id="removed and changed"),
        pytest.param({"b.py": "b\n"}, {"b.py": "c\n"}, False, id="added twice"),
        pytest.param({"lib": "a file\n"}, {"lib/a.py": "below\n"}, False, id="a file and a folder"),
        pytest.param(
            {"a.py": None, "lib/b.py": changed((0, "x\n"), (1, "x\n"))}, {"a.py": changed((5, "y\n"))}, True, id="moved"
        ),
        pytest.param({"a.py": None, "b.py": changed()}, {"a.py": None, "lib/b.py": changed()}, False, id="moved twice"),
    ],
)
def test_two_changes_merge_where_git_merges_them(ours: Files, theirs: Files, merges: bool) -> None:
    steps: list[tuple[str, int, Files]] = [
        ("commit", 0, ours),
        ("commit", 0, theirs),
        ("merge", 1, {}),
        ("pick", 1, {}),
    ]

    inside, beside = both({"a.py": changed()}, steps)

    assert inside.said == beside.said
    assert len(inside.shas) == (5 if merges else 3)
