"""Says which changed files are risky, and why: by the words of their path, what they import, and what they call."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rules.engine.flags.used import used_modules
from rules.engine.globs import Glob

if TYPE_CHECKING:
    from rules.engine.flags.naming.names import Names


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
    """What gives a class away: words of a path, imported modules that are used, and the ends of called chains.

    `words` name a matter, wherever they stand in a path. `roles` name what a file is: only as the last word of the file
    or of a directory, and not in a directory of `others`, who only use what has that role.
    """

    words: list[str]
    modules: list[str]
    calls: list[str]
    roles: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def are_in(self, path: str) -> bool:
        """Say whether a path gives the class away."""
        if not path_words(path).isdisjoint(self.words):
            return True
        last = path_roles(path)
        return not last.isdisjoint(self.roles) and last.isdisjoint(self.others)


def _load() -> Mapping[RiskClass, Signs]:
    data = tomllib.loads((pkgutil.get_data(__name__, "risk.toml") or b"").decode())
    return MappingProxyType({RiskClass(kind): Signs(**signs) for kind, signs in data.items()})


SIGNS: Final = _load()
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)
def path_words(path: str) -> frozenset[str]:
    """Cut a path into its words: `src/UserAuth/log_in.py` is src, user, auth, log, in, py."""
    return frozenset(word.lower() for word in _HUMP.split(path) if word)


@lru_cache(maxsize=4096)
def path_roles(path: str) -> frozenset[str]:
    """List what a file and its directories are, by their last words: `app/big_views/BigCart.py` is app, views, cart."""
    *directories, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    parts = (tuple(filter(None, _HUMP.split(part))) for part in (*directories, stem))
    return frozenset(words[-1].lower() for words in parts if words)


@dataclass(frozen=True, slots=True)
class Risk:
    """What a maintainer calls risky: `globs` of paths, and the classes that are on."""

    globs: tuple[Glob, ...]
    classes: frozenset[RiskClass]

    def by_path(self, path: str) -> str | None:
        """Name the class of a path, `risky` where the maintainer says so; None where its words give nothing away."""
        if any(glob.matches(path) for glob in self.globs):
            return "risky"
        return next((kind.value for kind, signs in self._on() if signs.are_in(path)), None)

    def by_code(self, names: Names, lines: frozenset[int]) -> str | None:
        """Name the class that calls on added lines give away, or imports that the functions around them use."""
        called = [names.nodes.chain(call) for call in names.calls if _starts_on(names, call, lines)]
        ends = frozenset(end for chain in called for end in (chain[-1:], chain[-2:]))
        words = frozenset(".".join(end) for end in ends)
        imported = used_modules(names, lines)
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
