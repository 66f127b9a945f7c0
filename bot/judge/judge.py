"""Has pull requests judged in processes of their own: hostile text may stall or kill those, and never the service."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, Self, TypeVar

import structlog
from pydantic import ValidationError

from bot.judge.process import DONE, Limits, ToJudge, ToRead, receive, send, verdicts, wishes
from rules.engine.needs import Needs
from rules.engine.policy import Policy
from rules.engine.pull_request import PullRequest
from rules.engine.result import Kind, Mode, Outcome, Override, RuleResult, Verdict

log = structlog.get_logger(__name__)

PROCESSES: Final = max(2, min(4, os.cpu_count() or 1))
"""At the most; they start when they are needed."""

_ENDS_WITHIN: Final = 5  # seconds after a process has hung up
_THREADS: Final = 8  # while some wait for a process, others make a question or read an answer
_START: Final = "import sys; from bot.judge.process import main; main(sys.argv[1:])"
_ROOT: Final = Path(__file__).parents[2]
_HANDED_ON: Final = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ")  # no token, no key, no address of a database

Given = ParamSpec("Given")
Gives = TypeVar("Gives")


class Unjudged(Exception):  # noqa: N818 - a state, said in words
    """There is no answer; the text says why, as a sentence goes on after `andon could not judge this`."""


class Judge:
    """Gives the answers of `rules.engine.evaluate` from other processes. Threads may share it.

    What cannot be judged is unknown, rule by rule: never a pass, and never a reason to stop.
    """

    def __init__(self, limits: Limits | None = None, most: int = PROCESSES) -> None:
        self._limits = limits or Limits()
        self._free = threading.BoundedSemaphore(most)
        self._idle: deque[_Child] = deque()
        self._children: set[_Child] = set()
        self._closed = False
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, "judge")

    async def run(self, work: Callable[Given, Gives], /, *args: Given.args, **named: Given.kwargs) -> Gives:
        """Do some work that asks this judge, or another that takes a while, beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **named))

    def evaluate(self, policy: Policy, pr: PullRequest, overrides: Sequence[Override] = ()) -> Verdict:
        """Hold a pull request against a policy, as `rules.engine.evaluate.evaluate` does. Blocks."""
        try:
            answer = self._asked(ToJudge(policy, pr, tuple(overrides)))
            return verdicts().validate_json(answer)
        except (Unjudged, ValidationError) as error:
            return _undecided(policy, pr, overrides, self._said(error, pr))

    def needs_of(self, policy: Policy, pr: PullRequest) -> Needs:
        """Join what all rules must read, as `rules.engine.evaluate.needs_of` does; nothing where it fails. Blocks."""
        try:
            return wishes().validate_json(self._asked(ToRead(policy, pr)))
        except (Unjudged, ValidationError) as error:
            self._said(error, pr)
            return Needs()

    async def keep_ready(self) -> None:
        """Have one process started before the first question; for a background task, which starts it anew."""
        await self.run(self.get_ready)
        await asyncio.Event().wait()

    def get_ready(self) -> None:
        """Start a process, unless there is one."""
        with self._free:
            if not self._children:
                self._idle.append(self._start())

    def close(self) -> None:
        """End every process. What is asked from now on is unknown."""
        with self._lock:
            self._closed = True
            children = tuple(self._children)
        for child in children:
            child.kill()  # whoever waits for its answer sees that there will be none
        self._threads.shutdown(wait=True, cancel_futures=True)
        for child in children:
            child.end()

    def _said(self, error: Unjudged | ValidationError, pr: PullRequest) -> str:
        why = str(error) if isinstance(error, Unjudged) else "its answer was none"
        log.warning("not judged", repository=pr.repository, number=pr.number, head=pr.head, why=why)
        return f"andon could not judge this {why}: andon failed, not you."

    def _asked(self, question: ToJudge | ToRead) -> bytes:
        """Ask a process that is free, and end it where it does not answer. Raises Unjudged."""
        written = _written(question)
        with self._free:
            child = self._taken()
            try:
                answer = child.ask(written, self._limits)
            except BaseException:
                self._ended(child)
                raise
            self._idle.append(child)
        if not answer.startswith(DONE):
            raise Unjudged(f"because of an error ({answer[1:200].decode('utf-8', 'replace')})")
        return answer[1:]

    def _taken(self) -> _Child:
        while self._idle:
            child = self._idle.pop()
            if child.lives:
                return child
            self._ended(child)
        return self._start()

    def _start(self) -> _Child:
        with self._lock:
            if self._closed:
                raise Unjudged("while it was stopping")
            try:
                child = _Child.started(self._limits)
            except OSError as error:
                raise Unjudged(f"because no process could be started ({error.strerror})") from error
            self._children.add(child)
            return child

    def _ended(self, child: _Child) -> None:
        child.end()
        with self._lock:
            self._children.discard(child)


class _Child:
    """One process and our end of its socket."""

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket) -> None:
        self._process = process
        self._channel = channel

    @classmethod
    def started(cls, limits: Limits) -> Self:
        """Start a process with an environment of its own. Raises OSError."""
        ours, theirs = socket.socketpair()
        command = (sys.executable, "-P", "-c", _START, *map(str, (limits.seconds, limits.memory, limits.patience)))
        nowhere = subprocess.DEVNULL
        try:
            process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=nowhere, stderr=nowhere, env=_environment()
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return cls(process, ours)

    @property
    def lives(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def ask(self, question: bytes, limits: Limits) -> bytes:
        """Send a question and wait for the answer. Raises Unjudged."""
        until = time.monotonic() + limits.patience
        try:
            self._channel.settimeout(limits.patience)
            send(self._channel, question)
            answer = receive(self._channel, until)
        except TimeoutError:
            raise Unjudged(f"within {limits.patience:g} seconds") from None
        except OSError:
            answer = None
        if answer is None:
            raise Unjudged(self._ending(limits))
        return answer

    def _ending(self, limits: Limits) -> str:
        """Say why the process is no more: it ends itself where a question takes too much of a processor."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._process.wait(_ENDS_WITHIN) == -signal.SIGPROF:
                return f"within {limits.seconds:g} seconds"
        return "because its process ended"

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()

    def end(self) -> None:
        """End the process and hang up."""
        self._process.kill()
        self._process.wait()
        self._channel.close()


def _written(question: ToJudge | ToRead) -> bytes:
    try:
        return pickle.dumps(question, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        raise Unjudged(f"because of an error ({type(error).__name__})") from error


def _environment() -> dict[str, str]:
    """Give the environment of a judging process: where Python finds its modules, and nothing secret."""
    handed_on = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    paths = (str(_ROOT), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))
    return {**handed_on, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def _undecided(policy: Policy, pr: PullRequest, overrides: Sequence[Override], why: str) -> Verdict:
    """Say of every rule that is not off that it is unknown."""
    by_rule = {override.rule: override for override in overrides}
    results = tuple(
        RuleResult(
            rule=listed.name,
            mode=listed.mode,
            outcome=Outcome.UNKNOWN,
            facts={},
            sentence="",
            unknown=(why,),
            override=by_rule.get(listed.name),
        )
        for listed in policy.rules
        if listed.mode is not Mode.OFF
    )
    return Verdict(base=pr.base, head=pr.head, policy=policy.source, kind=Kind.CHANGE, results=results)
