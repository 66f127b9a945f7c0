"""Prints a verdict in the log of GitHub Actions: as annotations, then as text."""

from __future__ import annotations

import secrets
from typing import Final

from bot.commands import report as report_text
from bot.commands.printable import one_line
from bot.commands.remarks import Remark, remarks
from bot.words.standing import Level
from rules.engine.result import Verdict

# What ends a line, and in properties what divides them, has a code (actions/toolkit, `command.ts`); the commands:
# https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
_COMMANDS: Final[dict[Level, str]] = {"failure": "error", "warning": "warning", "notice": "notice"}
_IN_MESSAGES: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Final = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def report(verdict: Verdict) -> str:
    """Write one command for each remark, then the text, in which the runner is told to obey nothing."""
    token = secrets.token_hex(16)
    text = report_text.report(verdict)
    return "\n".join((*map(annotation, remarks(verdict)), f"::stop-commands::{token}", text, f"::{token}::"))


def annotation(remark: Remark) -> str:
    """Write a remark as a workflow command, which the runner shows at its lines."""
    given = {
        "title": f"andon: {remark.rule}",
        "file": remark.path,
        "line": remark.start_line,
        "endLine": remark.end_line,
    }
    told = {name: str(one) for name, one in given.items() if one is not None}
    return command(_COMMANDS[remark.level], remark.words, told)


def trouble(message: str) -> str:
    """Write why nothing could be judged, one command for each line."""
    return "\n".join(command("error", line, {"title": "andon"}) for line in message.splitlines() if line)


def command(name: str, message: str, properties: dict[str, str]) -> str:
    """Write a workflow command that says exactly these words and nothing else."""
    given = ",".join(f"{key}={_written(value, _IN_PROPERTIES)}" for key, value in properties.items())
    return f"::{name} {given}::{_written(message, _IN_MESSAGES)}"


def _written(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(char) or one_line(char) for char in text)
