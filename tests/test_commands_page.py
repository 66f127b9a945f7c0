"""The page about commands and the code name the same ones."""

import re
from pathlib import Path

from bot.requests.requests import BUTTONS, COMMANDS
from bot.words.render import RE_EVALUATE, REQUEST_OVERRIDE

PAGE = (Path(__file__).parents[1] / "docs" / "commands.md").read_text(encoding="utf-8")


def test_the_page_lists_every_command_and_no_other() -> None:
    listed = re.findall(r"^\| `/andon ([a-z-]+)", PAGE, re.MULTILINE)

    assert listed == [verb.value for verb in COMMANDS]


def test_the_page_names_the_buttons_that_the_check_run_shows() -> None:
    assert {RE_EVALUATE.identifier, REQUEST_OVERRIDE.identifier} == BUTTONS
    assert all(f"**{button.label}**" in PAGE for button in (RE_EVALUATE, REQUEST_OVERRIDE))


def test_a_button_fits_what_github_takes() -> None:
    for button in (RE_EVALUATE, REQUEST_OVERRIDE):
        assert len(button.label) <= 20
        assert len(button.description) <= 40
        assert len(button.identifier) <= 20
