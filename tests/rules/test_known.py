"""Which rules there are: ours, and those of packages, the sound and the broken ones."""

from __future__ import annotations

from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from rules.engine.known import GROUP, broken_rules, find_rules, known_rules
from rules.small_diff import SmallDiff

SOUND = '''
from rules.engine.rule import Rule

class Sound(Rule):
    """It holds."""

    def check(self, pr):
        yield from ()
'''


def offered(folder: Path, name: str, source: str, value: str) -> list[EntryPoint]:
    """Install a package by hand: its module, and what its metadata offers."""
    (folder / f"{name}.py").write_text(source)
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name}-rule = {name}:{value}\n")
    (found,) = (one for one in distributions(path=[str(folder)]) if one.name == name)
    return list(found.entry_points)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_our_own_rules_are_known_and_sound() -> None:
    assert known_rules()["small-diff"] is SmallDiff
    assert list(known_rules()) == sorted(known_rules())
    assert dict(broken_rules()) == {}


def test_a_rule_that_a_package_offers_is_found_by_its_own_name(folder: Path) -> None:
    found = find_rules(offered(folder, "offers_sound", SOUND, "Sound"))

    assert found.rules["sound"].__doc__ == "It holds."
    assert "small-diff" in found.rules
    assert dict(found.broken) == {}


@pytest.mark.parametrize(
    ("source", "value", "why"),
    [
        pytest.param("import nothing_of_the_kind", "A", "ModuleNotFoundError: No module named", id="an import"),
        pytest.param("raise SystemExit('no  such\\nluck')", "A", "SystemExit: no such luck.", id="it ends the process"),
        pytest.param("A = 1 / 0", "A", "ZeroDivisionError: division by zero.", id="it raises"),
        pytest.param("", "A", "AttributeError: module", id="nothing of that name"),
        pytest.param("A = 3", "A", "` is no class made from `rules.engine.rule.Rule`.", id="a number"),
        pytest.param("class A: pass", "A", "` is no class made from `rules.engine.rule.Rule`.", id="another class"),
        pytest.param(
            SOUND.replace("    def", "    paths: tuple[str, ...] = ()\n\n    def"),
            "Sound",
            "its option `paths` is one that every rule takes.",
            id="an option that is taken",
        ),
        pytest.param(
            SOUND.replace("    def", "    limit: int\n\n    def"),
            "Sound",
            "ValidationError: 1 validation",
            id="no default",
        ),
        pytest.param(SOUND.replace("check", "judge"), "Sound", "it has no `check`.", id="no check"),
        pytest.param(
            SOUND.replace('"""It holds."""', ""), "Sound", "it has no docstring, which is its page.", id="no page"
        ),
        pytest.param(
            SOUND.replace("Sound", "SmallDiff"),
            "SmallDiff",
            "there is a rule of that name already: small-diff.",
            id="ours",
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_the_reason_and_left_out(
    folder: Path, source: str, value: str, why: str, request: pytest.FixtureRequest
) -> None:
    name = f"offers_{request.node.callspec.id.replace(' ', '_')}"
    points = [*offered(folder, name, source, value), *offered(folder, f"{name}_too", SOUND, "Sound")]

    found = find_rules(points)

    assert set(found.rules) == {*known_rules(), "sound"}
    assert found.rules["small-diff"] is SmallDiff
    assert list(found.broken) == [f"{name}-rule"]
    assert found.broken[f"{name}-rule"].startswith(f"the rule `{name}-rule` of the package `{name}` cannot be used: ")
    assert why in found.broken[f"{name}-rule"]


def test_of_two_packages_with_a_rule_of_one_name_the_first_is_used(folder: Path) -> None:
    first, second = (offered(folder, name, SOUND, "Sound") for name in ("offers_one", "offers_two"))

    found = find_rules([*first, *second])

    assert found.rules["sound"].__module__ == "offers_one"
    assert found.broken["offers_two-rule"].endswith("cannot be used: there is a rule of that name already: sound.")


def test_a_rule_offered_without_a_package_is_named_by_where_it_would_be() -> None:
    found = find_rules([EntryPoint("lost", "no_such_module:Rule", GROUP)])

    assert found.broken["lost"].startswith("the rule `lost` of the package `no_such_module:Rule` cannot be used: ")
