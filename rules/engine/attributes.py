"""Answers what the trusted `.gitattributes` files say of a path, as `git check-attr` would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from rules.engine.globs import Glob

State = bool | str | None
"""`name` is True, `-name` False, `name=value` its text, `!name` None (explicitly unspecified)."""

_LONGEST_LINE: Final = 2048  # bytes; git ignores longer ones (attr.h, ATTR_MAX_LINE_LENGTH)
_NAME: Final = re.compile(r"(?!-)(?!builtin_)[-A-Za-z0-9_.]+")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BLANKS: Final = " \t\r\n"
_MACRO: Final = "[attr]"
_WORDS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: a pattern with what it assigns, or a macro (`pattern` None) with what it stands for."""

    pattern: Glob | None
    macro: str
    states: tuple[tuple[str, State], ...]


@dataclass(frozen=True, slots=True)
class Attributes:
    """The `.gitattributes` texts by their directory: `""` for the root, else with a trailing slash (`"pkg/"`)."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def generated(self, path: str) -> bool | None:
        """Say whether `linguist-generated` marks the path (True), unmarks it (False), or is silent (None)."""
        return self._truth(path, "linguist-generated")

    def vendored(self, path: str) -> bool | None:
        """Say whether `linguist-vendored` marks the path (True), unmarks it (False), or is silent (None)."""
        return self._truth(path, "linguist-vendored")

    def value(self, path: str, name: str) -> State:
        """Look one attribute up: the deepest file decides, and in it the last line that matches."""
        if not any(name in text for text in self.texts.values()):
            return None
        decided: dict[str, State] = {}
        macros = self._macros()
        for directory in sorted((there for there in self.texts if path.startswith(there)), key=len, reverse=True):
            below = path[len(directory) :]
            for line in reversed(_parsed(self.texts[directory])):
                if line.pattern is not None and line.pattern.matches(below):
                    _fill(decided, line.states, macros)
            if name in decided:
                break
        return decided.get(name)

    def _truth(self, path: str, name: str) -> bool | None:
        state = self.value(path, name)
        return _WORDS.get(state.lower()) if isinstance(state, str) else state

    def _macros(self) -> dict[str, tuple[tuple[str, State], ...]]:
        """Collect the macros, which git allows in the root file alone."""
        return {line.macro: line.states for line in _parsed(self.texts.get("", "")) if line.pattern is None}


def _fill(
    decided: dict[str, State],
    states: tuple[tuple[str, State], ...],
    macros: Mapping[str, tuple[tuple[str, State], ...]],
) -> None:
    """Assign what is not assigned yet, from right to left, and open macros that are switched on."""
    for name, state in reversed(states):
        if name not in decided:
            decided[name] = state
            if state is True and name in macros:
                _fill(decided, macros[name], macros)


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[_Line, ...]:
    return tuple(line for raw in text.removeprefix("\ufeff").split("\n") if (line := _line(raw)) is not None)


def _line(raw: str) -> _Line | None:
    text = raw.strip(_BLANKS)
    if not text or text.startswith("#") or len(raw.encode("utf-8", "replace")) >= _LONGEST_LINE:
        return None
    pattern, rest = _first_word(text)
    states = [_state(word) for word in re.split(f"[{_BLANKS}]+", rest) if word]
    known = tuple(state for state in states if state is not None)
    if len(known) < len(states):
        return None
    if text.startswith(_MACRO):
        return _macro(text)
    return None if pattern.startswith("!") else _Line(Glob(pattern, anywhere=True), "", known)


def _macro(text: str) -> _Line | None:
    name, *words = text.removeprefix(_MACRO).split()
    states = [state for word in words if (state := _state(word)) is not None]
    return _Line(None, name, tuple(states)) if _NAME.fullmatch(name) and len(states) == len(words) else None


def _first_word(text: str) -> tuple[str, str]:
    quoted = _QUOTED.match(text)
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted[1]), text[quoted.end() :]
    word = re.split(f"[{_BLANKS}]", text, maxsplit=1)
    return word[0], word[1] if len(word) > 1 else ""


def _state(word: str) -> tuple[str, State] | None:
    if word[0] in "-!":
        name, state = word[1:], False if word[0] == "-" else None
        name, _, value = name.partition("=")
        return (name, state) if _NAME.fullmatch(name) else None
    name, has_value, value = word.partition("=")
    return (name, value if has_value else True) if _NAME.fullmatch(name) else None
