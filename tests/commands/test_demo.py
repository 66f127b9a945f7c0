"""The demo as its users run it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands import stage, story
from bot.commands.demo import demo

TOLD_OF_FAILURES = (
    r"production: is not: the check `smoke` gave failure, and should be success",
    r"the line: is closed: production is unhealthy since ",
    r"the bot: lets #6 wait: production is unhealthy since ",
    r'the bot: opened #\d+: Revert "Try oops" \(#7\)',
    r"the bot: lets #\d+ wait: one approval restores production",
    r"the bot: opened issue #\d+: Post-mortem: the release of #7 to production failed on ",
    r"the bot: completed issue #\d+: .*Production was restored after ",
    r"the bot: merged #6, which had waited",
)
"""What the scenes of failing releases show, beside that each ended as told."""


def test_every_scene_ends_as_told_where_there_is_no_repository(tmp_path: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--repo", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 0, played.stderr
    assert "a made-up repository" in played.stdout
    assert played.stdout.rstrip().endswith("All 7 scenes ended as told.")
    assert played.stderr == ""
    assert [told for told in TOLD_OF_FAILURES if not re.search(told, played.stdout)] == []
    assert played.stdout.count("the line: is open again") == 2


def test_a_scene_that_does_not_end_as_told_is_named_and_fails_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        story, "POLICY", story.POLICY.replace("deploy: {via: deployment, environment: production}\n", "")
    )
    monkeypatch.setattr(stage, "LONGEST_WAIT", 6.0)

    result = CliRunner().invoke(demo, ["--repo", str(tmp_path)])

    assert result.exit_code == 1
    assert "This did not come about: a deployment is asked for." in result.output
