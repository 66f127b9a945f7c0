"""What a schedule is played on, and what is written down of it: the facts after each event, and every landing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.address import Repository as Place
from simulator.calls import Call
from simulator.pull_request import PullRequest
from simulator.records import Comment, User
from simulator.repository import Repository
from tests.chaos.events import Event
from tests.chaos.forms import Form
from tests.chaos.oracle import BOT, Facts, Said, facts_of
from tests.chaos.policies import NOTHING, Terms

SNAPSHOT = "query PullRequestSnapshot"
STALE = 4
"""Moments further back that a read may tell of while GitHub's reads lag."""


class Breach(Exception):  # noqa: N818 - a law is broken; that is no error of the program that finds it
    """A law that did not hold; the text says which, where and how."""


@dataclass(frozen=True, slots=True)
class Moment:
    """All open pull requests after an event, and how many calls the bot had made by then."""

    facts: dict[int, Facts]
    calls: int


@dataclass(frozen=True, slots=True)
class Landing:
    """One pull request as it was in the instant in which it landed, and what it may have been when it was read.

    `shown` is what our check run on it concluded, `undeployed` how many landed by andon since the last that went live.
    """

    facts: Facts
    by: str
    armed: bool
    candidates: tuple[Facts, ...]
    shown: str | None
    undeployed: int
    production_failed: int | None
    frozen: str


@dataclass(slots=True)
class Known:
    """What was settled when everything was made good last: who froze the line, whose release had failed.

    `heard` counts the comments there were by then.
    """

    frozen: str = ""
    failed: int | None = None
    heard: int = 0


@dataclass(slots=True)
class Counted:
    """Up to where writes were counted: calls, events, landings, states of deployments, long times that passed.

    `unanswered` are the commands that andon had not taken in by then.
    """

    calls: int = 0
    happened: int = 0
    landed: int = 0
    deployed: int = 0
    aged: int = 0
    unanswered: int = 0


@dataclass(slots=True)
class World:
    """One repository, everything said and landed in it, and what the laws compare."""

    form: Form
    repository: Repository
    installation: int
    said: list[Said] = field(default_factory=list)
    comments: dict[int, Comment] = field(default_factory=dict)
    heads: dict[int, list[str]] = field(default_factory=dict)
    rechecked: set[int] = field(default_factory=set)
    moments: list[Moment] = field(default_factory=list)
    landings: list[Landing] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    known: Known = field(default_factory=Known)
    unheard: bool = False
    unseen: bool = False
    checks_unheard: bool = False
    lagging: bool = False
    disturbed: bool = False
    disturbed_ever: bool = False
    governed: bool = True
    terms: Terms = NOTHING
    happened: int = 0
    aged: int = 0
    counted: Counted = field(default_factory=Counted)
    last_event: Counted = field(default_factory=Counted)

    @property
    def place(self) -> Place:
        """The repository as the bot names it."""
        return Place(self.installation, "octo", "shop")

    @property
    def policy_moved(self) -> bool:
        """Whether another policy may have held when something landed."""
        landed = any(pull.merged and pull.now.title.startswith("Loosen") for pull in self.pulls)
        return landed or self.tally["policy"] + self.tally["no-merging"] > 0

    @property
    def pulls(self) -> list[PullRequest]:
        """All pull requests, in the order in which they were opened."""
        return list(self.repository.pulls.values())

    def pull(self, event: Event) -> PullRequest:
        """Find the pull request that an event is about."""
        return self.pulls[event.pull % len(self.pulls)]

    def watch(self) -> None:
        """Write down every landing from now on."""
        self.form.github.witnesses.append(self._landed)

    def note(self) -> None:
        """Take down the facts after an event."""
        facts = {pull.number: facts_of(pull, self.said) for pull in self.pulls if pull.open}
        for pull in self.pulls:
            heads = self.heads.setdefault(pull.number, [])
            if not heads or heads[-1] != pull.head:
                heads.append(pull.head)
        self.moments.append(Moment(facts, len(self.form.github.calls)))

    async def comment(self, pull: PullRequest, by: str, words: str) -> None:
        """Write a comment, and remember at which head it was written."""
        head = pull.head
        written = await pull.comment(by, words)
        self.comments[written.id] = written
        self.said.append(Said(by, words, head, pull.number, written.id, written.created_at))
        if words.startswith("/andon recheck"):
            self.rechecked.add(pull.number)

    async def edit(self, pull: PullRequest, words: str) -> bool:
        """Edit the newest comment that a person wrote under a pull request; False where there is none.

        What it said first is remembered: that may have been carried out by then.
        """
        mine = [one for one in self.said if one.number == pull.number]
        if not mine:
            return False
        at = self.said.index(mine[-1])
        await pull.edit_comment(self.comments[mine[-1].id], words, by=mine[-1].by)
        self.said[at] = replace(mine[-1], edited=True)
        return True

    def _landed(self, pull: PullRequest, by: User) -> None:
        facts = facts_of(pull, self.said)
        armed = pull.now.auto_merge is not None
        since = 0 if armed or by.login.startswith("github-merge-queue") else self._read_at(pull.number)
        earlier = filter(None, (moment.facts.get(pull.number) for moment in self.moments[since:]))
        run = pull.check_run("andon")
        shown = run.conclusion if run is not None and run.app.id == self.form.github.app_id else None
        failed, frozen = self.known.failed, self.known.frozen
        seen = (facts, *earlier)
        self.landings.append(Landing(facts, by.login, armed, seen, shown, self._undeployed(), failed, frozen))

    def _undeployed(self) -> int:
        """Count what andon merged into main since the last of it that went live."""
        live = {one.sha for one in self.repository.deployments if one.state == "success"}
        merged = [pull for pull in self.pulls if pull.merged and pull.base == "main" and _is_ours(pull)]
        in_order = sorted(merged, key=lambda pull: pull.now.merged_at or 0.0)
        last = max((place for place, pull in enumerate(in_order) if pull.merge_commit in live), default=-1)
        return len(in_order) - 1 - last

    def _read_at(self, number: int) -> int:
        """Tell which moment the bot's last read of a pull request may have told of, at the earliest."""
        calls = self.form.github.calls
        backwards = range(len(calls) - 1, -1, -1)
        read_at = next((place for place in backwards if _reads(calls[place], number)), 0)
        after = [place for place, moment in enumerate(self.moments) if moment.calls <= read_at]
        return max(0, (after[-1] if after else 0) - (STALE if self.lagging else 0))


Act = Callable[[World, Event], Awaitable[bool]]
"""Plays one event; False where nothing of the kind can happen now."""


def _is_ours(pull: PullRequest) -> bool:
    return pull.now.merged_by is not None and pull.now.merged_by.login == BOT


def _reads(call: Call, number: int) -> bool:
    return call.kind == SNAPSHOT and isinstance(call.body, dict) and call.body["variables"].get("number") == number
