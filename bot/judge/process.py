"""The process in which pull requests are judged: nothing of ours is in it but the rules and what they look at.

Its answers are JSON that is read by type. Whatever a hostile text made of this process could say something wrong, and
could run nothing in the service.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pydantic import TypeAdapter

from rules.engine.evaluate import evaluate, needs_of
from rules.engine.needs import Needs
from rules.engine.policy import Policy
from rules.engine.pull_request import PullRequest
from rules.engine.result import Override, Verdict

DONE: Final = b"+"
"""Before an answer; anything else comes before the reason why there is none."""

_LENGTH: Final = struct.Struct("!Q")
_GRACE: Final = 2  # seconds that the service has to end this process by itself


@dataclass(frozen=True, slots=True)
class Limits:
    """What judging one pull request may take: seconds of a processor, and bytes of memory of the process (on Linux).

    `patience` is how many seconds it may take on the clock: on a busy machine that is many times as long.
    """

    seconds: float = 20.0
    memory: int = 1024 * 1024 * 1024
    patience: float = 80.0


@dataclass(frozen=True, slots=True)
class ToJudge:
    """Asks what the policy says of a pull request."""

    policy: Policy
    pull_request: PullRequest
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class ToRead:
    """Asks what must be read beyond the diff."""

    policy: Policy
    pull_request: PullRequest


@lru_cache(maxsize=1)
def verdicts() -> TypeAdapter[Verdict]:
    """Give what reads and writes a verdict as JSON."""
    return TypeAdapter(Verdict)


@lru_cache(maxsize=1)
def wishes() -> TypeAdapter[Needs]:
    """Give what reads and writes as JSON what must be read."""
    return TypeAdapter(Needs)


def send(channel: socket.socket, data: bytes) -> None:
    """Send one message, its length first."""
    channel.sendall(_LENGTH.pack(len(data)))
    channel.sendall(data)


def receive(channel: socket.socket, until: float | None = None) -> bytes | None:
    """Receive one message, until a time of the monotonic clock; None where the other side has gone."""
    head = _exactly(channel, _LENGTH.size, until)
    return None if head is None else _exactly(channel, _LENGTH.unpack(head)[0], until)


def _exactly(channel: socket.socket, size: int, until: float | None) -> bytes | None:
    pieces = bytearray()
    while len(pieces) < size:
        if until is not None:
            channel.settimeout(max(until - time.monotonic(), 0.001))
        piece = channel.recv(min(size - len(pieces), 1 << 20))
        if not piece:
            return None
        pieces += piece
    return bytes(pieces)


def main(arguments: Sequence[str]) -> None:
    """Answer questions on standard input, a socket, until it is closed. Arguments: the limits in their order."""
    limits = Limits(float(arguments[0]), int(arguments[1]), float(arguments[2]))
    _confine(limits)
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as channel:
        while (question := receive(channel)) is not None:
            signal.setitimer(signal.ITIMER_PROF, limits.seconds)  # ends this process by SIGPROF
            signal.alarm(int(limits.patience) + _GRACE)  # so does this, even where nobody is left to end it
            send(channel, _answer(question))
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.alarm(0)


def _confine(limits: Limits) -> None:
    """Take no more memory than allowed, leave no core behind, and end when the service ends, not before."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))


def _answer(question: bytes) -> bytes:
    try:
        match pickle.loads(question):  # noqa: S301 - the service itself wrote it
            case ToJudge(policy, pull_request, overrides):
                return DONE + verdicts().dump_json(evaluate(policy, pull_request, overrides))
            case ToRead(policy, pull_request):
                return DONE + wishes().dump_json(needs_of(policy, pull_request))
            case other:
                return f"-{type(other).__name__} is no question".encode()
    except Exception as error:  # noqa: BLE001 - the service says so in the check
        return f"-{type(error).__name__}".encode()
