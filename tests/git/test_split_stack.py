"""The split advice of small-diff, carried out by real git and bash: the parts give the head, each small enough."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from bot.git.pull_request import read_pull_request
from rules.engine.evaluate import evaluate
from rules.engine.policy import Listed, Policy
from rules.engine.result import Mode, RuleResult
from rules.engine.split import INSIDE, REST
from rules.small_diff import SmallDiff
from tests.factories import git

UNMASKED = "whose lines did not count"  # a rename that is found whatever its size; no cut can help
SMALL = SmallDiff(max_lines=40, good_lines=10, max_files=5)
PLAIN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
PERSON = {f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def judge(repository: Path, base: str, head: str) -> RuleResult:
    policy = Policy((Listed("small-diff", Mode.HOLD, SMALL),))
    return evaluate(policy, read_pull_request(repository, base, head)).results[0]


def carry_out(repository: Path, commands: list[str]) -> None:
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command], cwd=repository, env=PLAIN | PERSON, capture_output=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)


def parts_of(result: RuleResult) -> list[Mapping[str, Any]]:
    parts = result.facts["parts"]
    assert isinstance(parts, list)
    return parts


def tree(repository: Path, revision: str) -> bytes:
    return git(repository, "rev-parse", f"{revision}^{{tree}}")


def check_advice(repository: Path) -> list[Mapping[str, Any]]:
    """Build the proposed stack and hold every part of it against the rule."""
    git(repository, "branch", "-f", "head")
    parts = parts_of(judge(repository, "main", "head"))
    git(repository, "switch", "-q", "--detach", "main")
    before = "main"
    for part in parts:
        carry_out(repository, part["commands"])
        after = git(repository, "rev-parse", "HEAD").decode().strip()
        alone = judge(repository, before, after)
        excused = part["title"].endswith(INSIDE + ")") or part["title"] == REST
        assert (part["title"], alone.facts["effective_lines"]) == (part["title"], part["effective_lines"])
        assert excused or [one for one in alone.findings if UNMASKED not in one.message] == [], (part, alone)
        before = after
    if parts:
        assert tree(repository, "HEAD") == tree(repository, "head")
        assert git(repository, "status", "--porcelain", "--ignore-submodules=all") == b""
    return parts


NAMES = [
    b"a.py", b"src/b.py", b"src/c d.py", b"src/deep/er/e.py", b"src/it's.py", b'"quoted".js', b"new\nline.go", b"-n",
    b"--all", b"tab\there", b"*", b"src/*.py", b"[ab].py", b":(top)x", b":/odd", b"back\\slash", b"`id`", b"$HOME",
    b"$(id).rb", b"!important", b"~", b"#hash", "ünï/cödé.py".encode(), "bidi\u202egnp.py".encode(), b"raw\xff.py",
    b"raw\xfe.py", b"tests/test_b.py", b"db/migrations/0001_x.sql", b"docs/x.md", b"yarn.lock", b"package.json",
    b".gitattributes", b"sub/.gitattributes", b"dir/a", b"dir/b", b"x/y", b"x/z/w", b"-d/-e", b" lead", b"trail ",
]  # fmt: skip


def text(seed: int, lines: int) -> bytes:
    return b"".join(b"call_%d_%d(argument_%d)\n" % (seed, number, seed * 31 + number) for number in range(lines))


@dataclass
class Work:
    """A work tree as the drawn steps change it, by bytes: names need be no text."""

    root: bytes

    def write(self, name: bytes, content: bytes) -> None:
        path = self.root + b"/" + name
        self.clear(name)
        subprocess.run(["mkdir", "-p", "--", path.rpartition(b"/")[0]], check=True)
        with open(path, "wb") as file:  # noqa: PTH123 - a Path holds no bytes
            file.write(content)

    def clear(self, name: bytes) -> None:
        """Make room: what stands where the name or a directory above it is to be goes away."""
        parents = [name[:at] for at in range(len(name)) if name[at : at + 1] == b"/"]
        for parent in parents:
            subprocess.run(
                ["bash", "-c", 'if [ -L "$1" ] || [ -f "$1" ]; then rm -f -- "$1"; fi', "-", self.root + b"/" + parent],
                check=True,
            )
        subprocess.run(["rm", "-rf", "--", self.root + b"/" + name], check=True)

    def run(self, *command: bytes | str) -> None:
        subprocess.run(command, cwd=self.root, check=False, capture_output=True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "append", "delete", "rename", "mode", "link", "into directory", "commit"]),
        st.integers(0, len(NAMES) - 1),
        st.integers(0, len(NAMES) - 1),
        st.integers(1, 60),
    ),
    min_size=3,
    max_size=14,
)


def take(work: Work, step: tuple[str, int, int, int], seed: int) -> None:
    kind, one, other, lines = step
    name, second = NAMES[one], NAMES[other]
    seed %= 7  # so that lines come back elsewhere: moves and renames
    match kind:
        case "write":
            work.write(name, text(seed, lines))
        case "append":
            work.run(
                "bash", "-c", 'if [ -f "$1" ]; then cat >> "$1" <<< "$2"; fi', "-", b"./" + name, text(seed, lines)
            )
        case "delete":
            work.run("rm", "-rf", "--", name)
        case "rename" if name.strip(b"/") != second and not second.startswith(name + b"/"):
            work.run(
                "bash", "-c", 'mkdir -p -- "$(dirname -- "$2")"; mv -T -- "$1" "$2"', "-", b"./" + name, b"./" + second
            )
        case "mode":
            work.run("chmod", "+x", b"./" + name)
        case "link":
            work.clear(name)
            work.run("ln", "-s", "--", "somewhere/else", b"./" + name)
        case "into directory":
            work.write(name + b"/inside.py", text(seed, lines))
        case _:
            commit(work, seed)


def commit(work: Work, seed: int) -> None:
    directory = Path(work.root.decode())
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", f'Step {seed}: `odd` "title" $HOME')


@given(first=STEPS, then=STEPS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_parts_applied_in_order_give_the_head_and_each_is_small(
    first: list[tuple[str, int, int, int]], then: list[tuple[str, int, int, int]]
) -> None:
    with TemporaryDirectory() as directory:
        repository, work = Path(directory), Work(directory.encode())
        git(repository, "init", "-q")
        for seed, step in enumerate(first):
            take(work, ("write", *step[1:]), seed)
        commit(work, 0)
        git(repository, "switch", "-q", "-c", "feature")
        for seed, step in enumerate(then, 1000):
            take(work, step, seed)
        commit(work, 9999)

        parts = check_advice(repository)

        event(f"{len(parts)} parts")


def test_submodules_links_modes_and_empty_files_are_carried_over(tmp_path: Path) -> None:
    work = Work(bytes(tmp_path))
    git(tmp_path, "init", "-q")
    work.write(b"run.sh", text(1, 3))
    work.write(b"link", text(2, 3))
    git(tmp_path, "add", "-A")
    for name in ("old", "kept"):
        git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub/{name}")
    git(tmp_path, "commit", "-qm", "Begin")
    git(tmp_path, "switch", "-qc", "feature")
    work.run("chmod", "+x", "run.sh")
    work.clear(b"link")
    work.run("ln", "-s", "run.sh", "link")
    work.write(b"empty/file", b"")
    work.write(b"a.py", text(3, 35))
    work.write(b"b.py", text(4, 35))
    git(tmp_path, "add", "a.py", "b.py", "run.sh", "link", "empty")
    git(tmp_path, "update-index", "--force-remove", "sub/old")
    git(tmp_path, "update-index", "--cacheinfo", f"160000,{'2' * 40},sub/kept")
    git(tmp_path, "update-index", "--add", "--cacheinfo", f"160000,{'3' * 40},sub/new")
    git(tmp_path, "commit", "-qm", "Work")

    assert len(check_advice(tmp_path)) >= 2


def test_commits_become_branches_with_their_own_words(tmp_path: Path) -> None:
    work = Work(bytes(tmp_path))
    git(tmp_path, "init", "-q")
    commit(work, 0)
    git(tmp_path, "switch", "-qc", "feature")
    for seed, name in enumerate((b"z.py", b"a.py", b"m.py"), 1):
        work.write(name, text(seed, 30))
        commit(work, seed)

    parts = check_advice(tmp_path)

    words = git(tmp_path, "log", "--reverse", "--format=%s", "main..HEAD").decode().splitlines()
    assert [part["files"] for part in parts] == [["z.py"], ["a.py"], ["m.py"]]
    assert words == [f'Step {seed}: ?odd? "title" $HOME' for seed in (1, 2, 3)]
