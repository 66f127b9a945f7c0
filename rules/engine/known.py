"""Finds the rules there are: every module of the package `rules`, and what others offer as `andon.rules`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Final

import rules
from rules.engine.reach import COMMON
from rules.engine.rule import Rule

GROUP: Final = "andon.rules"
_TAKEN: Final = frozenset(("mode", *COMMON))
_LONGEST: Final = 200  # characters of an error of others that are repeated


class _Flawed(Exception):  # noqa: N818 - a sentence; never leaves this module
    pass


@dataclass(frozen=True, slots=True)
class Found:
    """The rules by name, and for each one offered that cannot be used, by the name it is offered under, why."""

    rules: Mapping[str, type[Rule]]
    broken: Mapping[str, str]


def known_rules() -> Mapping[str, type[Rule]]:
    """List all rules that can be used by name, in alphabetical order."""
    return _found().rules


def broken_rules() -> Mapping[str, str]:
    """Say of each rule that a package offers and that cannot be used, which package and why."""
    return _found().broken


@lru_cache(maxsize=1)
def _found() -> Found:
    return find_rules(sorted(entry_points(group=GROUP)))


def find_rules(offered: Collection[EntryPoint]) -> Found:
    """Join our own rules with what packages offer. Our names cannot be taken over, and no package breaks another."""
    found = {rule.name(): rule for info in pkgutil.iter_modules(rules.__path__) for rule in _rules_in(info)}
    broken = {}
    for point in offered:
        try:
            rule = _loaded(point, found)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever others raise, their rule is left out
            package = point.dist.name if point.dist else point.value
            why = f"the rule `{point.name}` of the package `{package}` cannot be used: {_said(error)}."
            broken[point.name] = why
        else:
            found[rule.name()] = rule
    return Found(MappingProxyType(dict(sorted(found.items()))), MappingProxyType(broken))


def _loaded(point: EntryPoint, found: Collection[str]) -> type[Rule]:
    """Load what a package offers. Raises whatever the package raises, and _Flawed for what is no sound rule."""
    rule = point.load()
    if not isinstance(rule, type) or not issubclass(rule, Rule):
        raise _Flawed(f"`{point.value}` is no class made from `rules.engine.rule.Rule`")
    rule()
    taken = sorted(_TAKEN & {field.alias or name for name, field in rule.model_fields.items()})
    if taken:
        raise _Flawed(f"its option `{taken[0]}` is one that every rule takes")
    if rule.check is Rule.check:
        raise _Flawed("it has no `check`")
    if not rule.__doc__:
        raise _Flawed("it has no docstring, which is its page")
    if rule.name() in found:
        raise _Flawed(f"there is a rule of that name already: {rule.name()}")
    return rule


def _said(error: BaseException) -> str:
    said = " ".join(str(error).split())[:_LONGEST].rstrip(".")
    return said if isinstance(error, _Flawed) else f"{type(error).__name__}: {said}"


def _rules_in(info: pkgutil.ModuleInfo) -> list[type[Rule]]:
    if info.ispkg:
        return []
    module = importlib.import_module(f"rules.{info.name}")
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
    ]
