"""Pull requests of one author or two, for the tests of the rule `pairing`: a test says only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rules.engine.evaluate import evaluate, needs_of
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Account, Author, Commit, PullRequest, Review, ReviewState
from rules.engine.result import Mode, Outcome, RuleResult
from rules.pairing import Pairing
from tests.factories import HEAD, added, code, pull_request

OLD = "0" * 40
TREE = "e" * 40
ALICE = Account("alice", 1)
BOB = Account("bob", 2, access=True)
CAROL = Account("carol", 3, access=True)
DEPENDABOT = Account("dependabot", 7, bot=True)

BY_ALICE = Author("Alice", "1+alice@users.noreply.github.com", ALICE)
BY_BOB = Author("Bob", "2+bob@users.noreply.github.com", Account("bob", 2))
BY_CAROL = Author("Carol", "carol@example.org", Account("carol", 3))
BY_DEPENDABOT = Author("dependabot[bot]", "7+dependabot[bot]@users.noreply.github.com", Account("dependabot[bot]", 7))
CLAUDE = Author("Claude", "noreply@anthropic.com")
BY_WEB = Author("GitHub", "noreply@github.com", Account("web-flow", 19864447))

PASS, WAITING, FOUND, UNKNOWN = Outcome.PASS, Outcome.WAITING, Outcome.FOUND, Outcome.UNKNOWN


def commit(*authors: Author, sha: str = HEAD, lines: int = 100, **fields: Any) -> Commit:
    return replace(Commit(sha, "Work", 1, authors or (BY_ALICE,), lines=lines, tree=TREE), **fields)


def approval(by: Account | None = BOB, commit: str = HEAD, **fields: Any) -> Review:
    return replace(Review(by, ReviewState.APPROVED, commit), **fields)


def work(*commits: Commit, **fields: Any) -> PullRequest:
    plain = pull_request(added("src/app.py", code(100)), author=ALICE, commits=commits or (commit(),))
    return replace(plain, **fields)


def judge(pr: PullRequest, writers: frozenset[int] | None = frozenset({2, 3}), **options: Any) -> RuleResult:
    """Judge a pull request where these accounts may write; None: where nobody could tell."""
    policy = Policy((Listed("pairing", Mode.HOLD, Pairing(**options)),))
    asked = needs_of(policy, pr).people if writers is not None else frozenset[Account]()
    known = replace(pr, access={account.id: account.id in (writers or ()) for account in asked if account.id})
    (result,) = evaluate(policy, known).results
    return result


def words(result: RuleResult) -> str:
    return " ".join(waiting.what for waiting in result.waiting)


PAIRED = commit(BY_ALICE, BY_BOB)
STACK = (commit(BY_ALICE, BY_BOB, sha=OLD, lines=20), commit(lines=200))
WHOLE_STACK = (commit(BY_ALICE, BY_BOB, sha=OLD, lines=200), commit(lines=20))
SIGNED = commit(BY_DEPENDABOT, verified=True)
