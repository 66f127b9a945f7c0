"""Says in words the smallest step that would guard a block of exposed lines, in the syntax of its language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from rules.engine.flags.reading.pattern import FlagPattern, Returns, Shape

if TYPE_CHECKING:
    from rules.engine.flags.reading.reading import Reading
    from rules.engine.flags.reading.sites import Site
    from rules.engine.flags.tree.nodes import Nodes

LONGEST: Final = 80  # characters of a check, and of a name, that are repeated
_CHAIN: Final = re.compile(r"\w+(?:\.\w+)+")  # a way to ask that can be written as it stands


class Speech(NamedTuple):
    """How one language asks: the head of an `if`, and an early exit, each where a check is true and where not."""

    inside: str
    outside: str
    leave: str
    leave_without: str


_BRACES: Final = Speech("if ({}) {{ … }}", "if (!{}) {{ … }}", "if ({}) return …;", "if (!{}) return …;")
SPEECH: Final[Mapping[str, Speech]] = MappingProxyType(
    {
        "python": Speech("if {}:", "if not {}:", "if {}: return …", "if not {}: return …"),
        "javascript": _BRACES,
        "java": _BRACES,
        "kotlin": Speech("if ({}) {{ … }}", "if (!{}) {{ … }}", "if ({}) return …", "if (!{}) return …"),
        "go": Speech("if {} {{ … }}", "if !{} {{ … }}", "if {} {{ return … }}", "if !{} {{ return … }}"),
        "ruby": Speech("if {}", "unless {}", "return … if {}", "return … unless {}"),
    }
)
"""By the name of the language in the catalogue."""


class Step(Enum):
    """What would guard a block."""

    NOTHING = "nothing is left to do"
    BELOW = "move it below a check that stands in the same function"
    INSIDE = "put it inside an `if` that stands there"
    START = "start the function, which is new, with a check"
    AROUND = "put a check around it"


@dataclass(frozen=True, slots=True)
class Check:
    """How code asks for a flag: what is true while it is on, or while it is `off`; `loose` is no condition at all."""

    said: str
    off: bool = False
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Exposed lines that one step guards: the first, the last, how many.

    `line` is where the check stands that is there, `name` the function that is new; `inside` says that there is one.
    """

    first: int
    last: int
    count: int
    language: str
    step: Step = Step.AROUND
    line: int = 0
    name: str = ""
    inside: bool = False

    def cure(self, check: Check | None) -> str:
        """Say the step, with the check that is used elsewhere."""
        them = "it" if self.count == 1 else "them"
        if self.step is Step.BELOW:
            return f"Move {them} below the check in line {self.line}."
        if self.step is Step.INSIDE:
            return f"Put {them} inside the `if` in line {self.line}."
        if check is None or check.loose:
            return self._loosely(f"`{check.said}`" if check else "a feature flag")
        speech = SPEECH[self.language]
        if self.step is Step.START:
            leave = speech.leave if check.off else speech.leave_without
            return f"Start {self._function} with `{leave.format(check.said)}`."
        inside = speech.outside if check.off else speech.inside
        return f"Put {them} inside `{inside.format(check.said)}`."

    def _loosely(self, flag: str) -> str:
        if self.step is Step.START:
            return f"Put {self._function} behind {flag}, or start it with an early exit while that is off."
        leave = ", or return early while it is off" if self.inside else ""
        return f"Put this behind {flag}{leave}."

    @property
    def _function(self) -> str:
        return f"`{self.name}`" if len(self.name) <= LONGEST else "the function"


def checks_in(reading: Reading) -> tuple[Check, ...]:
    """List how a file asks for flags."""
    return tuple(dict.fromkeys(_check(reading.nodes, site) for site in reading.sites))


def _check(nodes: Nodes, site: Site) -> Check:
    asked = _awaited(nodes, site.node)
    said = nodes.word(asked)
    is_condition = site.pattern.shape is Shape.CHAIN and site.pattern.returns is Returns.BOOL
    is_alone = nodes.types[nodes.parents[asked]] in nodes.grammar.lone
    if not is_condition or is_alone or len(said) > LONGEST or "`" in said or not said.isprintable():
        return Check(site.pattern.shown, loose=True)
    return Check(said, off=site.pattern.negated or site.key.startswith("!"))


def _awaited(nodes: Nodes, node: int) -> int:
    parent = nodes.parents[node]
    return parent if nodes.said(parent).startswith(b"await ") else node


def own_check(patterns: Iterable[FlagPattern]) -> Check | None:
    """Write how a policy says that this repository asks, where that can be written as it stands."""
    return next(_written(patterns), None)


def _written(patterns: Iterable[FlagPattern]) -> Iterator[Check]:
    for pattern in patterns:
        if _CHAIN.fullmatch(pattern.shown):
            yield Check(f"{pattern.shown}(…)", off=pattern.negated)
