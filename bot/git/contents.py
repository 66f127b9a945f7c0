"""Reads files of many commits through one process of git."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from typing import Final, Self

from bot.git.objects import GitError, Objects

_LARGEST: Final = 1024 * 1024  # bytes of one file that are given
_HEADER: Final = 3  # words of the line before an object: its id, its type and its size


class Contents:
    """The files of a repository by commit and path; a context, which ends its process."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def paths(self, commit: str) -> frozenset[str]:
        """List every path of a commit. Raises GitError."""
        listed = self._objects.run("ls-tree", "-r", "-z", "--name-only", commit)
        return frozenset(filter(None, listed.decode("utf-8", "replace").split("\0")))

    def texts(self, commit: str, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the files among the paths; what is missing or no file is left out, what is too large cut."""
        for path in paths:
            text = None if "\n" in path else self._text(f"{commit}:{path}")
            if text is not None:
                yield path, text

    def _text(self, name: str) -> bytes | None:
        """Ask for one object: one question, one answer, so that neither side waits for the other."""
        process = self._asked(name)
        if process.stdout is None:
            raise GitError("git has no output")
        words = process.stdout.readline().rsplit(b" ", _HEADER - 1)
        if len(words) < _HEADER or not words[-1].rstrip().isdigit():
            return None
        left = int(words[-1]) + 1
        kept = process.stdout.read(min(left - 1, _LARGEST))
        left -= len(kept)
        while left > 0 and (more := process.stdout.read(min(left, _LARGEST))):
            left -= len(more)
        return kept if words[-2] == b"blob" else None

    def _asked(self, name: str) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            directory, environment = self._objects.directory, self._objects.environment
            command = ("git", "cat-file", "--batch")
            self._process = subprocess.Popen(
                command, cwd=directory, env=environment, stdin=pipe, stdout=pipe, stderr=nowhere
            )
        if self._process.stdin is None:
            raise GitError("git has no input")
        try:
            self._process.stdin.write(name.encode("utf-8", "replace") + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise GitError(f"git ended while it was asked: {error.strerror}") from error
        return self._process
