"""Finds the rules there are: every module of the package `rules`, and what others offer as `andon.rules`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from types import MappingProxyType

import rules
from rules.engine.rule import Rule


@lru_cache(maxsize=1)
def known_rules() -> Mapping[str, type[Rule]]:
    """List all rules by name, in alphabetical order. Our own names cannot be taken over by others."""
    own = {found.name(): found for info in pkgutil.iter_modules(rules.__path__) for found in _rules_in(info)}
    offered = (point.load() for point in entry_points(group="andon.rules"))
    others = {found.name(): found for found in offered if isinstance(found, type) and issubclass(found, Rule)}
    return MappingProxyType(dict(sorted({**others, **own}.items())))


def _rules_in(info: pkgutil.ModuleInfo) -> list[type[Rule]]:
    if info.ispkg:
        return []
    module = importlib.import_module(f"rules.{info.name}")
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__
    ]
