"""What `deploy/` holds: linted by the tools of those who read it, and equal to what the code needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.process import CANNOT_START, LONGEST_STOP_SECONDS
from bot.web.server import MOST_CONNECTIONS, SPARED_FILES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
UNIT = (ROOT / "deploy" / "andon.service").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
OPERATE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")


def settings(unit: str) -> dict[str, list[str]]:
    """Read a unit as systemd does: a line that ends with a backslash goes on, a name may stand there again."""
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n", " ", unit).splitlines():
        if line and not line.startswith(("#", ";", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not on this machine; the other tests read the unit all the same")
    here = tmp_path / "andon.service"
    here.write_text(UNIT.replace("/opt/andon/bin/andon", str(BIN / "andon")), encoding="utf-8")

    verified = subprocess.run([analyze, "verify", here], capture_output=True, text=True, check=False)
    exposed = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=15", here], capture_output=True, text=True, check=False
    )

    assert (verified.returncode, verified.stderr) == (0, "")
    assert exposed.returncode == 0, exposed.stdout


def test_the_unit_fits_how_andon_starts_and_stops() -> None:
    unit = settings(UNIT)

    assert unit["ExecStart"] == ["/opt/andon/bin/andon serve"]
    assert unit["Type"] == ["notify"]
    assert int(*unit["WatchdogSec"]) >= 10
    assert int(*unit["TimeoutStopSec"]) > LONGEST_STOP_SECONDS
    assert unit["RestartPreventExitStatus"] == [str(CANNOT_START)]
    assert int(*unit["LimitNOFILE"]) >= MOST_CONNECTIONS + SPARED_FILES
    assert {name: unit[name] for name in ("DynamicUser", "StateDirectory", "MemoryMax")} == {
        "DynamicUser": ["yes"],
        "StateDirectory": ["andon"],
        "MemoryMax": ["2G"],
    }


def test_no_secret_is_in_the_environment_of_the_unit() -> None:
    unit = settings(UNIT)
    variables = dict(one.split("=", 1) for line in unit["Environment"] for one in line.split())
    credentials = {line.partition(":")[0] for line in unit["LoadCredential"]}

    assert variables == {
        "DATABASE_URL": "sqlite:///%S/andon/andon.db",
        "GITHUB_PRIVATE_KEY_PATH": "%d/private-key",
        "GITHUB_WEBHOOK_SECRET_PATH": "%d/webhook-secret",
    }
    assert credentials == {value[3:] for value in variables.values() if value.startswith("%d/")}


def test_processes_that_judge_may_limit_themselves() -> None:
    refused = [line for line in settings(UNIT)["SystemCallFilter"] if line.startswith("~")]

    assert not any("@resources" in line or "@process" in line for line in refused)


def test_hadolint_has_nothing_to_say() -> None:
    linted = subprocess.run(
        [BIN / "hadolint", "--strict-labels", ROOT / "deploy" / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_image_runs_as_nobody_of_note_and_writes_to_its_volume_alone() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^VOLUME (.+)$", last, re.MULTILINE) == ["/data"]
    assert "DATABASE_URL=sqlite:////data/andon.db" in last
    assert "PYTHONDONTWRITEBYTECODE=1" in last
    assert "/livez" in last


def test_what_the_image_is_made_of_is_there_and_pinned() -> None:
    copied = [name for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()]
    allowed = {line[1:] for line in ignored() if line.startswith("!")}

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {name if name in allowed else name.split("/")[0] for name in copied} == allowed
    assert DOCKERFILE.count("pip install") == DOCKERFILE.count("--require-hashes") + DOCKERFILE.count("--no-index")


def ignored() -> list[str]:
    return (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()


def test_nothing_comes_into_the_image_unless_it_is_named() -> None:
    rules = [line for line in ignored() if line and not line.startswith("#")]

    assert rules[0] == "*"


def test_the_page_for_operators_names_what_deploy_holds() -> None:
    assert [name for name in ("deploy/Dockerfile", "deploy/andon.service") if name not in OPERATE] == []
