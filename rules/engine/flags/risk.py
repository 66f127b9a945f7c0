"""Says which changed files are risky, and why: by the words of their path, what they import, and what they call."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rules.engine.globs import Glob

if TYPE_CHECKING:
    from rules.engine.flags.names import Names


class RiskClass(StrEnum):
    """What may go wrong in production."""

    AUTH = "auth"
    PAYMENTS = "payments"
    PUBLIC_API = "public-api"
    DATA_WRITE = "data-write"
    QUEUE_CONTRACT = "queue-contract"
    EXTERNAL_SIDE_EFFECT = "external-side-effect"
    CONCURRENCY = "concurrency"


@dataclass(frozen=True, slots=True)
class Signs:
    """What gives a class away: whole words of a path, imported modules, and the ends of called chains."""

    words: list[str]
    modules: list[str]
    calls: list[str]


def _load() -> Mapping[RiskClass, Signs]:
    data = tomllib.loads((pkgutil.get_data(__name__, "risk.toml") or b"").decode())
    return MappingProxyType({RiskClass(kind): Signs(**signs) for kind, signs in data.items()})


SIGNS: Final = _load()
_JOINT: Final = re.compile(r"[./]")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)
def path_words(path: str) -> frozenset[str]:
    """Cut a path into its words: `src/UserAuth/log_in.py` is src, user, auth, log, in, py."""
    return frozenset(word.lower() for word in _HUMP.split(path) if word)


@dataclass(frozen=True, slots=True)
class Risk:
    """What a maintainer calls risky: `globs` of paths, and the classes that are on."""

    globs: tuple[Glob, ...]
    classes: frozenset[RiskClass]

    def by_path(self, path: str) -> str | None:
        """Name the class of a path, `risky` where the maintainer says so; None where its words give nothing away."""
        if any(glob.matches(path) for glob in self.globs):
            return "risky"
        words = path_words(path)
        return next((kind.value for kind, signs in self._on() if not words.isdisjoint(signs.words)), None)

    def by_code(self, names: Names, lines: frozenset[int]) -> str | None:
        """Name the class that a file's imports, or the calls on its added lines, give away."""
        called = [names.nodes.chain(call) for call in names.calls if _starts_on(names, call, lines)]
        ends = frozenset(end for chain in called for end in (chain[-1:], chain[-2:]))
        words = frozenset(".".join(end) for end in ends)
        imported = frozenset(part for module in names.modules for part in _parts(module))
        found = (
            kind.value
            for kind, signs in self._on()
            if not words.isdisjoint(signs.calls) or not imported.isdisjoint(signs.modules)
        )
        return next(found, None)

    def _on(self) -> Iterable[tuple[RiskClass, Signs]]:
        return ((kind, signs) for kind, signs in SIGNS.items() if kind in self.classes)


def _starts_on(names: Names, call: int, lines: frozenset[int]) -> bool:
    return names.nodes.row(names.nodes.starts[call]) in lines


@lru_cache(maxsize=4096)
def _parts(module: str) -> tuple[str, ...]:
    """List what a module is inside: `a.b/c` is in `a` and `a.b`, and a package of `@a` in `@a/*`."""
    ends = [found.start() for found in _JOINT.finditer(module)]
    scope = module.partition("/")[0]
    return (module, *(module[:end] for end in ends), f"{scope}/*")
