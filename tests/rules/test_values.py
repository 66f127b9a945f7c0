"""What rules speak in: values that nobody can change."""

from __future__ import annotations

import pkgutil
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module

import pytest

import rules

MODULES = [name for _, name, is_package in pkgutil.walk_packages(rules.__path__, "rules.") if not is_package]
VALUES = [
    value
    for module in MODULES
    for value in vars(import_module(module)).values()
    if isinstance(value, type) and is_dataclass(value) and value.__module__ == module
]


def collects(value: type) -> bool:
    """Say whether it is no value but the inside of one walk over a text, which fills its lists on the way."""
    assert is_dataclass(value)
    return value.__name__.startswith("_") and any(field.default_factory is not MISSING for field in fields(value))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{value.__module__}.{value.__qualname__}")
def test_a_value_is_frozen_and_has_slots(value: type) -> None:
    parameters = vars(value)["__dataclass_params__"]

    assert parameters.frozen or collects(value)
    assert "__slots__" in vars(value)
