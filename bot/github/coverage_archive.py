"""Reads coverage reports out of an archive that a stranger packed. Nothing in it is taken on trust but its bytes.

No entry's path is used for anything but its suffix, nothing is written to a disk, an archive within the archive is left
alone, and what grows beyond the bounds is refused as it grows: the sizes that an archive claims are not believed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rules.engine.coverage import Coverage, CoverageError, read_coverage

LARGEST_ARCHIVE: Final = 4 * 1024 * 1024
"""Bytes as downloaded; reports of a hundred thousand files pack into less."""

LARGEST_UNPACKED: Final = 32 * 1024 * 1024
"""Bytes of all reports together."""

MOST_ENTRIES: Final = 1000
MOST_REPORTS: Final = 20
SUFFIXES: Final = (".xml", ".info", ".lcov", ".out", ".cov")
"""What test runners call their reports: Cobertura, LCOV, Go profile."""

_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""What GitHub packs with. Others may ask for gigabytes before they give the first byte."""

_ENCRYPTED: Final = 1
_WORDS: Final = 200
_LONGEST_PATH: Final = 4096
_DEEPEST: Final = 64


class ArchiveError(ValueError):
    """The archive cannot be used; the message says why."""


def read_archive(archive: bytes, paths: Sequence[str]) -> Coverage:
    """Read every report in an archive and keep what is said of these paths. What cannot be read is said in words."""
    reports: list[Coverage] = []
    unread: list[str] = []
    try:
        for report in _reports(archive):
            try:
                reports.append(read_coverage(report))
            except CoverageError as error:
                unread.append(_plain(str(error)))
    except ArchiveError as error:
        return Coverage({}, (f"the artifact {error}",))
    if not reports and not unread:
        unread.append("the artifact holds no report: a file that ends in .xml, .info, .lcov, .out or .cov")
    return Coverage(joined(reports, paths).files, tuple(dict.fromkeys(unread)))


def joined(reports: Iterable[Coverage], paths: Sequence[str]) -> Coverage:
    """Join reports path by path: a line ran where any of them says so. Every path is named, so that none is guessed."""
    files: dict[str, dict[int, bool]] = {path: {} for path in paths}
    unread: list[str] = []
    for report in reports:
        unread += report.unread
        for path, near in _near(report, paths).items():
            lines = files[path]
            for line, ran in Coverage({name: report.files[name] for name in near}).of(path).items():
                lines[line] = lines.get(line, False) or ran
    return Coverage(files, tuple(dict.fromkeys(unread)))


def _near(report: Coverage, paths: Sequence[str]) -> Mapping[str, list[str]]:
    """List for each path the names of a report that may mean it; takes as long as the report, however many paths."""
    near: dict[str, list[str]] = defaultdict(list)
    wanted = frozenset(paths)
    for name in report.files:
        for end in wanted.intersection(_ends(name)):
            near[end].append(name)
    for path in wanted:
        near[path] += [end for end in _ends(path) if end != path and end in report.files]
    return near


def _ends(path: str) -> Iterator[str]:
    """Give a path and what is left of it without its first directories; of one that no system could have, nothing."""
    if len(path) > _LONGEST_PATH:
        return
    parts = path.rsplit("/", _DEEPEST)
    yield from ("/".join(parts[at:]) for at in range(len(parts)))


def _reports(archive: bytes) -> Iterator[bytes]:
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            for entry in _entries(zipped):
                with zipped.open(entry) as opened:
                    content = opened.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise ArchiveError(f"unpacks to more than {LARGEST_UNPACKED // 1024 // 1024} MB")
                yield content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError("is no whole zip archive") from error


def _entries(zipped: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = zipped.infolist()
    if len(entries) > MOST_ENTRIES:
        raise ArchiveError(f"holds more than {MOST_ENTRIES} files")
    reports = [entry for entry in entries if entry.filename.lower().endswith(SUFFIXES)]
    if len(reports) > MOST_REPORTS:
        raise ArchiveError(f"holds more than {MOST_REPORTS} reports")
    if any(entry.compress_type not in _PACKINGS or entry.flag_bits & _ENCRYPTED for entry in reports):
        raise ArchiveError("is packed in another way than GitHub packs, or encrypted")
    return reports


def _plain(words: str) -> str:
    """Leave out of an error what a report might have put into it for other eyes."""
    return "".join(character if character.isprintable() else "�" for character in words)[:_WORDS]
