"""Pull requests that nobody would open in good faith: a verdict soon, and never small by error."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from simulator.pull_request import PullRequest
from tests.faults.figures import Figure, Place, at_most, exactly
from tests.faults.load import asked, deliver_all, labelled
from tests.faults.serving import JUDGED, Scene, scene, until, until_ready

VERDICT_WITHIN_SECONDS = 2.0
LOOKED = re.compile(r'"address": "pull/[^"]*/(\d+)", "outcome": "finished", "seconds": ([\d.]+)')
RIGHT_TO_LEFT = "\u202e"

Entry = tuple[str, str, bytes]
"""A file of a tree: its mode, its name, and what it holds; a submodule holds the id of a commit."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many files and lines the largest have."""

    files: int
    lines: int
    bytes_of_a_line: int


FULL = Size(3001, 25_000, 1024 * 1024)
SMALL = Size(301, 25_000, 1024 * 1024)


def pull_requests(size: Size) -> Iterator[tuple[str, list[Entry]]]:
    """Make the trees, by names; each adds far more than the limit allows."""
    yield "many files", [("100644", f"part/{number}.py", b"x = 1\n") for number in range(size.files)]
    yield "many lines", [("100644", "long.py", b"x = 1\n" * size.lines)]
    yield "a long line", [("100644", "wide.py", b"x = '" + b"y" * size.bytes_of_a_line + b"'\n")]
    yield (
        "names that turn around",
        [("100644", f"{RIGHT_TO_LEFT}yp.{number}\u2066a\u2069.py", b"x = 1\n") for number in range(40)],
    )
    yield (
        "names with a line break",
        [("100644", f"a{number}\n| forged | 0 | passed |\n.py", b"x = 1\n") for number in range(40)],
    )
    yield "symbolic links", [("120000", f"link_{number}", b"../../../etc/passwd") for number in range(40)]
    yield "submodules", [("160000", f"module_{number}", b"1" * 40) for number in range(40)]
    yield "no final line break and no encoding", [("100644", "odd.py", b"x = 1\n" * 40 + b"y = '\xff\xfe'")]
    yield "source that holds a NUL byte", [("100644", "nul.py", b"x = 1\n" * 40 + b"# \x00\n")]
    yield (
        "many sources that hold a NUL byte",
        [("100644", f"nul/{number}.py", b"x = 1\n" * 40 + b"# \x00\n") for number in range(40)],
    )
    yield (
        "attributes that hide lines",
        [("100644", ".gitattributes", b"*.py binary\n"), ("100644", "hid.py", b"x = 1\n" * 40)],
    )


async def measured(size: Size, place: Place) -> list[Figure]:
    """Let each be judged, one after the other."""
    figures: list[Figure] = []
    async with scene(place, 0, JUDGED) as town, town.served():
        await until_ready(town.port)
        for name, entries in pull_requests(size):
            pull = await _opened(town, name, entries)
            await deliver_all(town.port, iter([labelled(town.github, pull, f"hostile-{pull.number}")]), 1)
            await until(partial(_is_judged, place, pull))
            run = pull.check_run("andon")
            is_small = run is None or run.conclusion == "success"
            figures += [
                exactly(f"{name}: is taken for small", is_small, target=False),
                at_most(f"{name}: slowest verdict", _seconds(place, pull) or 0.0, VERDICT_WITHIN_SECONDS, " s"),
            ]
        alive = await asked(town.port, "/readyz")
    return [*figures, exactly("ready afterwards", alive, 200)]


def _is_judged(place: Place, pull: PullRequest) -> bool:
    return _seconds(place, pull) is not None


def _seconds(place: Place, pull: PullRequest) -> float | None:
    """Read from the log how long the look took that gave a verdict."""
    log = (place.directory / "andon-serve.log").read_text(encoding="utf-8")
    return next((float(seconds) for number, seconds in LOOKED.findall(log) if int(number) == pull.number), None)


async def _opened(town: Scene, name: str, entries: Iterable[Entry]) -> PullRequest:
    """Open a pull request from a tree that only plumbing can make."""
    branch = name.replace(" ", "-").replace(",", "")
    tip = town.shop.branches["main"]
    script = b"".join(_imported(branch, tip, entries))
    folder = str(town.place.directory / "github" / "octo" / "shop.git")
    await asyncio.to_thread(
        subprocess.run, ["git", "--git-dir", folder, "fast-import", "--quiet"], input=script, check=True
    )
    done = await asyncio.to_thread(
        subprocess.run,
        ["git", "--git-dir", folder, "rev-parse", f"refs/heads/{branch}"],
        capture_output=True,
        check=True,
    )
    await town.shop.moved(branch, done.stdout.decode().strip(), town.github.user("mallory"), tell=False)
    return await town.shop.open_pull_request(head_branch=branch, tell=False, author="mallory", title=name)


def _imported(branch: str, tip: str, entries: Iterable[Entry]) -> Iterator[bytes]:
    """Write a commit as `git fast-import` reads it."""
    yield f"commit refs/heads/{branch}\ncommitter mallory <mallory@example.com> 1780000000 +0000\n".encode()
    yield b"data 6\nChange\n" + f"from {tip}\n".encode()
    for mode, name, content in entries:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").encode()
        if mode == "160000":
            yield b'M 160000 %s "%s"\n' % (content, quoted)
        else:
            yield b'M %s inline "%s"\ndata %d\n%s\n' % (mode.encode(), quoted, len(content), content)
