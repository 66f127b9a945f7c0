"""Finds the source files whose behaviour a pull request adds or changes, each judged by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.engine.counted import CountedFile, count
from rules.engine.kinds import FileKind
from rules.engine.pull_request import Change, Side
from rules.engine.same_words import unchanged_words
from rules.engine.syntax.marks import Outline, Sign
from rules.engine.syntax.outline import outline
from rules.engine.test_mapping import ecosystem_of, own_tests_from

if TYPE_CHECKING:
    from rules.engine.pull_request import ChangedFile, PullRequest

_EVEN: Final = dict.fromkeys(FileKind, 1.0)
_DELETED: Final = 0.25  # what a deleted line counts, as in small-diff
_TYPES_ONLY: Final = re.compile(r"\.d\.[cm]?ts$|\.pyi$")
_TOOL_CONFIG: Final = re.compile(
    r"(^|/)(\.eslintrc|\.prettierrc|\.pnp|setup|noxfile|conftest|gulpfile|gruntfile|"
    r"(eslint|prettier|babel|jest|vitest|commitlint|stylelint|tailwind|postcss|rollup|vite|webpack|next|nuxt|svelte|"
    r"astro|playwright|cypress|karma|tsup|esbuild|metro|lint-staged)(\.[\w-]+)*\.config)\.[cm]?(js|ts|py)$",
    re.IGNORECASE,
)
_ILLUSTRATION: Final = re.compile(
    r"(^|/)([\w.-]*playgrounds?|examples|demos|benchmarks|benches)/|^(docs?|example|demo|bench|scripts?|ci)/"
    r"|benchmarks?\.\w+$",
    re.IGNORECASE,
)
_NOTHING: Final = re.compile(
    rb"@(?:Override|Deprecated|Documented|SuppressWarnings|SafeVarargs|FunctionalInterface|Nullable|NonNull|NotNull)\b.*|"
    rb"[\s(){}\[\];,]*|end|pass|else:?|begin|if (?:typing\.)?TYPE_CHECKING:|[\"']use (?:strict|client|server)[\"'];?"
)
_LONGEST_DATA: Final = 500  # bytes
_DATA: Final = re.compile(
    rb"(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\b(?:\d\w*(?:\.\d\w*)*|true|false|null|nil|None|True|False)\b"
    rb"|[\s&\[\](){},:;|>=-])*"
)
_VERSION: Final = re.compile(
    rb"(?:(?:export|public|static|final|const|let|var|String|pub)\s+)*[\w.]*version\w*(?::\s*&?\w+)?\s*:?=\s*"
    rb"[\"']v?\d[\w.+-]*[\"'][,;]?",
    re.IGNORECASE,
)
_IMPORT: Final = re.compile(rb"(?:import|from|using|use|#include|package|require|require_relative)\b[^(){}=]*;?")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What one source file does otherwise than before.

    `lines` are the added lines that can run, without rows of literals; `grows` says that fewer went. `novelty` says
    what is new, in words, and is empty where only known behaviour changed. `keeps_names` tells whether every exported
    name is still there; None where that is unknown. `tests_inside` are added lines of tests that the file itself holds.
    """

    path: str
    lines: tuple[int, ...]
    effective: float
    grows: bool
    novelty: str = ""
    keeps_names: bool | None = None
    tests_inside: bool = False
    holds_tests: bool = False


def counted_files(pr: PullRequest) -> tuple[CountedFile, ...]:
    """Count every file of a pull request, all kinds alike."""
    return count(pr, _EVEN)


def may_behave(file: ChangedFile, kind: FileKind) -> bool:
    """Say whether a file is source that could need tests at all."""
    if kind is not FileKind.SOURCE or file.change is Change.DELETED or file.binary:
        return False
    if any(pattern.search(file.path) for pattern in (_TYPES_ONLY, _TOOL_CONFIG, _ILLUSTRATION)):
        return False
    return ecosystem_of(file.path) is not None


def behaviours(read: Outlines, files: Iterable[CountedFile]) -> tuple[Behaviour, ...]:
    """List the source files among `files` that hold added lines which can run."""
    judged = [one for one in files if may_behave(one.file, one.kind)]
    gone = _names_gone(read)
    return tuple(found for one in judged if (found := _behaviour(read, one, gone)).lines or found.tests_inside)


