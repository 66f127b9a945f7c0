"""A small model of its own of what a policy allows: it shares nothing with bot/ and rules/.

It states what must be so before andon may bring a pull request in. It knows less than the bot, and never forbids what
the bot may do; so whatever it forbids was a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.history import FileDiff
from simulator.pull_request import PullRequest
from simulator.records import Review, Ruleset
from tests.chaos.policies import HOLD_LABEL, Terms

GREEN = frozenset({"success", "neutral", "skipped"})
ALWAYS = frozenset({"alice", "bob", "dave"})
"""Who may write, and nobody takes that; the access of `carol` comes and goes."""

BOT = "andon[bot]"
MAINTAINERS = ALWAYS | {"carol"}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody first wrote in a comment, at which head; it may have been edited since."""

    by: str
    words: str
    head: str
    number: int
    id: int
    at: float
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """One report on a head: a check run of an App, or a commit status (no App)."""

    name: str
    app_id: int | None
    result: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One pull request at one instant, as GitHub had it."""

    number: int
    author: str
    head: str
    base: str
    tip: str
    trunk: str
    draft: bool
    fork: bool
    labels: tuple[str, ...]
    reviews: tuple[Review, ...]
    reported: tuple[Reported, ...]
    ruleset: Ruleset
    writers: frozenset[str]
    said: tuple[Said, ...]

    @property
    def restores(self) -> bool:
        """Whether andon itself opened it, to take back what failed in production: nobody need ask for that."""
        return self.author == BOT


def facts_of(pull: PullRequest, said: Sequence[Said]) -> Facts:
    """Take down what GitHub has of a pull request now."""
    repo, now = pull.repo, pull.now
    names = {review.author.login for review in now.reviews}
    return Facts(
        number=pull.number,
        author=pull.author.login,
        head=now.head,
        base=now.base,
        tip=repo.branches.get(now.base, ""),
        trunk=repo.head,
        draft=now.draft,
        fork=pull.fork,
        labels=now.labels,
        reviews=now.reviews,
        reported=tuple(_reported(pull, now.head)),
        ruleset=repo.ruleset(now.base),
        writers=frozenset(name for name in names if repo.people.may_write(repo.github.user(name))),
        said=tuple(one for one in said if one.number == pull.number),
    )


def _reported(pull: PullRequest, head: str) -> Iterator[Reported]:
    newest = {(run.name, run.app.id): run for run in pull.repo.checks_on.get(head, [])}
    for run in newest.values():
        yield Reported(run.name, run.app.id, (run.conclusion or "pending") if run.status == "completed" else "pending")
    for status in {status.context: status for status in pull.repo.statuses_on.get(head, [])}.values():
        yield Reported(status.context, None, status.state)


def forbidden(facts: Facts, terms: Terms, files: Sequence[FileDiff]) -> Iterator[str]:
    """Say everything against a merge at this instant; nothing where the policy allows it."""
    if not terms.merges:
        yield "the policy has andon merge nothing"
    if facts.base != "main":
        yield f"no policy governs {facts.base}"
    if facts.draft:
        yield "it is a draft"
    asked = _wanted(facts, "merge")
    if terms.label and terms.label not in facts.labels and not asked and not facts.restores:
        yield f"nobody asked for it: no label {terms.label}, no command"
    if facts.fork and not asked:
        yield "it is of a fork, and no maintainer asked for this head"
    if HOLD_LABEL in facts.labels:
        yield f"the label {HOLD_LABEL} holds it"
    if _held(facts):
        yield "a person holds it"
    yield from _by_rules(facts, terms, files)
    yield from _by_github(facts)


def _by_rules(facts: Facts, terms: Terms, files: Sequence[FileDiff]) -> Iterator[str]:
    added = sum(_code(file.patch) for file in files if not file.path.endswith(".md"))
    if added > terms.max_lines and not _wanted(facts, "override small-diff") and not facts.restores:
        yield f"it adds {added} lines, the limit is {terms.max_lines}"
    if terms.checked and any(file.path.startswith("src/tax") for file in files):
        yield "its behaviour has no test"
    if terms.checked and any(file.path.startswith("src/payments") for file in files):
        yield "its risk has no flag"


def _code(patch: str | None) -> int:
    """Count the added lines that are not blank."""
    return sum(line.startswith("+") and bool(line[1:].strip()) for line in (patch or "").splitlines())


def _by_github(facts: Facts) -> Iterator[str]:
    """Say what GitHub's own rules, and the positive evidence that andon asks for, still lack."""
    asked = facts.ruleset
    if not [name for name, _ in asked.checks if name != "andon"]:
        yield "nothing proves that it works"
    for name, app_id in asked.checks:
        found = [one.result for one in facts.reported if one.name == name and app_id in (None, one.app_id)]
        if name != "andon" and (not found or any(result not in GREEN for result in found)):
            yield f"the check {name} is {', '.join(found) or 'absent'}"
    if any(one.name == "andon" and one.app_id == IMPOSTOR for one in facts.reported):
        yield "somebody else reported `andon`"
    if asked.approvals is None:
        return
    opinions = {one.author.login: one.state for one in facts.reviews if one.state not in ("COMMENTED", "DISMISSED")}
    counted = {name: said for name, said in opinions.items() if name in facts.writers and name != facts.author}
    if list(counted.values()).count("APPROVED") < asked.approvals:
        yield f"it has {list(counted.values()).count('APPROVED')} of {asked.approvals} approvals"
    if "CHANGES_REQUESTED" in counted.values():
        yield "a reviewer asks for changes"


IMPOSTOR = 2003
"""The id of an App that reports checks under names that are not its own."""


def _wanted(facts: Facts, command: str) -> bool:
    """Tell whether a maintainer may have asked for something at this head; one that was edited may have been heard."""
    asked = f"/andon {command}"
    by = MAINTAINERS if command == "merge" else MAINTAINERS - {facts.author}
    return any(one.by in by and one.head == facts.head and one.words.startswith(asked) for one in facts.said)


def _held(facts: Facts) -> bool:
    """Tell whether a hold stands whose author certainly may, and which nobody has certainly or perhaps taken back."""
    held = False
    for one in facts.said:
        if one.words.startswith("/andon hold") and (one.by in ALWAYS or one.by == facts.author) and not one.edited:
            held = True
        if one.words.startswith("/andon unhold") and one.by in MAINTAINERS | {facts.author}:
            held = False
    return held
