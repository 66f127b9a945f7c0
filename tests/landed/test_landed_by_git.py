"""What real git merges is never called different, and what is wrong of it is: random edits, by Hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.landed.landed import Content, Landed, Leaf, Quad, compare
from simulator.git import Draft, Git, Person

SOMEBODY = Person("somebody", "somebody@example.org", 1_700_000_000)
PATHS = ("a.txt", "b.txt", "dir/a.txt", "dir/b.txt", "dir/deep/c.txt")
LINES = ("one", "two", "three", "same", "same", "}", "")
START: Mapping[str, str] = {
    path: "".join(f"{line} {place}\n" for place in range(4) for line in LINES[:4]) for path in PATHS
}

Edit = Mapping[str, str | bytes | None]


@st.composite
def edits(draw: st.DrawFn) -> list[Edit]:
    """Draw a few commits: files changed in a line or two, deleted, added or moved."""
    found: list[Edit] = []
    files = dict(START)
    for _ in range(draw(st.integers(1, 3))):
        edit: dict[str, str | bytes | None] = {}
        for path in draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=2, unique=True)):
            match draw(st.sampled_from(("change", "change", "change", "delete", "move", "add"))):
                case "change":
                    edit[path] = files[path] = _changed(draw, files[path])
                case "add":
                    edit[f"{path}.new"] = files[f"{path}.new"] = _changed(draw, "".join(draw(st.permutations(LINES))))
                case "move" if len(files) > 2:
                    moved = _changed(draw, files.pop(path)) if draw(st.booleans()) else files.pop(path)
                    edit[path], edit[f"moved/{path}"] = None, moved
                    files[f"moved/{path}"] = moved
                case _ if len(files) > 2:
                    edit[path] = None
                    del files[path]
                case _:
                    pass
        found.append(edit)
    return found


def _changed(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines()
    place = draw(st.integers(0, len(lines)))
    length = draw(st.integers(0, 2))
    return (
        "\n".join([*lines[:place], *draw(st.lists(st.sampled_from(LINES), max_size=2)), *lines[place + length :]])
        + "\n"
    )


@dataclass(frozen=True)
class Merged:
    """Four commits of one merge, and as how many it landed."""

    git: Git
    fork: str
    head: str
    before: str
    landed: str
    commits: int

    def leaves(self, commit: str) -> dict[str, Leaf]:
        rows = self.git.run("ls-tree", "-r", "-z", commit).decode().split("\0")
        parts = [(row.partition("\t")[2], row.split(" ", 2)) for row in rows if row]
        return {path: Leaf(int(mode, 8), rest.split("\t")[0]) for path, (mode, _, rest) in parts}

    def compared(self, wrong: Mapping[str, Leaf | None] | None = None) -> Landed:
        trees = [self.leaves(one) for one in (self.fork, self.head, self.before, self.landed)]
        trees[3] = {path: leaf for path, leaf in {**trees[3], **(wrong or {})}.items() if leaf is not None}
        paths = sorted({path for tree in trees for path in tree})
        quads = [Quad(path, *(tree.get(path) for tree in trees)) for path in paths]
        unlike = [one for one in quads if len({one.fork, one.head, one.before, one.landed}) > 1]
        oids = {leaf.oid for one in unlike for leaf in (one.fork, one.head, one.before, one.landed) if leaf}
        texts = {oid: self.git.run("cat-file", "blob", oid) for oid in oids}
        return compare(unlike, texts, series=self.commits > 1)


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landed")


_NUMBER = count()


def merged(where: Path, ours: list[Edit], theirs: list[Edit], method: str) -> Merged | None:
    """Commit both sides and merge them by real git; None where it finds a conflict."""
    git = Git(where / f"{next(_NUMBER)}.git")
    git.init("main")
    fork = git.commit("refs/heads/main", None, Draft(START, "Begin", SOMEBODY))
    before, head, own = fork, fork, []
    for edit in theirs:
        before = git.commit("refs/heads/main", before, Draft(edit, "theirs", SOMEBODY))
    for edit in ours:
        head = git.commit("refs/heads/ours", head, Draft(edit, "ours", SOMEBODY))
        own.append(head)
    people = (SOMEBODY, SOMEBODY)
    if method == "rebase":
        landed: str | None = before
        for one in own:
            tree = git.picked_tree(one, landed or "")
            if tree is None:
                return None
            landed = git.commit_tree(tree, (landed or "",), "ours\n", people)
    else:
        tree = git.merged_tree(before, head)
        if tree is None:
            return None
        landed = git.commit_tree(tree, (before, head) if method == "merge" else (before,), "ours\n", people)
    return Merged(git, fork, head, before, landed or "", len(own) if method == "rebase" else 1)


METHODS = st.sampled_from(("squash", "merge", "rebase"))
SLOWLY = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@SLOWLY
@given(ours=edits(), theirs=edits(), method=METHODS)
def test_what_git_merged_is_never_called_different(
    repositories: Path, ours: list[Edit], theirs: list[Edit], method: str
) -> None:
    made = merged(repositories, ours, theirs, method)
    assume(made is not None)
    assert made is not None

    found = made.compared()

    assert found.content is not Content.DIFFERENT, found.differences


@SLOWLY
@given(ours=edits(), theirs=edits(), method=METHODS, data=st.data())
def test_a_wrong_file_is_called_different_unless_both_sides_had_touched_or_moved_it(
    repositories: Path, ours: list[Edit], theirs: list[Edit], method: str, data: st.DataObject
) -> None:
    made = merged(repositories, ours, theirs, method)
    assume(made is not None)
    assert made is not None
    fork, head, before, landed = (made.leaves(one) for one in (made.fork, made.head, made.before, made.landed))
    touched = [{path for path in fork | side if fork.get(path) != side.get(path)} for side in (head, before)]
    gone = any(path not in side for side in (head, before) for path in fork)
    path = data.draw(st.sampled_from(sorted(fork | head | before)))
    blob = made.git.run("hash-object", "-w", "--stdin", stdin=b"nobody wrote this\n").decode().strip()
    leaf = data.draw(st.sampled_from((None, Leaf(0o100644, blob))))
    assume(leaf != landed.get(path))

    found = made.compared({path: leaf})

    if gone or path in touched[0] & touched[1]:
        assert found.content is not Content.SAME
    else:
        assert [one.path for one in found.differences] == [path]
