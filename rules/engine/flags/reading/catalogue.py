"""Knows how the common flag libraries are asked, by language; each only counts in files that import it."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NotRequired, TypedDict

from rules.engine.flags.reading.pattern import FlagPattern, Returns, parse


class _Entry(TypedDict):
    """One library as the file writes it, and the package or repository in which it was `seen` so."""

    imports: list[str]
    returns: str
    key: int
    flags: list[str]
    seen: str | None
    default: NotRequired[int]


@dataclass(frozen=True, slots=True)
class Library:
    """One flag library, or one part of it. Without `imports` its names are telling enough by themselves."""

    imports: tuple[str, ...]
    patterns: tuple[FlagPattern, ...]

    def is_imported(self, modules: Iterable[str]) -> bool:
        """Say whether one of the imported modules is the library, or is inside it."""
        return not self.imports or any(_is_within(module, wanted) for module in modules for wanted in self.imports)

    def may_be_asked(self, text: bytes) -> bool:
        """Say whether a text holds the words of the library at all, which most do not."""
        return any(pattern.may_be_in(text) for pattern in self.patterns)


def _roots(library: Library) -> Iterator[bytes]:
    """Walk the longest parts of the modules' names, which every import of them spells; nothing where none is needed."""
    for module in library.imports or ("",):
        yield max(re.split(r"[./*]", module), key=len).encode()


def _is_within(module: str, wanted: str) -> bool:
    if wanted.endswith("/*"):
        return module.startswith(wanted[:-1])
    return module == wanted or module.startswith((f"{wanted}.", f"{wanted}/"))


def _library(entry: _Entry) -> Library:
    kind, is_gated = Returns(entry["returns"]), bool(entry["imports"])
    patterns = (parse(flag, kind, key=entry["key"], only_called=is_gated) for flag in entry["flags"])
    place = entry.get("default", -1)
    return Library(tuple(entry["imports"]), tuple(replace(pattern, default=place) for pattern in patterns))


def _load() -> Mapping[str, tuple[Library, ...]]:
    """Read the libraries of each language; one that names another asks those of that."""
    data: dict[str, list[_Entry] | str] = json.loads(pkgutil.get_data(__name__, "catalogue.json") or b"{}")
    found = {language: tuple(map(_library, some)) for language, some in data.items() if not isinstance(some, str)}
    shared = {language: found[other] for language, other in data.items() if isinstance(other, str)}
    return MappingProxyType({**found, **shared})


def _by_root(libraries: Iterable[Library]) -> Mapping[bytes, list[Library]]:
    found: dict[bytes, list[Library]] = {}
    for library in libraries:
        for root in _roots(library):
            found.setdefault(root, []).append(library)
    return MappingProxyType(found)


LIBRARIES: Final = _load()
_ROOTS: Final = MappingProxyType({language: _by_root(libraries) for language, libraries in LIBRARIES.items()})


@lru_cache(maxsize=512)
def patterns_for(language: str, modules: frozenset[str]) -> tuple[FlagPattern, ...]:
    """List the patterns that hold in a file of this language which imports these modules."""
    found = (one.patterns for one in LIBRARIES[language] if one.is_imported(modules))
    return tuple(dict.fromkeys(pattern for patterns in found for pattern in patterns))


def may_ask(language: str, text: bytes) -> bool:
    """Say whether a text may ask any library for a flag, without reading it."""
    named = (libraries for root, libraries in _ROOTS[language].items() if root in text)
    return any(library.may_be_asked(text) for libraries in named for library in libraries)
