"""What the import contracts in pyproject.toml cannot say without naming every rule: a new rule needs no entry there."""

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.engine.known import known_rules

ROOT = Path(__file__).parents[1]
RULES = sorted({rule.__module__ for rule in known_rules().values() if rule.__module__.startswith("rules.")})


def imported(file: Path) -> Iterator[str]:
    """Name every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(module: str) -> Path:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    return Path(str(spec.origin))


@pytest.mark.parametrize("module", RULES)
def test_a_rule_rests_on_the_engine_and_not_on_another_rule(module: str) -> None:
    assert set(imported(file_of(module))) & (set(RULES) - {module}) == set()


def test_the_engine_knows_no_rule_by_name() -> None:
    files = sorted((ROOT / "rules" / "engine").rglob("*.py"))

    knows = {file.name: set(imported(file)) & set(RULES) for file in files}

    assert files
    assert {name: found for name, found in knows.items() if found} == {}


def test_every_rule_is_found_where_a_reader_looks_for_it() -> None:
    assert {f"rules.{name.replace('-', '_')}" for name in known_rules()} == set(RULES)


def test_the_design_page_describes_every_package_as_it_describes_itself() -> None:
    page = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    inits = sorted((ROOT / "bot").glob("*/__init__.py"))

    said = {file.parent.name: (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "") for file in inits}

    assert said
    rows = {
        name: f"| `bot/{name}/` | {' '.join(words.partition(chr(10) * 2)[0].split())} |" for name, words in said.items()
    }
    assert {name for name, row in rows.items() if row not in page} == set()
