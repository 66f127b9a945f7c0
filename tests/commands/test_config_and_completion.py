"""`andon config check` reads as the service does; `andon completion` completes in a real shell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main

WRONG = 'extends: andon:recommended\nrules:\n  small-diff: {max-line: 3}\n  pairng: hold\nmerge: {when: "never"}\n'


def config_check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["config", "check", *arguments])


def test_every_error_is_named_at_once_with_line_and_column(tmp_path: Path) -> None:
    (file := tmp_path / "andon.yml").write_text(WRONG)

    result = config_check(str(file))

    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.removeprefix(str(file)).split(": ")[:2] for line in lines] == [
        [":3:16", "rules.small-diff.max-line"],
        [":4:3", "rules.pairng"],
        [":5:15", "merge.when"],
    ]
    assert 'Did you mean "pairing"?' in lines[1]


def test_as_json_each_error_has_its_place(tmp_path: Path) -> None:
    (file := tmp_path / "andon.yml").write_text(WRONG)

    result = config_check(str(file), "--format", "json")

    problems = json.loads(result.stdout)["problems"]
    assert result.exit_code == 1
    assert [(one["line"], one["column"], one["path"]) for one in problems][1] == (4, 3, "rules.pairng")


def test_a_right_policy_says_in_one_line_what_it_comes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "andon.yml").write_text("rules: {small-diff: hold, pairing: off}\nmerge: {when: label}\n")
    monkeypatch.chdir(tmp_path)

    result = config_check()

    said = (
        ".github/andon.yml: nothing is wrong. Rules: small-diff hold; andon merges what is label, and does not deploy."
    )
    assert (result.exit_code, result.stdout.strip()) == (0, said)


def test_what_extends_the_owners_policy_is_read_over_it(tmp_path: Path) -> None:
    (file := tmp_path / "andon.yml").write_text("extends: owner\n")
    (owner := tmp_path / "owner.yml").write_text("rules: {pairing: warn}\n")

    alone, over = config_check(str(file)), config_check(str(file), "--owner-policy", str(owner))

    assert (alone.exit_code, over.exit_code) == (1, 0)
    assert "pairing warn" in over.stdout


def test_a_missing_file_is_no_policy(tmp_path: Path) -> None:
    result = config_check(str(tmp_path / "none.yml"))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_andon(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])

    assert result.exit_code == 0
    assert f"_ANDON_COMPLETE={shell}_complete" in result.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "completed"),
    [("andon expl", ["explain"]), ("andon s", ["serve", "simulate"]), ("andon explain small", ["small-diff"])],
)
def test_bash_completes_commands_and_rules(words: str, completed: list[str], tmp_path: Path) -> None:
    (command := tmp_path / "andon").write_text(f'#!/bin/sh\nexec {sys.executable} -c "{RUN}" "$@"\n')
    command.chmod(0o700)
    asked = f"""
        eval "$(andon completion bash)"
        COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _andon_completion andon; printf '%s\\n' "${{COMPREPLY[@]}}"
    """

    done = subprocess.run(
        ["bash", "--norc", "-c", asked],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert set(completed) <= set(done.stdout.split())


RUN = "from bot.__main__ import main; main(prog_name='andon')"
