"""Writes what a rule's class says of itself as a page: for the documentation, and for a terminal."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from rules.engine.duration import Duration
from rules.engine.reach import Reach
from rules.engine.result import Mode
from rules.engine.rule import Options, Rule

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

MODES: Final[Mapping[Mode, str]] = {
    Mode.OFF: "is not asked",
    Mode.OBSERVE: "is measured and recorded, not shown on GitHub",
    Mode.WARN: "is shown, stops nothing",
    Mode.HOLD: "andon will not merge it, a person may",
    Mode.BLOCK: "the check fails",
}
_PLAIN: Final = re.compile(r"(?!(true|false|null)$)[a-z][a-z0-9_./-]*")  # text that YAML reads as itself
_UNITS: Final = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Option:
    """One option as a policy spells it. `depth` is 1 inside a mapping of options; `section` then has no value."""

    name: str
    default: str
    description: str
    depth: int = 0
    section: bool = False


def options_of(model: type[Options], depth: int = 0) -> Iterator[Option]:
    """List the options of a section, those inside a mapping of options behind it."""
    for name, field in model.model_fields.items():
        inner = section_of(field)
        default = "" if inner else _spelled(field)
        description = (field.description or "") + _allowed(field.annotation)
        yield Option(field.alias or name, default, description, depth, section=inner is not None)
        if inner is not None:
            yield from options_of(inner, depth + 1)


def section_of(field: FieldInfo) -> type[Options] | None:
    """Give the class of an option that is itself a mapping of options."""
    inner = (field.annotation, *get_args(field.annotation))
    return next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, Options)), None)


def duration(seconds: int) -> str:
    """Spell a duration as policies do: 3600 is `1h`."""
    letter, unit = next((letter, unit) for letter, unit in _UNITS if seconds % unit == 0)
    return f"{seconds // unit}{letter}"


def is_duration(field: FieldInfo) -> bool:
    """Say whether an option is a duration, which is text in a policy and seconds once read."""
    return bool(field.metadata) and all(one in field.metadata for one in get_args(Duration)[1:])


def _spelled(field: FieldInfo) -> str:
    """Write the default as YAML, or nothing where an option is simply not set."""
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if default is None:
        return ""
    if is_duration(field):
        return duration(default)
    plain = isinstance(default, str) and _PLAIN.fullmatch(default)
    return default if plain else json.dumps(default, ensure_ascii=False)


def _allowed(annotation: Any) -> str:  # noqa: ANN401 - any annotation may stand there
    words = list(get_args(annotation)) if get_origin(annotation) is Literal else []
    return f" One of {', '.join(f'`{word}`' for word in words)}." if words else ""


def page(rule: type[Rule]) -> str:
    """Write a rule's page as Markdown."""
    summary, _, rest = inspect.cleandoc(rule.__doc__ or "").partition("\n\n")
    parts = [f"# {rule.name()}", summary, rest]
    parts.append("## Modes\n" + "\n".join(_modes(rule)))
    parts.append("## Options\n" + "\n".join(_table(_every_option(rule))))
    if rule.exempt_kinds:
        exempt = [f"- `{kind.value}`: {reason}" for kind, reason in rule.exempt_kinds.items()]
        parts.append("\n".join(["## Kinds of change that it does not judge", *exempt]))
    if rule.facts:
        facts = [f"- `{name}`: {what}" for name, what in rule.facts.items()]
        parts.append("\n".join(["## Facts", *facts]))
    return "\n\n".join(part for part in parts if part) + "\n"


def table(model: type[Options]) -> str:
    """Write the options of a section as a Markdown table."""
    return "\n".join(_table(options_of(model)))


def _table(options: Iterable[Option]) -> Iterator[str]:
    yield from ("| option | default | what it says |", "|---|---|---|")
    yield from map(row, options)


def _every_option(rule: type[Rule]) -> Iterator[Option]:
    """List a rule's own options, then those that every rule takes."""
    yield from options_of(rule)
    yield from options_of(Reach)


def text_page(rule: type[Rule]) -> Iterator[str]:
    """Write a rule's page line by line for a terminal: headings keep their `## `, options are a list."""
    before, heading, after = page(rule).partition("## Options\n")
    yield from (before + heading).splitlines()
    for option in _every_option(rule):
        default = f" ({option.default})" if option.default else ""
        yield f"{'  ' * option.depth}- {option.name}{default}: {option.description}"
    yield from (line for line in after.splitlines() if not line.startswith("|"))


def _modes(rule: type[Rule]) -> Iterator[str]:
    for mode, meaning in MODES.items():
        yield f"- `{mode.value}`: {meaning}{' (the default)' if mode is rule.default_mode else ''}"


def row(option: Option) -> str:
    """Write an option as a row of a Markdown table."""
    indent = "&nbsp;&nbsp;" * option.depth
    default = f"`{option.default}`" if option.default else ""
    description = option.description.replace("|", r"\|")
    return f"| {indent}`{option.name}` | {default} | {description} |".replace("|  |", "| |")
