"""Git does what the simulator says it did."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from simulator.git import Draft, Git, Person
from simulator.history import History, files_between

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Repository, Simulator

ALICE = Person("alice", "alice@example.com", 1_700_000_000)


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """An ordinary repository with a work tree and three commits, one on a side branch."""
    path = tmp_path / "local"
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> None:
        words = ("-c", "user.name=eve", "-c", "user.email=eve@example.com", *arguments)
        subprocess.run(("git", *words), cwd=path, check=True, capture_output=True, env=environment)

    path.mkdir()
    git("init", "--quiet", "--initial-branch=trunk")
    (path / "a.txt").write_text("1\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "First")
    git("switch", "--quiet", "-c", "side")
    (path / "a.txt").write_text("2\n")
    git("commit", "--quiet", "-a", "-m", "Second")
    git("switch", "--quiet", "trunk")
    (path / "b.txt").write_text("1\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "Third")
    return path


async def test_a_real_repository_becomes_a_repository_with_real_pull_requests(github: Simulator, local: Path) -> None:
    github.install("octo", tell=False)
    repo = await github.create_repository("octo/real", source=local, branch="trunk")
    await repo.branch("side", at=Git(local).text("rev-parse", "side"))
    pr = await repo.open_pull_request(head_branch="side")

    assert [each.message for each in await pr.commits()] == ["Second"]
    assert [(each.path, each.patch) for each in await pr.files()] == [("a.txt", "@@ -1 +1 @@\n-1\n+2")]
    assert repo.head == Git(local).text("rev-parse", "trunk")


async def test_a_branch_from_nowhere_is_refused(shop: Repository) -> None:
    with pytest.raises(ValueError, match="has no commit"):
        await shop.branch("x", at="f" * 40)


@pytest.mark.parametrize("path", ["a b", "ü/ä", 'quote"d', "back\\slash", "tab\tbed", "-dash", "trailing "])
async def test_any_path_survives_commit_and_diff(shop: Repository, path: str) -> None:
    pr = await shop.open_pull_request(files={path: "x\n"})

    assert [each.path for each in await pr.files()] == [path]
    blob = await shop.history.blob(pr.head, path)
    assert blob is not None
    assert blob.content == b"x\n"


async def test_lines_that_look_like_a_diff_do_not_cut_it(shop: Repository) -> None:
    text = "diff --git a/x b/x\n@@ -1 +1 @@\n--- a\n+++ b\n"
    pr = await shop.open_pull_request(files={"a": text, "b": "1\n"})

    files = await pr.files()
    assert [each.path for each in files] == ["a", "b"]
    assert files[0].patch == "@@ -0,0 +1,4 @@\n" + "".join(f"+{line}\n" for line in text.splitlines()).rstrip("\n")


def test_a_file_that_becomes_a_link_is_one_changed_file(tmp_path: Path) -> None:
    git = Git(tmp_path / "bare.git")
    git.init("main")
    old = git.commit("refs/heads/main", None, Draft({"a": "text\n", "b": "1\n"}, "One", ALICE))
    target = git.run("hash-object", "-w", "--stdin", stdin=b"b").decode().strip()
    entries = f"120000 blob {target}\ta\n100644 blob {git.text('rev-parse', old + ':b')}\tb\n"
    tree = git.run("mktree", stdin=entries.encode()).decode().strip()
    new = git.commit_tree(tree, (old,), "Two", (ALICE, ALICE))

    found = files_between(git, old, new)
    assert [(each.path, each.status) for each in found] == [("a", "changed")]
    assert found[0].patch is not None
    assert found[0].patch.count("@@ ") == 2


async def test_nothing_of_this_machines_configuration_reaches_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[diff]\n\trenames = false\n\tsuppressBlankEmpty = true\n[core]\n\tquotepath = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "somebody else")
    git = Git(tmp_path / "bare.git")
    git.init("main")
    text = "\n".join(str(n) for n in range(9)) + "\n\nlast\n"
    old = git.commit("refs/heads/main", None, Draft({"ü": text}, "One", ALICE))
    new = git.commit("refs/heads/main", old, Draft({"ü": None, "ä": text.replace("last", "end")}, "Two", ALICE))

    files = await History(git).files(old, new)
    assert files[0].patch == "@@ -8,4 +8,4 @@\n 7\n 8\n \n-last\n+end"
    facts = await History(git).commit(new)
    assert [(each.path, each.previous, each.status) for each in files] == [("ä", "ü", "renamed")]
    assert facts is not None
    assert facts.author == ALICE


async def test_the_same_commit_has_the_same_id(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        git = Git(tmp_path / name)
        git.init("main")
        ids.add(git.commit("refs/heads/main", None, Draft({"a": "1"}, "One", ALICE)))

    assert len(ids) == 1


async def test_a_rebase_that_conflicts_gives_nothing(shop: Repository) -> None:
    pr = await shop.open_pull_request(files={"README.md": "mine\n"})
    onto = await shop.commit("main", {"README.md": "theirs\n"})

    assert shop.git.picked_tree(pr.head, onto) is None
