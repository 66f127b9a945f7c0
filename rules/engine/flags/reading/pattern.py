"""Reads and matches flags as maintainers write them: `features.has`, `!*.isOff`, `<FeatureFlag>`, `@gate`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final

_SPELLING: Final = re.compile(r"(!?)(@|<|)([\w$*]+[?!]?(?:\.[\w$*]+[?!]?)*)(/?>|)")


class Shape(Enum):
    """What a flag is in the code."""

    CHAIN = "a dotted chain, called or not"
    COMPONENT = "an element of markup"
    DECORATOR = "a decorator"


class Returns(Enum):
    """What reading a flag gives: whether it is on, one of its variants, an object that says so, or a bag of flags."""

    BOOL = "bool"
    STRING = "string"
    OBJECT = "object"
    BAG = "bag"


@dataclass(frozen=True, slots=True)
class FlagPattern:
    """One way to read a flag.

    `names` are matched at the end of a chain. `negated` is where true means off. `key` is the place of the flag's own
    name among the arguments, -1 where it is none of them. With `only_called`, an attribute of that name is no flag.
    `default` is the first place at which the value may stand that counts where nobody answers, -1 where none is known.
    """

    shape: Shape
    names: tuple[str, ...]
    negated: bool = False
    returns: Returns = Returns.BOOL
    key: int = 0
    only_called: bool = False
    default: int = -1

    def may_be_in(self, text: bytes) -> bool:
        """Say whether a text holds all the words of the pattern at all, which most do not."""
        return all(piece.encode() in text for name in self.names for piece in name.split("*"))

    @property
    def shown(self) -> str:
        """Give the pattern as it is written in a policy."""
        words = ".".join(self.names)
        return {Shape.CHAIN: words, Shape.COMPONENT: f"<{words}>", Shape.DECORATOR: f"@{words}"}[self.shape]


def parse(text: str, returns: Returns = Returns.BOOL, *, key: int = 0, only_called: bool = False) -> FlagPattern:
    """Read one pattern. Raises ValueError with the cure for what cannot be one."""
    plain = text.strip().replace("?.", ".").replace("::", ".").removesuffix("()").removesuffix("(")
    found = _SPELLING.fullmatch(plain)
    if found is None or (found[2] == "<") != bool(found[4]) or set(found[3]) <= set("*."):
        raise ValueError(
            f"`{text}` is no flag: write a chain such as `features.has` or `*.isOn`, `<Component>` or `@decorator`, "
            "with `!` in front where true means off"
        )
    shape = {"": Shape.CHAIN, "<": Shape.COMPONENT, "@": Shape.DECORATOR}[found[2]]
    return FlagPattern(shape, tuple(found[3].split(".")), bool(found[1]), returns, key, only_called)


@dataclass(frozen=True, slots=True)
class FlagPatterns:
    """The patterns that hold in one file, the maintainer's own first."""

    patterns: tuple[FlagPattern, ...]

    def find(self, shape: Shape, chain: Sequence[str], *, called: bool = True) -> FlagPattern | None:
        """Give the first pattern that the end of a chain matches."""
        if not chain or not _last_names(self.patterns, shape).fullmatch(chain[-1]):
            return None
        fitting = (one for one in self.patterns if one.shape is shape and (called or not one.only_called))
        return next((one for one in fitting if _matches(one.names, chain)), None)


@lru_cache(maxsize=256)
def _last_names(patterns: tuple[FlagPattern, ...], shape: Shape) -> re.Pattern[str]:
    """Join the last names of all patterns, so that one look tells most names apart."""
    return re.compile("|".join(_glob(one.names[-1]) for one in patterns if one.shape is shape) or "(?!)")


def _glob(name: str) -> str:
    """Write a name with stars as a regular expression; every star but the last is atomic, so none can run away."""
    first, *rest = [re.escape(piece) for piece in re.split(r"\*+", name)]
    if not rest:
        return first
    middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1])
    return f"{first}{middle}.*{rest[-1]}"


@lru_cache(maxsize=1024)
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(_glob(name), re.DOTALL)


def _matches(names: Sequence[str], chain: Sequence[str]) -> bool:
    if len(chain) < len(names):
        return False
    ends = zip(reversed(names), reversed(chain), strict=False)
    return all(_compiled(name).fullmatch(word) for name, word in ends)


def parsed(texts: Iterable[str]) -> tuple[FlagPattern, ...]:
    """Read the maintainer's patterns, each once. Of `flags.*` the first part gives a bag of flags by itself."""
    found = [parse(text) for text in texts]
    bags = (
        replace(one, names=one.names[:-1], returns=Returns.BAG, key=-1)
        for one in found
        if one.shape is Shape.CHAIN and one.names[1:] and one.names[-1] == "*" and not one.negated
    )
    return tuple(dict.fromkeys((*found, *bags)))
