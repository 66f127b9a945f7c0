"""The page about releases names what the code has: states, ways to deploy, what is sent, and files that are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from bot.published import CreateDeployment, RunWorkflow, SendDispatch
from bot.release.deploying import next_step
from bot.release.telling import TOLD, dispatch_of, event_type
from bot.store.ledger import ReleaseState
from rules.engine.sections import Deploy
from tests.release.test_release import NOW, landed, release

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[str]:
    """List the words that stand as code in the first cells of tables."""
    cells = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def test_every_state_of_a_release_is_drawn() -> None:
    drawing = PAGE.split("```")[1]

    assert [state for state in ReleaseState if state.value not in drawing] == []


def test_every_way_to_deploy_is_told() -> None:
    ways = get_args(Deploy.model_fields["via"].annotation)

    assert rows(section("Ways to deploy")) == ["deploy: {via: …}", *ways]


def test_what_each_way_hands_over_is_told() -> None:
    ways = section("Ways to deploy")
    starts = [
        next_step(release(via=via), landed(via=via), NOW).start
        for via in get_args(Deploy.model_fields["via"].annotation)
        if via != "push"
    ]

    for start in starts:
        assert isinstance(start, CreateDeployment | SendDispatch | RunWorkflow)
        handed = start.inputs if isinstance(start, RunWorkflow) else start.payload
        assert [key for key in handed if f"`{key}`" not in ways] == []


def test_the_types_and_the_payload_that_are_sent_are_those_that_the_page_lists() -> None:
    react = section("What CI can react to")
    sent = dispatch_of(release(state=ReleaseState.LIVE)).payload

    assert set(re.findall(r"`(andon-[a-z]+)`", react)) == {event_type(state) for state in TOLD}
    assert set(rows(react.partition("| Key |")[2])) == set(sent)


def test_every_reaction_to_a_failure_is_told() -> None:
    assert set(get_args(Deploy.model_fields["on_failure"].annotation)) <= set(rows(section("Restoring production")))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", PAGE))))
def test_every_file_that_it_links_is_there(target: str) -> None:
    assert (ROOT / "docs" / target).exists()
