"""`andon init`: the policy that a history proposes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.backtest.folding import summed_up
from bot.backtest.proposal import policy_text
from bot.backtest.scouting import Seen
from rules.engine.policy import read_policy
from rules.engine.result import Mode
from rules.flag_wrapped import listed_in
from rules.small_diff import SmallDiff
from tests.backtest.histories import begun, growing, history_of, lines
from tests.factories import commit_files


def init(repository: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", "--repo", str(repository), *arguments])


def size_in(text: str) -> SmallDiff:
    (rule,) = (one.rule for one in read_policy(text, "policy.yml").rules if isinstance(one.rule, SmallDiff))
    return rule


def many(directory: Path) -> Path:
    """Land fifty changes: forty of 12 lines, ten of 123."""
    begun(directory)
    for number in range(50):
        size = 123 if number % 5 == 0 else 12
        commit_files(directory, {f"src/m{number}.sh": lines(size, 1000 * number)}, f"Add {number}")
    return directory


def test_limits_are_percentiles_of_this_history_rounded_up_each_with_its_reason(tmp_path: Path) -> None:
    text = init(many(tmp_path)).stdout

    rule = size_in(text)
    assert (rule.max_lines, rule.good_lines, rule.max_files) == (130, 20, 10)
    assert "# 90 of 100 changes here have at most 123 effective lines, rounded up." in text
    assert "# Half of the changes here have at most 12 effective lines, rounded up." in text
    assert "no less than 10 is proposed." in " ".join(text.replace("#", "").split())


def test_too_few_changes_leave_the_defaults_and_say_so(tmp_path: Path) -> None:
    growing(begun(tmp_path))

    text = init(tmp_path).stdout

    rule = size_in(text)
    assert (rule.max_lines, rule.good_lines, rule.max_files) == (400, 200, 50)
    assert "10 changes of a known size are too few to propose another." in text


def test_the_loader_takes_it_and_it_stands_on_the_preset(tmp_path: Path) -> None:
    growing(begun(tmp_path))

    text = init(tmp_path).stdout

    policy = read_policy(text, "policy.yml")
    assert text.splitlines().count("extends: andon:recommended") == 1
    assert {one.name for one in policy.rules} >= {"small-diff", "required-tests", "flag-wrapped", "pairing"}


def test_a_rule_that_would_stop_much_begins_in_warn_and_says_of_how_many(tmp_path: Path) -> None:
    begun(tmp_path)
    for number in range(4):
        commit_files(tmp_path, {f"src/m{number}.py": f"def work_{number}(x):\n    return x + {number}\n"})

    text = init(tmp_path).stdout

    modes = {one.name: one.mode for one in read_policy(text, "policy.yml").rules}
    assert (modes["required-tests"], modes["pairing"]) == (Mode.WARN, Mode.HOLD)
    said = " ".join(text.replace("#", "").split())
    assert "In `hold` it would have stopped 4 of 4 changes here (100 %). So it begins in `warn`: it is shown," in said
    assert "A change of behaviour arrives with the test that holds it." in said


def test_where_no_flag_was_found_nothing_is_held_for_want_of_one(tmp_path: Path) -> None:
    begun(tmp_path)
    commit_files(tmp_path, {"docs/a.md": "# A\n", "src/m.py": "x = 1\n"})

    text = init(tmp_path).stdout

    modes = {one.name: one.mode for one in read_policy(text, "policy.yml").rules}
    assert modes["flag-wrapped"] is Mode.WARN
    assert "No call of a flag library that andon knows was found." in " ".join(text.replace("#", "").split())


def test_bumps_of_dependencies_pull_no_limit_down() -> None:
    told = summed_up(history_of((0, 30), (0, 30), bumps=(0, 900)))

    text = policy_text(told, Seen((), (), ()))

    assert size_in(text).max_lines == 500
    assert "# 900 of 960 changes here (94 %) only bump dependencies: they count for none of these." in text


def test_the_places_of_tests_and_what_looks_like_flags_are_named(tmp_path: Path) -> None:
    begun(tmp_path)
    asking = (
        "def a(request):\n    if request.feature('one') and request.feature('two'):\n        set_feature('x', 'y')\n"
    )
    commit_files(tmp_path, {"app/a.py": asking, "tests/test_a.py": "x = 1\n", "web/b.test.ts": "it('x')\n"})

    text = init(tmp_path).stdout

    assert '#   - "request.feature"  # 2 times, 2 names, such as app/a.py:2' in text
    assert "set_feature" not in text
    assert "tests/ (1)" in text
    assert "*.test.ts (1)" in text
    taken = text.replace("    # flags:", "    flags:").replace("    #   - ", "      - ")
    assert listed_in(read_policy(taken, "policy.yml")).flags == ("request.feature",)


def test_a_flag_that_is_asked_for_by_a_constant_is_named_and_a_flag_of_a_command_line_is_not(tmp_path: Path) -> None:
    begun(tmp_path)
    asking = "func a() bool {\n\treturn feature.Gates.Enabled(feature.One) || feature.Gates.Enabled(feature.Two)\n}\n"
    marking = 'func b() {\n\tcmd.MarkFlagRequired("one")\n\tcmd.MarkFlagRequired("two")\n\tfeature.enable(A, B)\n}\n'
    commit_files(tmp_path, {"app/a.go": f"package a\n\n{asking}\n{marking}"})

    text = init(tmp_path).stdout

    assert '#   - "Gates.Enabled"  # 2 times, 2 names, such as app/a.go:4' in text
    assert "MarkFlagRequired" not in text


def test_without_any_test_it_shows_how_to_name_them(tmp_path: Path) -> None:
    growing(begun(tmp_path))

    assert "No test was found by its name." in init(tmp_path).stdout


def test_write_makes_the_file_in_a_process_of_its_own_and_a_second_run_refuses(tmp_path: Path) -> None:
    growing(begun(tmp_path))
    (tmp_path / "src" / "deep").mkdir()
    command = (sys.executable, "-m", "bot", "init", "--write", "--repo", str(tmp_path / "src" / "deep"))

    first = subprocess.run(command, capture_output=True, text=True, check=False)
    written = (tmp_path / ".github" / "andon.yml").read_text("utf-8")
    (tmp_path / ".github" / "andon.yml").write_text("rules: {}\n")
    second = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (first.returncode, size_in(written).max_lines) == (0, 400)
    assert second.returncode == 2
    assert "is there already, and is never overwritten" in second.stderr
    assert (tmp_path / ".github" / "andon.yml").read_text("utf-8") == "rules: {}\n"


def test_nothing_is_written_where_a_link_leads_elsewhere(tmp_path: Path) -> None:
    growing(begun(tmp_path / "shop"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop" / ".github").symlink_to(tmp_path / "elsewhere")

    result = init(tmp_path / "shop", "--write")

    assert result.exit_code == 2
    assert "leads out of the work tree" in result.stderr
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_without_write_nothing_is_written(tmp_path: Path) -> None:
    growing(begun(tmp_path))

    init(tmp_path)

    assert not (tmp_path / ".github").exists()