class Outlines:
    """The changed files of one pull request, each read once however often it is asked for."""

    def __init__(self, pr: PullRequest) -> None:
        self.pr = pr
        self._read: dict[str, tuple[Outline | None, Outline | None]] = {}

    def of(self, file: ChangedFile) -> tuple[Outline | None, Outline | None]:
        """Give both sides: base, then head; None for a side that is not there or could not be read."""
        if file.path not in self._read:
            self._read[file.path] = outlines(self.pr, file)
        return self._read[file.path]


def outlines(pr: PullRequest, file: ChangedFile) -> tuple[Outline | None, Outline | None]:
    """Read a file on both sides: base, then head; None for a side that is not there or could not be read."""
    before = file.previous_path or file.path
    old, new = pr.texts.get((Side.BASE, before)), pr.texts.get((Side.HEAD, file.path))
    return (
        outline(before, old) if old is not None and file.change is not Change.ADDED else None,
        outline(file.path, new) if new is not None and file.change is not Change.DELETED else None,
    )


def executable(one: CountedFile, head: Outline | None) -> tuple[int, ...]:
    """List the added lines that run anew: no import, type, docstring, bare bracket, version number or other comment."""
    inert = (head.inert if head else frozenset()) | unchanged_words(one)
    return tuple(
        line.number
        for line in one.added
        if line.number not in inert
        and not _NOTHING.fullmatch(line.text)
        and not _VERSION.fullmatch(line.text)
        and (head is not None or not _IMPORT.fullmatch(line.text))
    )


def _behaviour(read: Outlines, one: CountedFile, gone: frozenset[str]) -> Behaviour:
    file = one.file
    base, head = read.of(file)
    lines = executable(one, head)
    tests_from = own_tests_from(file.path, read.pr.texts.get((Side.HEAD, file.path), b""))
    data = {line.number for line in one.added if _is_data(line.text)}
    own = [line for line in lines if (tests_from is None or line < tests_from) and line not in data]
    is_new = file.change is Change.ADDED
    return Behaviour(
        path=file.path,
        lines=tuple(own),
        effective=len(own) + _DELETED * len(one.deleted),
        grows=len(own) > len(one.deleted),
        novelty=_novelty(base, head, gone, own, is_new=is_new) if own else "",
        keeps_names=None if base is None or head is None else base.definitions <= head.definitions,
        tests_inside=tests_from is not None and any(line >= tests_from for line in lines),
        holds_tests=tests_from is not None,
    )


def _is_data(text: bytes) -> bool:
    """Say whether a line holds nothing but literals, as a row of a table does."""
    return len(text) <= _LONGEST_DATA and _DATA.fullmatch(text) is not None


def _novelty(
    base: Outline | None, head: Outline | None, gone: frozenset[str], lines: Sequence[int], *, is_new: bool
) -> str:
    """Say what is new: a file, a public definition or a branch. What only came from elsewhere is not."""
    fresh = sorted((head.definitions if head else frozenset()) - (base.definitions if base else frozenset()) - gone)
    if is_new:
        came = head is not None and bool(head.definitions) and not fresh
        return "" if came else "a new source file"
    if base is None or head is None:
        return ""
    if fresh:
        return f"`{fresh[0]}` is new" if len(fresh) == 1 else f"`{fresh[0]}` and {len(fresh) - 1} more are new"
    wanted = set(lines)
    branch = next((mark for mark in head.marks(Sign.BRANCH) if mark.line in wanted), None)
    grew = head.count(Sign.BRANCH) > base.count(Sign.BRANCH)
    return f"line {branch.line} branches anew" if branch and grew else ""


def _names_gone(read: Outlines) -> frozenset[str]:
    """Collect the public names that files of this pull request no longer define: what moved is found under them."""
    gone: set[str] = set()
    for file in read.pr.files:
        base, head = read.of(file)
        if base is not None:
            gone |= base.definitions - (head.definitions if head else frozenset())
    return frozenset(gone)
