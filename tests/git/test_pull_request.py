"""Snapshots of local repositories: what they hold, what they refuse, and that nothing of the repository runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.git.objects import GitError
from bot.git.pull_request import default_base, read_policy_text, read_pull_request
from rules.engine.pull_request import Author, Change, Totals
from tests.factories import NOW, commit_files, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    directory = tmp_path / "shop"
    directory.mkdir()
    git(directory, "init", "-q")
    commit_files(directory, {"a.py": "one\ntwo\nthree\n", "pkg/b.py": "x\n"}, "Begin")
    return directory


def branch(repository: Path, files: dict[str, str | bytes | None], message: str = "Work") -> str:
    git(repository, "switch", "-qC", "feature")
    return commit_files(repository, files, message)


MESSAGE = "Change it\n\nBecause."


def test_a_snapshot_holds_what_the_branch_brings(repository: Path) -> None:
    base = git(repository, "rev-parse", "main").decode().strip()
    head = branch(repository, {"a.py": "one\n2\nthree\n", "new.py": "other\n", "pkg/b.py": None}, MESSAGE)

    pr = read_pull_request(repository, "main", "feature", fetched_at=NOW)

    assert (pr.repository, pr.base, pr.head, pr.fetched_at, pr.base_branch) == ("shop", base, head, NOW, "main")
    assert {(file.path, file.change, file.added, file.deleted) for file in pr.files} == {
        ("a.py", Change.MODIFIED, 1, 1),
        ("new.py", Change.ADDED, 1, 0),
        ("pkg/b.py", Change.DELETED, 0, 1),
    }
    assert pr.totals == Totals(3, 2, 2)
    assert [(one.sha, one.message, one.parents, one.authors[0].name) for one in pr.commits] == [
        (head, MESSAGE, 1, "Ada")
    ]
    assert (pr.title, pr.incomplete, pr.undoes) == ("Change it", (), None)


def test_a_commit_names_everybody_in_its_message_without_an_account(repository: Path) -> None:
    branch(repository, {"new.py": "x\n"}, "Pair\n\nCo-authored-by: Bob <b@x.org>\n---\nCo-Authored-By: Eve <e@x.org>")

    (commit,) = read_pull_request(repository, "main", "feature").commits

    assert commit.authors == (Author("Ada", "ada@example.org"), Author("Bob", "b@x.org"), Author("Eve", "e@x.org"))
    assert commit.committer == Author("Ada", "ada@example.org")


def test_each_commit_knows_its_paths_and_a_merge_knows_none(repository: Path) -> None:
    start = git(repository, "rev-parse", "main").decode().strip()
    branch(repository, {"a.py": None, "re\nnamed": "one\ntwo\nthree\n", "tab\tü": "x\n"}, "One")
    commit_files(repository, {}, "Empty")
    git(repository, "switch", "-qc", "side", "main")
    commit_files(repository, {"pkg/b.py": "y\n"}, "Two")
    git(repository, "switch", "-q", "feature")
    git(repository, "merge", "-q", "--no-ff", "side", "-m", "Merge")

    pr = read_pull_request(repository, "main", "feature")

    assert {one.message: one.paths for one in pr.commits} == {
        "One": ("a.py", "re\nnamed", "tab\tü"),
        "Empty": (),
        "Two": ("pkg/b.py",),
        "Merge": (),
    }
    assert pr.merge_base == start


def test_work_on_the_base_after_the_branch_left_is_not_part_of_it(repository: Path) -> None:
    branch(repository, {"new.py": "x\n"})
    git(repository, "switch", "-q", "main")
    commit_files(repository, {"other.py": "y\n"})

    assert [file.path for file in read_pull_request(repository, "main", "feature").files] == ["new.py"]


def test_an_empty_branch_has_no_files(repository: Path) -> None:
    pr = read_pull_request(repository, "main", "main")

    assert (pr.files, pr.totals, pr.commits) == ((), Totals(0, 0, 0), ())


def test_attributes_and_policy_are_those_of_the_base(repository: Path) -> None:
    commit_files(
        repository, {".gitattributes": "*.x linguist-generated\n", "pkg/.gitattributes": "*.x -linguist-generated\n"}
    )
    commit_files(repository, {".github/andon.yml": "rules: {}\n"})
    branch(
        repository,
        {
            ".gitattributes": "*.py linguist-generated -diff\n",
            ".github/andon.yml": None,
            "pkg/c.x": "1\n",
            "d.x": "1\n",
            "e.py": "1\n",
        },
    )

    pr = read_pull_request(repository, "main", "feature")

    assert [pr.attributes.generated(path) for path in ("d.x", "pkg/c.x", "e.py")] == [True, False, None]
    assert [file.binary for file in pr.files if file.path == "e.py"] == [False]
    assert read_policy_text(repository, "main") == "rules: {}\n"
    assert read_policy_text(repository, "feature") is None


def test_renames_binaries_submodules_and_strange_names_add_up(repository: Path) -> None:
    (repository / "pkg" / "b.py").unlink()
    (repository / "pkg" / "b.py").symlink_to("nowhere")
    git(repository, "mv", "a.py", "7\t7\trenamed")
    branch(repository, {"bin": b"\0\1", "with space\tand\nline": "x\n", "empty": ""})
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    git(repository, "commit", "-qm", "sub")

    pr = read_pull_request(repository, "main", "feature")

    assert pr.totals == Totals(len(pr.files), sum(f.added for f in pr.files), sum(f.deleted for f in pr.files))
    assert {(f.path, f.previous_path, f.binary, f.submodule) for f in pr.files} == {
        ("7\t7\trenamed", "a.py", False, False),
        ("bin", None, True, False),
        ("with space\tand\nline", None, False, False),
        ("empty", None, False, False),
        ("pkg/b.py", None, False, False),
        ("sub", None, False, True),
    }


def test_a_policy_beyond_all_measure_is_not_taken_for_none(repository: Path) -> None:
    commit_files(repository, {".github/andon.yml": "#" * 2_000_000})

    assert len(read_policy_text(repository, "main") or "") == 1024 * 1024


@pytest.mark.parametrize(
    ("base", "head", "words"),
    [
        ("nothing", "main", "no such revision: 'nothing'"),
        ("main", "--output=x", "no such revision: '--output=x'"),
        ("main", "main:a.py", "is not a commit"),
        ("main", "f" * 40, "is not a commit"),
        ("main", "lonely", "no common history"),
    ],
)
def test_a_wrong_revision_is_named(repository: Path, base: str, head: str, words: str) -> None:
    git(repository, "switch", "-q", "--orphan", "lonely")
    commit_files(repository, {"z": "z"})

    with pytest.raises(GitError, match=words):
        read_pull_request(repository, base, head)


def test_a_directory_without_a_repository_is_named(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is not a git repository"):
        read_pull_request(tmp_path, "main", "HEAD")
    with pytest.raises(GitError, match="is not a directory"):
        read_pull_request(tmp_path / "none", "main", "HEAD")


def test_a_shallow_clone_is_told_how_to_deepen(repository: Path, tmp_path: Path) -> None:
    branch(repository, {"new.py": "x\n"})
    commit_files(repository, {"new.py": "y\n"})
    git(repository, "switch", "-q", "main")
    commit_files(repository, {"other.py": "x\n"})
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{repository}", str(clone))

    with pytest.raises(GitError, match="fetch --unshallow"):
        read_pull_request(clone, "origin/main", "origin/feature")


def test_replacements_of_history_are_not_followed(repository: Path) -> None:
    first, second, third = (commit_files(repository, {"a.py": f"{number}\n"}) for number in (1, 2, 3))
    git(repository, "replace", "--graft", third, first)

    assert read_pull_request(repository, first, "main~1").head == second


def test_a_shallow_clone_that_reaches_far_enough_is_read(repository: Path, tmp_path: Path) -> None:
    commit_files(repository, {"early.py": "x\n"})
    commit_files(repository, {"other.py": "x\n"})
    head = branch(repository, {"new.py": "x\n"})
    git(tmp_path, "clone", "-q", "--depth=2", "--no-single-branch", f"file://{repository}", "clone")

    pr = read_pull_request(tmp_path / "clone", "origin/main", "origin/feature")

    assert [one.sha for one in pr.commits] == [head]


def test_missing_objects_are_told_and_never_fetched(repository: Path, tmp_path: Path) -> None:
    head = branch(repository, {"new.py": "x\n"})
    blob = git(repository, "rev-parse", "HEAD:new.py").decode().strip()
    trap = tmp_path / "trap"
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "remote.origin.url", f"ext::touch {trap}")
    git(repository, "config", "protocol.ext.allow", "always")
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(GitError, match="Objects are missing here"):
        read_pull_request(repository, "main", head)
    with pytest.raises(GitError, match="is not a commit"):
        read_pull_request(repository, "main", "e" * 40)
    assert not trap.exists()


def test_resolving_a_revision_fetches_nothing(repository: Path, tmp_path: Path) -> None:
    middle = commit_files(repository, {"a.py": "2\n"})
    commit_files(repository, {"a.py": "3\n"})
    trap = tmp_path / "trap"
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::touch {trap}",
        "protocol.ext.allow": "always",
    }.items():
        git(repository, "config", key, value)
    (repository / ".git" / "objects" / middle[:2] / middle[2:]).unlink()

    with pytest.raises(GitError, match="no such revision"):
        read_pull_request(repository, "main", "main~2")
    assert not trap.exists()


def test_nothing_that_the_repository_brings_is_run(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    branch(repository, {".gitattributes": "* filter=evil diff=evil\n", "new.py": "x\n"})
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.askPass",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "alias.diff",
    ):
        git(repository, "config", key, ("!" if key.startswith("alias") else "") + str(script))
    (repository / ".git" / "info" / "attributes").write_text("* filter=evil diff=evil\n*.py -diff\n")
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        path = repository / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(script.read_bytes())
        path.chmod(0o755)
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}

    pr = read_pull_request(repository, "main", "feature")

    assert [(file.path, file.added, file.binary) for file in pr.files] == [
        (".gitattributes", 1, False),
        ("new.py", 1, False),
    ]
    assert not trap.exists()
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == before


def test_settings_of_the_repository_do_not_change_the_count(repository: Path) -> None:
    branch(repository, {"renamed.py": "one\ntwo\nthree\n", "a.py": None, "gr\u00fcn.py": "x\n"})
    plain = read_pull_request(repository, "main", "feature", fetched_at=NOW)
    for key, value in {
        "diff.renames": "false",
        "diff.noprefix": "true",
        "diff.mnemonicPrefix": "true",
        "diff.context": "0",
        "diff.algorithm": "patience",
        "diff.orderFile": "/dev/null",
        "diff.submodule": "log",
        "color.ui": "always",
        "core.quotePath": "true",
        "diff.wsErrorHighlight": "all",
        "log.showSignature": "true",
        "i18n.logOutputEncoding": "UTF-16",
    }.items():
        git(repository, "config", key, value)

    assert read_pull_request(repository, "main", "feature", fetched_at=NOW) == plain


def test_the_environment_of_the_caller_does_not_leak_in(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    branch(repository, {"new.py": "x\n"})
    monkeypatch.setenv("GIT_DIR", os.devnull)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_DIFF_OPTS", "--unified=0")

    assert [file.path for file in read_pull_request(repository, "main", "feature").files] == ["new.py"]


def test_a_work_tree_of_its_own_and_a_bare_repository_are_read_alike(repository: Path, tmp_path: Path) -> None:
    branch(repository, {"new.py": "x\n"})
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    git(tmp_path, "clone", "-q", "--bare", str(repository), "bare.git")

    heads = [read_pull_request(tmp_path / name, "main", "feature").head for name in ("shop", "tree", "bare.git")]
    inside = read_pull_request(repository / "pkg", "main", "feature").head

    assert len({*heads, inside}) == 1


def test_the_default_base_is_the_trunk_of_the_remote_and_else_a_local_one(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(repository), "clone")
    cloned = default_base(tmp_path / "clone")
    git(repository, "branch", "-m", "main", "odd")

    assert cloned == "origin/HEAD"
    with pytest.raises(GitError, match="name one with --base"):
        default_base(repository)


REVERT = 'Revert "Break it"\n\nThis reverts commit {sha}.'


def test_a_revert_is_proven_by_what_it_restores(repository: Path) -> None:
    broken = commit_files(repository, {"a.py": "broken\n", "new.py": "x\n"}, "Break it")
    branch(repository, {"a.py": "one\ntwo\nthree\n", "new.py": None}, REVERT.format(sha=broken))

    assert read_pull_request(repository, "main", "feature").undoes == broken


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.py": "one\ntwo\nthree\n", "new.py": None, "extra.py": "y\n"}, id="with something more"),
        pytest.param({"a.py": "one\ntwo\nTHREE\n", "new.py": None}, id="with other text"),
        pytest.param({"a.py": "one\ntwo\nthree\n"}, id="with something left"),
    ],
)
def test_a_message_alone_proves_no_revert(repository: Path, files: dict[str, str | bytes | None]) -> None:
    broken = commit_files(repository, {"a.py": "broken\n", "new.py": "x\n"}, "Break it")
    branch(repository, files, REVERT.format(sha=broken))

    assert read_pull_request(repository, "main", "feature").undoes is None


def test_taking_back_a_commit_that_never_landed_is_no_revert(repository: Path) -> None:
    git(repository, "switch", "-qc", "decoy")
    commit_files(repository, {"evil.py": "evil()\n" * 900})
    decoy = commit_files(repository, {"evil.py": None}, "Clean up")
    git(repository, "switch", "-q", "main")
    branch(repository, {"evil.py": "evil()\n" * 900}, REVERT.format(sha=decoy))

    assert read_pull_request(repository, "main", "feature").undoes is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["a.py", "pkg/b.py", "c d", "\u00e9/f", "g\th"]),
        st.one_of(st.none(), st.binary(max_size=40), st.text("ab\n", max_size=30).map(str.encode)),
        max_size=4,
    )
)
def test_files_always_add_up_to_the_totals(repository: Path, files: dict[str, bytes | None]) -> None:
    git(repository, "switch", "-qf", "main")
    there = {name: content for name, content in files.items() if content is not None or name in ("a.py", "pkg/b.py")}
    branch(repository, dict(there))

    pr = read_pull_request(repository, "main", "feature")

    assert pr.totals == Totals(len(pr.files), sum(f.added for f in pr.files), sum(f.deleted for f in pr.files))
