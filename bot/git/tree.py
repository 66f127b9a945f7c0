"""Reads all files of one commit, and since when a word stands in them, by git plumbing alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.git.objects import blobs, commit_of, opened

_AT_ONCE: Final = 200  # files that are read in one go


def read_files(directory: Path, revision: str, wanted: Callable[[str], bool]) -> Iterator[tuple[int, int, str, bytes]]:
    """Yield each wanted file: its number, how many there are, its path and its text. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        commit = commit_of(directory, objects, revision)
        listed = objects.run("ls-tree", "-r", "-z", "--name-only", commit).decode("utf-8", "replace").split("\0")
        paths = [path for path in listed if path and "\n" not in path and wanted(path)]
        for start in range(0, len(paths), _AT_ONCE):
            some = {f"{commit}:{path}": path for path in paths[start : start + _AT_ONCE]}
            for at, (name, text) in enumerate(blobs(objects, list(some)), start + 1):
                yield at, len(paths), some[name], text


def list_paths(directory: Path, revision: str) -> tuple[str, ...]:
    """List every path of one commit. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        listed = objects.run("ls-tree", "-r", "-z", "--name-only", commit_of(directory, objects, revision))
    return tuple(filter(None, listed.decode("utf-8", "replace").split("\0")))


def first_seen(directory: Path, revision: str, word: str, paths: Sequence[str]) -> int | None:
    """Tell when a word first came into files that hold it now, as the Unix time of that commit. Raises GitError.

    None where no commit shows it, as in a shallow clone. A file that was renamed since is followed by the word itself.
    """
    with tempfile.TemporaryDirectory(prefix="andon-") as own:
        objects = opened(directory, Path(own))
        commit = commit_of(directory, objects, revision)
        suffixes = sorted({path.rpartition(".")[2] for path in paths})
        places = [f":(glob)**/*.{suffix}" for suffix in suffixes]
        told = objects.run("log", "--format=%ct", "--no-renames", f"-S{word}", commit, "--", *places).decode().split()
    return int(told[-1]) if told else None
