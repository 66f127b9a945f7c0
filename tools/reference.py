"""Writes the reference from the code: a page for each rule, the policy, an example of it, and the JSON Schemas.

`python -m tools.reference` writes what changed; with `--check` it writes nothing and fails where something is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.backtest.schema import backtest_schema
from bot.dora.schema import dora_schema
from bot.evaluation.schema import decision_schema
from rules.engine.known import known_rules
from rules.engine.page import MODES, Option, options_of, page, row, section_of, table
from rules.engine.policy import Document
from rules.engine.reach import Reach
from rules.engine.result import Kind
from rules.engine.rule import Options, Rule
from rules.engine.schema import check_schema, policy_schema
from tools.cases import cases_page

ROOT: Final = Path(__file__).parents[1]
WIDTH: Final = 100
_CURE: Final = "run `python -m tools.reference` and commit what it writes"

_TOP: Final = """# The policy

`.github/andon.yml` on the default branch: YAML, at most 64 KiB and 1000 entries in a list, without anchors, aliases and
tags. A word that andon does not know is an error, and the error names the word that was likely meant.
[An example](../examples/andon.yml) shows every option; `schema/policy.schema.json` lets an editor complete it.

## At the top"""
_RULES: Final = """## `rules`

A rule that is not listed is off, unless `extends` turns it on. Its value is a mode, or a mapping of `mode` and the
rule's own options. Without a mode it has its default."""
_EVERY: Final = """Every rule takes besides:"""
_EXEMPTIONS: Final = """`exempt-kinds` takes {kinds}.
A `revert` is a change that provably takes back, byte for byte, one that landed: a title or message alone exempts
nothing. Text that begins with `!` or `*` stands in quotes: YAML reads `!` as a tag.

```yaml
rules:
  small-diff: {{mode: hold, paths: ["src/**", "!src/vendored/**"], exempt-kinds: [tests]}}
  pairing: {{mode: hold, exempt-kinds: ["!docs"]}}   # prose needs two people here
```"""
_OWNER_DEFAULT: Final = """## A default for all repositories of an owner

A repository without `.github/andon.yml` is governed by the `.github/andon.yml` of its owner's repository `.github`, on
that repository's default branch: the same path, so that one file is both the policy of `.github` itself and the default
of all others, and a pull request that edits it is previewed like any other. andon must be installed on `.github`; where
it cannot read it, there is no default. A verdict names the file: `octo/.github@1a2b3c4:.github/andon.yml`.

A repository that has a policy of its own is governed by that alone. With `extends: owner` it builds on the owner's:
a rule that it lists replaces the owner's entry whole, options and all; so do `merge`, `deploy`, `branches` and
`overrides`, each where it is given. Where there is nothing to build on, that is an error, and nothing is merged: a rule
that the owner asks for never vanishes in silence. There is no other place to extend from: no other owner, no address.
An empty file opts out. A local run knows nothing of it: give `andon check --owner-policy FILE`.

A push to the default branch of `.github` has the owner's other repositories looked at again; where that delivery is
lost, the sweep does it."""
_PREVIEW: Final = """## A pull request that edits the policy

It is judged by the policy of the default branch, never by its own. Its check run shows what it would change, under
*Policy in this pull request: not applied to it*: each problem of the new text at its line, the rules whose mode or
options change, and what the new policy would say of this very pull request. Where there is no policy yet, the pull
request that adds one is previewed in the same way, and nothing else is said there."""


def own_rules() -> Mapping[str, type[Rule]]:
    """List our own rules; those that others offer document themselves."""
    return {name: rule for name, rule in known_rules().items() if rule.__module__.startswith("rules.")}


def reference() -> Mapping[str, str]:
    """Give the text of every generated file by its path."""
    rules = own_rules()
    return {
        **{f"docs/rules/{name}.md": page(rule) for name, rule in rules.items()},
        "docs/policy.md": policy_page(rules),
        "docs/cases.md": cases_page(),
        "examples/andon.yml": example(rules),
        "schema/policy.schema.json": _json(policy_schema(rules)),
        "schema/check.schema.json": _json(check_schema()),
        "schema/decision.schema.json": _json(decision_schema()),
        "schema/dora.schema.json": _json(dora_schema()),
        "schema/backtest.schema.json": _json(backtest_schema()),
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
        _EVERY,
        table(Reach),
        _EXEMPTIONS.format(kinds=_one_of(f"`{kind.value}`" for kind in Kind if kind is not Kind.CHANGE)),
    ]
    parts += [f"## `{name}`\n{_summary(model)}\n\n{table(model)}" for name, model in sections.items()]
    return "\n\n".join([*parts, _OWNER_DEFAULT, _PREVIEW]) + "\n"


def _one_of(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}"


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
    lines += ["", "# The rules, each with its mode (off, observe, warn, hold or block) and its options."]
    for option in options_of(Reach):
        lines += _comment(f"Every rule: `{option.name}`: {option.description}", "")
    lines += ["rules:"]
    for name, rule in rules.items():
        lines += [*_comment(_summary(rule), "  "), f"  {name}:", f"    mode: {rule.default_mode.value}"]
        lines += [*_options(rule, "    "), *(_value(option, "    ") for option in options_of(Reach)), ""]
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
