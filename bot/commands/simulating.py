"""One look at a pull request as the bot takes it, up to where the bot would begin to write."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from bot.address import PullRequestAt, Repository
from bot.bench import Bench
from bot.decision import Decision, decide, policy_of
from bot.evaluation.evaluation import Carried, Spent, evaluation
from bot.evaluation.why import told
from bot.github.as_person import PersonsConnection
from bot.github.github import GitHub
from bot.github.owner_policy import OwnerPolicies
from bot.judge.judge import Judge
from bot.pull_request.tidying import tidied
from bot.reconcile import whole
from bot.settings import graphql_url_of
from bot.snapshot import CHECK_NAME, PolicyFile, Snapshot
from bot.store.store import Store

NO_TIME = Spent(0, 0, 0)
NOT_KEPT = ("milliseconds", "version", "snapshot")
"""What a record of the service measures, and a simulation does not."""


class NoPullRequestError(Exception):
    """There is no such pull request, or the token may not see it."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Whose pull request is looked at, with which token, as which App (0: whoever wrote a check `andon`)."""

    owner: str
    name: str
    number: int
    api_url: str
    token: str = field(repr=False)
    app_id: int = 0
    policy: PolicyFile | None = None


async def simulated(looking: Looking) -> dict[str, Any]:
    """Give the evaluation that the bot would keep now, and what GitHub would show of it; nothing is written.

    Raises NoPullRequestError, PolicyError, and Later or Refused as GitHub answers.
    """
    async with _bench(looking) as opened:
        bench, snapshot = await _found(opened, looking)
        if looking.policy is not None:
            snapshot = await _under(bench, snapshot, looking.policy)
        judge, our_app = bench.judge, bench.github.app_id
        seen = await whole(bench, snapshot)
        decision = tidied(await judge.run(decide, seen, our_app=our_app, judge=judge))
    return shown(decision)


def shown(decision: Decision) -> dict[str, Any]:
    """Write a decision that nobody carries out as JSON: its evaluation, the check run, the comment."""
    kept = evaluation(Carried(decision, (), NO_TIME))
    wanted = decision.wanted
    return {
        **{name: value for name, value in told(kept).items() if name not in NOT_KEPT},
        "simulated": True,
        "check_run": _check(decision),
        "comment": {"begins": wanted.comment.begins, "body": wanted.comment.body}
        if wanted and wanted.comment
        else None,
    }


def _check(decision: Decision) -> dict[str, object] | None:
    if decision.wanted is None:
        return None
    check = decision.wanted.check
    conclusion = check.conclusion.value if check.conclusion else None
    return {"conclusion": conclusion, "title": check.title, "summary": check.summary, "text": check.text}


@asynccontextmanager
async def _bench(looking: Looking) -> AsyncIterator[Bench]:
    """Have at hand what a look needs; what the bot keeps goes into a database that is thrown away."""
    judge = Judge()
    with TemporaryDirectory(prefix="andon-") as directory:
        store = await Store.open(f"sqlite:///{directory}/simulated.db")
        try:
            async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=True) as session:
                connection = PersonsConnection(
                    session,
                    api_url=looking.api_url,
                    graphql_url=graphql_url_of(looking.api_url),
                    token=looking.token,
                    app_id=looking.app_id,
                )
                yield Bench(GitHub(connection), store, time.time, judge=judge)
        finally:
            await store.close()
            judge.close()


async def _found(bench: Bench, looking: Looking) -> tuple[Bench, Snapshot]:
    """Read the pull request as the App that is andon there, which the first read tells where nobody said."""
    snapshot = await _read(bench, looking)
    app_id = 0 if looking.app_id else _app_in(snapshot)
    if not app_id:
        return bench, snapshot
    bench.github.connection.app_id = app_id
    as_app = replace(bench, github=GitHub(bench.github.connection))
    return as_app, await _read(as_app, looking)


async def _read(bench: Bench, looking: Looking) -> Snapshot:
    place = Repository(0, looking.owner, looking.name)
    snapshot = await bench.github.snapshot(PullRequestAt(place, looking.number))
    if snapshot is None:
        raise NoPullRequestError(f"{place.full_name}#{looking.number} is not there, or not for this token")
    return snapshot


async def _under(bench: Bench, snapshot: Snapshot, own: PolicyFile) -> Snapshot:
    """Put another policy in the place of the repository's own. Raises PolicyError."""
    policy = await OwnerPolicies(bench.github.connection, bench.clock).under(snapshot.repository, own)
    policy_of(policy or own)
    return replace(snapshot, policy=policy)


def _app_in(snapshot: Snapshot) -> int:
    """Tell which App is andon here: the one that wrote such a check run, or that a ruleset expects it from."""
    written = (one.app_id for one in snapshot.pull_request.checks if one.name == CHECK_NAME and not one.is_status)
    required = (one.app_id for one in snapshot.merge_state.required if one.name == CHECK_NAME)
    return next((app for app in (*written, *required) if app), 0)
