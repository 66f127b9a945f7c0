"""Rules that misbehave, as a hostile text could make one that is careless."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

from rules.engine.result import Reported, Yielded
from rules.engine.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.engine.needs import Needs
    from rules.engine.pull_request import PullRequest

LOOPS = "loops for ever"


class Loops(Rule):
    """Never ends where the title of the pull request says so."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Loop."""
        while pr.title == LOOPS:
            pass
        yield Reported({"number": pr.number}, "Ended.")


class Waits(Rule):
    """Gets no processor for a while, as on a busy machine."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Wait."""
        threading.Event().wait(0.6)
        yield Reported({"number": pr.number}, "Waited.")


class LoopsBefore(Rule):
    """Never says what it needs."""

    def needs(self, pr: PullRequest) -> Needs:
        """Loop."""
        while True:
            pr.title.split()


class Allocates(Rule):
    """Takes four gibibytes."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Allocate."""
        yield Reported({"size": len(bytearray(4 * 1024**3))}, pr.title)


class Exits(Rule):
    """Ends its process."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Exit."""
        os._exit(pr.number or 0)


class Looks(Rule):
    """Tells what it sees of the process it runs in."""

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Look around."""
        os.kill(os.getpid(), signal.SIGTERM)  # as a platform does with every process of an application
        print("this line is no answer")  # noqa: T201
        yield Reported({"environment": dict(os.environ), "pid": os.getpid()}, pr.title)


class Fails(Rule):
    """Cannot be carried over to another process."""

    def __reduce__(self) -> str:
        raise ValueError("stays here")
