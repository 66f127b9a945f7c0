from __future__ import annotations

import io
import json
import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.log import start_logging
from bot.text.redaction import HIDDEN, Redaction
from tests.web.given import private_key

if TYPE_CHECKING:
    from collections.abc import Iterator

WEBHOOK = "canary-webhook-secret-of-32-bytes"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    start_logging([WEBHOOK, private_key()], stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "canary"),
    [
        pytest.param("token ghs_41_eyJhbGciOi.canary-token.x_y", "canary", id="an installation token"),
        pytest.param("ghp_canarycanarycanary", "canary", id="a personal token"),
        pytest.param("github_pat_11CANARY0canary", "canary", id="a fine-grained token"),
        pytest.param("Authorization: Bearer canary.token", "canary", id="a bearer header"),
        pytest.param("authorization: bearer canary", "canary", id="a bearer header in small letters"),
        pytest.param("jwt eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOjF9.canary", "canary", id="a JSON web token"),
        pytest.param("postgresql://andon:canary@host/db", "canary", id="a password in an address"),
        pytest.param(f"key {private_key()} end", private_key()[40:80], id="a private key"),
        pytest.param("-----BEGIN PRIVATE KEY-----\ncanary", "canary", id="a private key cut short"),
        pytest.param(f"secret={WEBHOOK}", WEBHOOK, id="a registered secret"),
        pytest.param(repr(private_key()), private_key()[40:80], id="a private key with its line ends written out"),
    ],
)
def test_a_secret_is_hidden_and_the_rest_stays(text: str, canary: str) -> None:
    shown = Redaction([WEBHOOK]).text(f"before {text} after")

    assert canary not in shown
    assert HIDDEN in shown
    assert shown.startswith("before ")


def test_ordinary_words_are_not_hidden() -> None:
    text = "looked at pull/7/octo/shop/3 at https://example.com:8080/path for ghost_writer"

    assert Redaction(["", "abc"]).text(text) == text


def test_a_line_is_json_and_holds_no_secret_wherever_it_stood(written: io.StringIO) -> None:
    structlog.get_logger("andon").info(
        "looked", secret=WEBHOOK, nested={"list": [f"Bearer {WEBHOOK}"], WEBHOOK: 1}, n=3
    )

    line = json.loads(written.getvalue())
    assert (line["event"], line["n"], line["level"]) == ("looked", 3, "info")
    assert WEBHOOK not in written.getvalue()


def test_a_traceback_holds_no_secret(written: io.StringIO) -> None:
    try:
        int(WEBHOOK)
    except ValueError:
        structlog.get_logger("andon").exception("failed")

    line = json.loads(written.getvalue())
    assert "Traceback" in line["exception"]
    assert WEBHOOK not in written.getvalue()


def test_lines_of_other_libraries_go_the_same_way(written: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("Error with %s", f"ghs_{'x' * 40}")

    line = json.loads(written.getvalue())
    assert line["event"] == f"Error with {HIDDEN}"


def test_an_object_is_shown_without_its_secrets(written: io.StringIO) -> None:
    structlog.get_logger("andon").info("sent", request=("POST", {"authorization": f"Bearer {'x' * 40}"}))

    assert "xxxx" not in written.getvalue()


def test_on_a_terminal_a_line_is_text_and_elsewhere_json_and_either_can_be_asked_for(written: io.StringIO) -> None:
    def line_of(stream: io.StringIO, form: str) -> str:
        start_logging([WEBHOOK], stream, form=form)
        structlog.get_logger("andon").info("looked", address="pull/7/octo/shop/3", secret=WEBHOOK)
        return stream.getvalue()

    terminal = line_of(Terminal(), "auto")
    shown = [line_of(io.StringIO(), "text"), line_of(io.StringIO(), "auto"), line_of(Terminal(), "json")]

    assert ("\x1b[" in terminal, "looked" in terminal, terminal.startswith("{")) == (True, True, False)
    assert [line.startswith("{") for line in shown] == [False, True, True]
    assert WEBHOOK not in "".join((terminal, *shown, written.getvalue()))


@pytest.mark.usefixtures("written")
def test_only_what_is_serious_enough_is_written() -> None:
    stream = io.StringIO()
    start_logging(stream=stream, level="warning")

    structlog.get_logger("andon").info("quiet")
    structlog.get_logger("andon").warning("loud")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["loud"]


class Unspeakable:
    """A value that cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError(WEBHOOK)


def test_a_line_that_cannot_be_made_is_said_to_be_missing_and_is_no_error_of_whoever_wrote_it(
    written: io.StringIO,
) -> None:
    structlog.get_logger("andon").info("looked", at=Unspeakable())
    structlog.get_logger("andon").info("went on")

    lines = [json.loads(line)["event"] for line in written.getvalue().splitlines()]
    assert lines == ["a log line could not be written", "went on"]


def test_a_line_says_when_it_was_written_how_serious_it_is_and_who_wrote_it(written: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(address="pull/7/octo/shop/3"):
        structlog.get_logger("bot.worker").warning("lease lost", token=3)
    logging.getLogger("other").warning("lease lost")

    ours, theirs = (json.loads(line) for line in written.getvalue().splitlines())
    assert ours.pop("timestamp").endswith("Z")
    assert theirs.pop("timestamp").endswith("Z")
    said = {"event": "lease lost", "level": "warning"}
    assert ours == {**said, "logger": "bot.worker", "address": "pull/7/octo/shop/3", "token": 3}
    assert theirs == {**said, "logger": "other"}


class Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("written")
def test_a_log_on_a_full_disk_stops_nobody_from_working() -> None:
    full = Path("/dev/full").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - closing it fails as well
    start_logging(stream=full)

    answers = [structlog.get_logger("test").info("written nowhere", number=number) for number in range(3)]

    with suppress(OSError):
        full.close()
    assert answers == [None] * 3
