"""Writes the reference from the code: a page for each rule, the policy, an example of it, and the JSON Schemas.

`python -m tools.reference` writes what changed; with `--check` it writes nothing and fails where something is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from rules.engine.known import known_rules
from rules.engine.page import MODES, Option, options_of, page, row, section_of, table
from rules.engine.policy import Document
from rules.engine.rule import Options, Rule
from rules.engine.schema import check_schema, policy_schema

ROOT: Final = Path(__file__).parents[1]
WIDTH: Final = 100
_CURE: Final = "run `python -m tools.reference` and commit what it writes"

_TOP: Final = """# The policy

`.github/andon.yml` on the default branch: YAML, at most 64 KiB, without anchors, aliases and tags. A word that andon
does not know is an error, and the error names the word that was likely meant. [An example](../examples/andon.yml) shows
every option; `schema/policy.schema.json` lets an editor complete it.

## At the top"""
_RULES: Final = """## `rules`

A rule that is not listed is off, unless `extends` turns it on. Its value is a mode, or a mapping of `mode` and the
rule's own options. Without a mode it has its default."""


def own_rules() -> Mapping[str, type[Rule]]:
    """List our own rules; those that others offer document themselves."""
    return {name: rule for name, rule in known_rules().items() if rule.__module__.startswith("rules.")}


def reference() -> Mapping[str, str]:
    """Give the text of every generated file by its path."""
    rules = own_rules()
    return {
        **{f"docs/rules/{name}.md": page(rule) for name, rule in rules.items()},
        "docs/policy.md": policy_page(rules),
        "examples/andon.yml": example(rules),
        "schema/policy.schema.json": _json(policy_schema(rules)),
        "schema/check.schema.json": _json(check_schema()),
    }


def policy_page(rules: Mapping[str, type[Rule]]) -> str:
    """Write the page about the policy."""
    sections = {name: model for name, field in Document.model_fields.items() if (model := section_of(field))}
    parts = [
        _TOP,
        "\n".join(_top()),
        _RULES,
        "\n".join(["| rule | default mode | what it asks |", "|---|---|---|", *map(_listed, rules.values())]),
        "In each mode a rule that found something:",
        "\n".join(f"- `{mode.value}`: {words}" for mode, words in MODES.items()),
    ]
    parts += [f"## `{name}`\n{_summary(model)}\n\n{table(model)}" for name, model in sections.items()]
    return "\n\n".join(parts) + "\n"


def _top() -> Iterator[str]:
    yield from ("| key | default | what it says |", "|---|---|---|", "| `rules` | | The rules, by name. |")
    yield from (row(option) for option in options_of(Document) if option.depth == 0)


def _listed(rule: type[Rule]) -> str:
    return f"| [{rule.name()}](rules/{rule.name()}.md) | `{rule.default_mode.value}` | {_summary(rule)} |"


def _summary(model: type[Options]) -> str:
    return (model.__doc__ or "").partition("\n")[0]


def example(rules: Mapping[str, type[Rule]]) -> str:
    """Write a policy with every option at its default and a comment on each."""
    lines = [
        "# .github/andon.yml with every option at its default: keep what you want to change, leave out the rest.",
        "# yaml-language-server: $schema=../schema/policy.schema.json",
    ]
    for name, field in Document.model_fields.items():
        lines += ["", *_comment(field.description or "", "")]
        model = section_of(field)
        lines += [f"{name}:", *_options(model, "  ")] if model else [_value(_named(name), "")]
    lines += ["", "# The rules, each with its mode (off, observe, warn, hold or block) and its options.", "rules:"]
    for name, rule in rules.items():
        lines += [*_comment(_summary(rule), "  "), f"  {name}:", f"    mode: {rule.default_mode.value}"]
        lines += [*_options(rule, "    "), ""]
    return "\n".join(lines).rstrip() + "\n"


def _named(name: str) -> Option:
    return next(option for option in options_of(Document) if option.name == name)


def _options(model: type[Options], indent: str) -> Iterator[str]:
    for option in options_of(model):
        inner = indent + "  " * option.depth
        yield from _comment(option.description, inner)
        yield _value(option, inner)


def _value(option: Option, indent: str) -> str:
    if option.section:
        return f"{indent}{option.name}:"
    return f"{indent}{option.name}: {option.default}" if option.default else f"{indent}# {option.name}:"


def _comment(text: str, indent: str) -> Iterator[str]:
    line = f"{indent}#"
    for word in text.split():
        if len(line) + 1 + len(word) > WIDTH:
            yield line
            line = f"{indent}#"
        line += f" {word}"
    yield line


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def stale(root: Path) -> Mapping[Path, str | None]:
    """Give what differs from the code: the text that a file should have, None for one that should not be."""
    wanted = {root / path: text for path, text in reference().items()}
    different: dict[Path, str | None] = {
        path: text for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    }
    return different | {path: None for path in (root / "docs/rules").glob("*.md") if path not in wanted}


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the reference, or with `--check` only say what is stale. Gives the exit code."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m tools.reference [--check]", file=sys.stderr)
        return 2
    different = stale(root)
    for path, text in different.items():
        if arguments:
            print(f"{path.relative_to(root)} is stale: {_CURE}", file=sys.stderr)
        elif text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if arguments and different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
