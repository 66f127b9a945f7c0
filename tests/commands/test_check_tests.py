"""`andon check` on `required-tests`: whole files, the list of all files, and a coverage report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from tests.factories import commit_files, git

TAX = "def vat(price):\n    return price * 0.2\n"
TAX_TEST = "from tax import vat\n\n\ndef test_vat():\n    assert vat(10) == 2\n"
POLICY = "rules: {required-tests: {}}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    where = tmp_path / "shop"
    where.mkdir()
    git(where, "init", "-q")
    commit_files(where, {".github/andon.yml": POLICY, "tax.py": TAX, "tests/test_tax.py": TAX_TEST})
    git(where, "switch", "-qc", "feature")
    return where


def check(repository: Path, *more: str) -> tuple[int, Any]:
    arguments = ["check", "--repo", str(repository), "--base", "main", "--format", "json", *more]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, json.loads(result.stdout)["rules"][0] if result.stdout else result.stderr


def test_a_new_function_without_a_test_is_held(repository: Path) -> None:
    commit_files(repository, {"tax.py": TAX + "\n\ndef duty(price):\n    return price * 0.1\n"})

    code, rule = check(repository)

    assert (code, rule["outcome"]) == (1, "found")
    assert rule["facts"]["mapped"] == {"tax.py": ["tests/test_tax.py"]}


def test_a_refactoring_passes_because_its_test_lies_in_the_tree(repository: Path) -> None:
    commit_files(repository, {"tax.py": TAX.replace("0.2", "0.19")})

    code, rule = check(repository)

    assert (code, rule["outcome"], rule["facts"]["needs_tests"]) == (0, "pass", ["tax.py"])


def test_a_coverage_report_holds_what_no_test_was_changed_for(repository: Path, tmp_path: Path) -> None:
    git(repository, "switch", "-q", "main")
    commit_files(repository, {"pay.py": "def pay():\n    return 1\n"})
    git(repository, "switch", "-qC", "feature")
    steps = "".join(f"    step({at})\n" for at in range(12))
    commit_files(repository, {"pay.py": f"def pay():\n{steps}    return 1\n"})
    lines = "".join(f"DA:{line},{int(line > 4)}\n" for line in range(1, 15))
    report = tmp_path / "lcov.info"
    report.write_text(f"SF:{repository}/pay.py\n{lines}end_of_record\n")

    without, _ = check(repository)
    code, rule = check(repository, "--coverage", str(report))

    assert (without, code) == (1, 1)
    assert rule["facts"]["patch_coverage"] == 0.75
    assert rule["findings"][-1]["message"] == "`pay.py`: 3 of 12 new lines never run."
    assert (rule["findings"][-1]["start_line"], rule["findings"][-1]["end_line"]) == (2, 4)


@pytest.mark.parametrize(
    ("text", "words"),
    [("nonsense", "neither Cobertura XML nor LCOV"), (None, "cannot be read")],
    ids=["no report", "no file"],
)
def test_a_coverage_report_that_cannot_be_read_is_said_and_decides_nothing(
    repository: Path, tmp_path: Path, text: str | None, words: str
) -> None:
    report = tmp_path / "report"
    if text is not None:
        report.write_text(text)

    code, said = check(repository, "--coverage", str(report))

    assert code == 2
    assert words in said
