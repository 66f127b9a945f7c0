"""What a rule is: its fields are its options, its `check` is its logic, its docstring is its page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from pydantic import BaseModel, ConfigDict

from rules.engine.needs import Needs
from rules.engine.pull_request import PullRequest
from rules.engine.result import Kind, Mode, Yielded

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def kebab(name: str) -> str:
    """Spell a Python name as policies do: `max_lines` as `max-lines`."""
    return name.replace("_", "-")


class Options(BaseModel):
    """A part of a policy: frozen, spelled in kebab-case, and strict about words that it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=kebab, validate_by_name=True, allow_inf_nan=False
    )


class Rule(Options):
    """One practice that a pull request is held against.

    `default_mode` is the mode where a policy names none, and the one in `andon:recommended`. `exempt_kinds` gives, for
    each kind of change that the rule does not judge, the reason in words for people. `facts` says what is measured.
    """

    default_mode: ClassVar[Mode] = Mode.WARN
    exempt_kinds: ClassVar[Mapping[Kind, str]] = MappingProxyType({})
    facts: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @classmethod
    def name(cls) -> str:
        """Give the rule's name in policies: `SmallDiff` is `small-diff`."""
        return _HUMP.sub("-", cls.__name__).lower()

    def needs(self, pr: PullRequest) -> Needs:  # noqa: ARG002 - most rules need no more than the diff
        """Say what the rule must read beyond the diff, which is in `pr` already."""
        return Needs()

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Yield what the rule measured and found. Pure: the same pull request always gives the same answer."""
        raise NotImplementedError(pr)
