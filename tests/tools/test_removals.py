"""Safeguards are removed where they stand, and a removal that nobody notices is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.removals import ROOT, tried
from tools.safeguards import SAFEGUARDS, Edit, Safeguard

SOURCE = "def may_merge(held: bool) -> bool:\n    return not held\n"
TESTS = {
    "test_held.py": "import rule\n\ndef test_what_is_held_may_not() -> None:\n    assert not rule.may_merge(True)\n",
    "test_free.py": "import rule\n\ndef test_what_is_free_may() -> None:\n    assert rule.may_merge(False)\n",
}
REMOVED = Edit("rule.py", "not held", "True")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Write a tree of one rule with one test that notices, and one that does not."""
    for name, text in {"rule.py": SOURCE, "conftest.py": "", **TESTS}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_removal_names_the_tests_that_notice_and_leaves_the_source_as_it_was(place: Path) -> None:
    outcome = tried(place, Safeguard("what is held", (REMOVED,), ("test_held.py", "test_free.py")))

    assert (outcome.is_noticed, outcome.noticed_by) == (True, ("test_held.py::test_what_is_held_may_not",))
    assert str(outcome).endswith("test_what_is_held_may_not")
    assert (place / "rule.py").read_text() == SOURCE


def test_a_removal_that_nobody_notices_is_told(place: Path) -> None:
    outcome = tried(place, Safeguard("what is held", (REMOVED,), ("test_free.py",)))

    assert not outcome.is_noticed
    assert str(outcome).startswith("NO  what is held")
    assert str(outcome).endswith("NOBODY noticed")


def test_an_edit_that_finds_its_place_no_more_is_no_removal(place: Path) -> None:
    outcome = tried(place, Safeguard("what is held", (Edit("rule.py", "is_held", "True"),), ("test_held.py",)))

    assert not outcome.is_noticed
    assert "holds 'is_held' 0 times, not once" in str(outcome)


def test_tests_that_are_not_there_notice_nothing(place: Path) -> None:
    with pytest.raises(RuntimeError, match="pytest could not run test_gone"):
        tried(place, Safeguard("what is held", (REMOVED,), ("test_gone.py",)))


@pytest.mark.parametrize("one", SAFEGUARDS, ids=lambda one: one.what.replace(" ", "-"))
def test_every_safeguard_stands_where_it_is_said_to_stand(one: Safeguard) -> None:
    found = [(ROOT / edit.path).read_text(encoding="utf-8").count(edit.old) for edit in one.edits]
    files = {test.partition("::")[0] for test in one.tests}

    assert found == [1] * len(one.edits)
    assert [file for file in files if not (ROOT / file).is_file()] == []
