"""When is a pull request ready? One row for each case of checks, statuses, reviews, drafts and labels.

All rows run at once against one service, each in a repository of its own; then each test looks at its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.address import PullRequestAt, Want
from bot.address import Repository as Place
from bot.commands.stage import Stage, stage
from simulator import reviewing
from simulator.ci import CI_APP, start_check
from simulator.pull_request import PullRequest
from simulator.records import CheckRunState
from simulator.repository import Repository
from tests.contracts.checker import ContractChecker
from tests.end_to_end.conftest import lines

POLICY = "rules: {small-diff: {}}\nmerge: {when: ready}\n"
LABEL = "rules: {small-diff: {}}\nmerge: {when: label, label: ship}\n"
STRICTLY = "rules: {small-diff: {}}\nmerge: {when: ready, must-succeed: [ci]}\n"
HOLDING = "rules: {small-diff: {}}\nmerge: {when: label, label: ship, hold-labels: [do-not-merge]}\n"
NAMED = "rules: {small-diff: {}}\nmerge: {when: ready, required-checks: [ci]}\n"
NOBODY, AUTHOR, REVIEWER, MAINTAINER = "nobody", "the author", "a reviewer", "a maintainer"
NEVER = ("waiting for `ci` (never reported)", NOBODY)
RUNNING = ("waiting for `ci` (running)", NOBODY)
FAILED = ("`ci` failed", AUTHOR)
NO_LABEL = ("neither the label `ship` is set, nor was `/andon merge` said", MAINTAINER)
NO_PROOF = (
    "nothing here proves that it works: no ruleset requires a check. Require one, or name it in the policy under "
    "`merge: {required-checks: […]}`"
)
NO_EVIDENCE = (NO_PROOF, MAINTAINER)
STRANGER = 4711
"""The id of an App that reports nothing here."""


@dataclass(frozen=True, slots=True)
class Case:
    """The repository of one row, whose branch main requires the check `ci`, on the stage that all share."""

    stage: Stage
    repository: Repository
    place: Place

    async def opened(self, *, ci: str = "", **proposal: Any) -> PullRequest:
        """Open a pull request of one small file; `ci` concludes so."""
        pull = await self.repository.open_pull_request(**{"files": {"app.py": lines(5)}, **proposal})
        if ci:
            await self.repository.ci.finishes(pull.head, "ci", ci)
        return pull

    async def record(self, pull: PullRequest) -> Mapping[str, Any]:
        """Give what the bot keeps of a pull request."""
        return await self.stage.bench.store.decision(self.place.owner, self.place.name, pull.number) or {}

    async def waiting(self, pull: PullRequest, *expected: tuple[str, str]) -> None:
        """Wait until the record says that the present head waits for this."""

        async def so() -> bool:
            record = await self.record(pull)
            return record.get("head") == pull.head and waits_of(record) == list(expected)

        await self.stage.until(f"#{pull.number} in {self.place.owner} waits for {expected}", so)

    async def look(self, pull: PullRequest) -> None:
        """Want a look at a pull request without any delivery."""
        await self.stage.bench.store.want([Want(PullRequestAt(self.place, pull.number))])

    def require(self, **asked: Any) -> None:
        """Change what main asks of a pull request."""
        self.repository.require("main", **asked)


def waits_of(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List for what and for whom a pull request waits."""
    return [(wait["what"], wait["who"]) for wait in record.get("waiting_for", ())]


Story = Callable[[Case], Awaitable[PullRequest]]


@dataclass(frozen=True, slots=True)
class Row:
    """One case: what happens, and what the bot makes of it. In `waits`, HEAD stands for the short id of the head."""

    id: str
    story: Story
    waits: tuple[tuple[str, str], ...] = ()
    mentions: tuple[str, ...] = ()
    policy: str = POLICY

    @property
    def merges(self) -> bool:
        """Tell whether it merges: whatever waits for nothing does."""
        return not self.waits


async def opened(case: Case) -> PullRequest:
    return await case.opened()


async def green(case: Case) -> PullRequest:
    return await case.opened(ci="success")


def ending(conclusion: str) -> Story:
    async def story(case: Case) -> PullRequest:
        return await case.opened(ci=conclusion)

    return story


async def running(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.repository.ci.starts(pull.head, "ci")
    await case.look(pull)
    return pull


async def failed_and_another_is_green(case: Case) -> PullRequest:
    pull = await case.opened(ci="failure")
    await case.waiting(pull, FAILED)
    other = await case.repository.open_pull_request(files={"other.py": lines(3)})
    await case.repository.ci.succeeds(other.head, "ci")
    await case.stage.until("the next one is merged", lambda: other.merged)
    return pull


async def an_optional_one_fails(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.repository.ci.fails(pull.head, "lint")
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


def unfinished(status: str) -> Story:
    async def story(case: Case) -> PullRequest:
        pull = await case.opened(tell=False)
        with case.stage.github.silence():
            await start_check(case.repository, CI_APP, ("ci", pull.head), CheckRunState(status, "success"))
        await case.look(pull)
        return pull

    return story


async def rerun(case: Case) -> PullRequest:
    pull = await case.opened(tell=False)
    await case.repository.ci.succeeds(pull.head, "ci", tell=False)
    await case.repository.ci.starts(pull.head, "ci", tell=False, workflow="nightly")
    await case.look(pull)
    return pull


async def an_older_run_is_listed_last(case: Case) -> PullRequest:
    pull, now = await case.opened(tell=False), case.stage.github.now()
    with case.stage.github.silence():
        for began, conclusion in ((now - 30, "failure"), (now - 60, "success")):
            state = CheckRunState("completed", conclusion, began, began + 5)
            await start_check(case.repository, CI_APP, ("ci", pull.head), state, workflow=conclusion)
    await case.look(pull)
    return pull


def of_both_kinds(*, status: str, run: str) -> Story:
    async def story(case: Case) -> PullRequest:
        pull = await case.opened()
        await case.repository.ci.status(pull.head, "ci", status)
        await case.repository.ci.finishes(pull.head, "ci", run)
        return pull

    return story


async def pinned_to_a_stranger(case: Case) -> PullRequest:
    case.require(checks=(("ci", STRANGER),))
    return await case.opened(ci="success")


async def pinned_and_forged_by_a_status(case: Case) -> PullRequest:
    case.require(checks=(("ci", CI_APP.id),))
    pull = await case.opened()
    await case.repository.ci.status(pull.head, "ci", "success")
    return pull


async def pinned_by_classic_protection(case: Case) -> PullRequest:
    case.require(checks=(("ci", STRANGER),), classic=True)
    return await case.opened(ci="success")


async def classic_protection(case: Case) -> PullRequest:
    case.require(classic=True)
    return await case.opened()


async def classic_protection_is_met(case: Case) -> PullRequest:
    case.require(classic=True, approvals=1)
    pull = await case.opened(ci="success")
    await pull.review("bob", "APPROVED")
    return pull


async def somebody_else_speaks_for_us(case: Case) -> PullRequest:
    pull = await case.opened(tell=False)
    await case.repository.ci.status(pull.head, "andon", "success", tell=False)
    await case.repository.ci.succeeds(pull.head, "ci")
    await case.look(pull)
    return pull


async def our_own_is_required(case: Case) -> PullRequest:
    case.require(checks=(("ci", None), ("andon", case.stage.github.app_id)))
    return await case.opened(ci="success")


async def one_of_two_workflows(case: Case) -> PullRequest:
    case.require(checks=(("build", None), ("test", None)))
    pull = await case.opened()
    await case.repository.ci.succeeds(pull.head, "build")
    return pull


async def two_workflows(case: Case) -> PullRequest:
    pull = await one_of_two_workflows(case)
    await case.waiting(pull, ("waiting for `test` (never reported)", NOBODY))
    await case.repository.ci.succeeds(pull.head, "test")
    return pull


async def a_commit_of_nobody(case: Case) -> PullRequest:
    stray = await case.repository.commit("stray", {"stray.py": lines(2)}, tell=False)
    pull = await case.opened()
    await case.repository.ci.succeeds(stray, "ci")
    return pull


async def closed(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.waiting(pull, NEVER)
    await pull.close()
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def conflicting(case: Case) -> PullRequest:
    pull = await case.opened(ci="failure")
    await case.waiting(pull, FAILED)
    await case.repository.commit("main", {"app.py": lines(4, "theirs")})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def deployments_are_required(case: Case) -> PullRequest:
    case.require(others=("REQUIRED_DEPLOYMENTS",))
    return await case.opened(ci="success")


async def signatures_are_required(case: Case) -> PullRequest:
    case.require(others=("REQUIRED_SIGNATURES",), classic=True)
    return await case.opened(ci="success")


async def pushed_after_the_approval(case: Case) -> PullRequest:
    case.require(approvals=1, dismiss_stale=True)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    await pull.push({"app.py": lines(6)})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def pushed_where_approvals_stay(case: Case) -> PullRequest:
    case.require(approvals=1)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    await pull.push({"app.py": lines(6)})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


def approved_by(login: str, *, then: Callable[[Case, PullRequest], None] | None = None, count: int = 1) -> Story:
    """Have somebody approve; `then` happens before the bot may merge."""

    async def story(case: Case) -> PullRequest:
        case.require(approvals=count)
        case.repository.outsiders.add("mallory")
        pull = await case.opened(author="alice")
        await pull.review(login, "APPROVED")
        if then is not None:
            then(case, pull)
        await case.repository.ci.succeeds(pull.head, "ci")
        await case.look(pull)
        return pull

    return story


def loses_access(case: Case, _: PullRequest) -> None:
    case.repository.people.revoke("bob")


def is_asked_again(_: Case, pull: PullRequest) -> None:
    reviewing.ask(pull, "bob")


async def changes_asked_for_and_dismissed(case: Case) -> PullRequest:
    case.require(approvals=1)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    against = await pull.review("bob", "CHANGES_REQUESTED")
    await case.repository.ci.succeeds(pull.head, "ci")
    await case.waiting(pull, ("`bob` asked for changes", AUTHOR))
    reviewing.dismiss(pull, against)
    await case.look(pull)
    return pull


async def changes_asked_for(case: Case) -> PullRequest:
    case.require(approvals=1)
    pull = await case.opened(ci="success")
    await pull.review("bob", "CHANGES_REQUESTED")
    return pull


async def changes_asked_for_beside_an_approval(case: Case) -> PullRequest:
    pull = await changes_asked_for(case)
    await pull.review("carol", "APPROVED")
    return pull


async def a_code_owner_is_missing(case: Case) -> PullRequest:
    case.require(code_owners=("dora",))
    pull = await case.opened(ci="success")
    await pull.review("bob", "APPROVED")
    return pull


async def a_code_owner_approves(case: Case) -> PullRequest:
    pull = await a_code_owner_is_missing(case)
    await case.waiting(pull, ("waiting for code owner review of `dora`", REVIEWER))
    await pull.review("dora", "APPROVED")
    return pull


async def pushed_last_by_nobody_else(case: Case) -> PullRequest:
    case.require(last_push=True)
    pull = await case.opened()
    await pull.review("bob", "APPROVED")
    await pull.push({"app.py": lines(6)})
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


def with_a_conversation(*, asked: bool, collapsed: bool = False, resolved: bool = False) -> Story:
    async def story(case: Case) -> PullRequest:
        case.require(threads=asked)
        pull = await case.opened()
        thread = reviewing.begin_thread(pull, "bob", collapsed=collapsed)
        if resolved:
            reviewing.resolve(pull, thread)
        await case.repository.ci.succeeds(pull.head, "ci")
        return pull

    return story


async def an_edited_request(case: Case) -> PullRequest:
    pull = await case.opened()
    await case.waiting(pull, NO_LABEL, NEVER)
    said = await pull.comment("bob", "Looks good")
    await pull.edit_comment(said, "/andon merge", by="mallory")
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def by_a_deleted_account(case: Case) -> PullRequest:
    login = f"gone-{case.place.owner}"
    pull = await case.opened(author=login)
    case.stage.github.delete_user(login)
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def by_a_bot(case: Case) -> PullRequest:
    return await case.opened(ci="success", author="dependabot[bot]")


async def a_draft(case: Case) -> PullRequest:
    return await case.opened(ci="success", draft=True)


async def a_draft_made_ready(case: Case) -> PullRequest:
    pull = await a_draft(case)
    await case.waiting(pull, ("it is a draft", AUTHOR))
    await pull.ready()
    return pull


async def unlabelled_in_time(case: Case) -> PullRequest:
    pull = await case.opened()
    await pull.label("ship")
    await case.waiting(pull, NEVER)
    await pull.unlabel("ship")
    await case.waiting(pull, NO_LABEL, NEVER)
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def labelled_to_go_and_to_stay(case: Case) -> PullRequest:
    pull = await case.opened()
    await pull.label("ship")
    await pull.label("Do-Not-Merge")
    await case.repository.ci.succeeds(pull.head, "ci")
    return pull


async def let_go_again(case: Case) -> PullRequest:
    pull = await labelled_to_go_and_to_stay(case)
    await case.waiting(pull, ("the label `do-not-merge` holds it", MAINTAINER))
    await pull.unlabel("Do-Not-Merge")
    return pull


async def unprotected(case: Case) -> PullRequest:
    case.repository.rulesets.clear()
    return await case.opened(ci="success")


async def unprotected_before_any_check(case: Case) -> PullRequest:
    case.repository.rulesets.clear()
    return await case.opened()


BLIND = "GitHub blocks this and we cannot see why: the base branch has rules that andon cannot judge: "
LAST_PUSH = "waiting for an approval of the last push, by somebody other than who pushed it"
IMPOSTOR = (
    "`andon` was also reported by a commit status; only this App speaks for andon. A push clears it; pin the source in "
    "the ruleset"
)
NO_ACCESS = "0 of 1 required approval; that of `{}` does not count, for want of write access"
NEUTRAL = "`ci` ended neutral, which GitHub takes for success"
SKIPPED = "`ci` was skipped, which GitHub takes for success"

ROWS = (
    Row("A1 never reported", opened, (NEVER,)),
    Row("A2 running", running, (RUNNING,)),
    Row("A3 failed, and the next one proceeds", failed_and_another_is_green, (FAILED,)),
    Row("A4 an optional one failed", an_optional_one_fails, mentions=("`lint` failed, and nothing requires it",)),
    Row("A5 neutral", ending("neutral"), mentions=(NEUTRAL,)),
    Row(
        "A5 neutral is not enough",
        ending("neutral"),
        (("`ci` ended neutral, and the policy wants it to succeed", AUTHOR),),
        (NEUTRAL,),
        STRICTLY,
    ),
    Row("A6 skipped", ending("skipped"), mentions=(SKIPPED,)),
    Row(
        "A6 skipped is not enough",
        ending("skipped"),
        (("`ci` ended skipped, and the policy wants it to succeed", AUTHOR),),
        (SKIPPED,),
        STRICTLY,
    ),
    Row("A6 success is enough", green, policy=STRICTLY),
    Row("A7 cancelled", ending("cancelled"), (("`ci` failed (cancelled)", AUTHOR),)),
    Row("A7 timed out", ending("timed_out"), (("`ci` failed (timed out)", AUTHOR),)),
    Row("A7 action required", ending("action_required"), (("`ci` failed (action required)", AUTHOR),)),
    Row("A7 stale", ending("stale"), (("`ci` is stale: GitHub gave up on it; run it again", AUTHOR),)),
    Row("A8 queued", unfinished("queued"), (RUNNING,)),
    Row("A8 in progress", unfinished("in_progress"), (RUNNING,)),
    Row("A9 an old success and a newer run", rerun, (RUNNING,)),
    Row("A9 the newest started, not the last listed", an_older_run_is_listed_last, (FAILED,)),
    Row("A10 good status, bad run", of_both_kinds(status="success", run="failure"), (FAILED,)),
    Row("A10 bad status, good run", of_both_kinds(status="failure", run="success"), (FAILED,)),
    Row("A10 both good", of_both_kinds(status="success", run="success")),
    Row(
        "A11 from another app",
        pinned_to_a_stranger,
        (("`ci` was reported by app 2002, and app 4711 is expected", MAINTAINER),),
    ),
    Row(
        "A11 a status instead",
        pinned_and_forged_by_a_status,
        (("`ci` was reported by a commit status, and app 2002 is expected", MAINTAINER),),
    ),
    Row(
        "A11 from another app, by classic protection",
        pinned_by_classic_protection,
        (("`ci` was reported by app 2002, and another App is expected", MAINTAINER),),
    ),
    Row("A1 never reported, by classic protection", classic_protection, (NEVER,)),
    Row("A1 classic protection is met", classic_protection_is_met),
    Row("A12 somebody else speaks for us", somebody_else_speaks_for_us, ((IMPOSTOR, MAINTAINER),)),
    Row("A13 our own is required", our_own_is_required),
    Row("A16 one of two workflows", one_of_two_workflows, (("waiting for `test` (never reported)", NOBODY),)),
    Row("A16 both workflows", two_workflows),
    Row("A17 a check on a commit of nobody", a_commit_of_nobody, (NEVER,)),
    Row("A19 before any check exists", unprotected_before_any_check, (NO_EVIDENCE,)),
    Row("B2 closed", closed, (NEVER,)),
    Row("B4 conflicting", conflicting, (("it conflicts with its base branch", AUTHOR),)),
    Row("B15 a rule that we cannot judge", deployments_are_required, ((f"{BLIND}required deployments", MAINTAINER),)),
    Row("B15 the same by classic protection", signatures_are_required, ((f"{BLIND}required signatures", MAINTAINER),)),
    Row(
        "C1 pushed after the approval",
        pushed_after_the_approval,
        (("0 of 1 required approval; that of `bob` was dismissed by the push of `HEAD`", REVIEWER),),
    ),
    Row("C2 C3 GitHub lets the approval stand", pushed_where_approvals_stay),
    Row("C4 by the author", approved_by("alice"), (("0 of 1 required approval", REVIEWER),)),
    Row("C4 by somebody else", approved_by("bob")),
    Row("C5 by somebody without access", approved_by("mallory"), ((NO_ACCESS.format("mallory"), REVIEWER),)),
    Row("C5 one of two", approved_by("bob", count=2), (("1 of 2 required approvals", REVIEWER),)),
    Row("C6 access lost since", approved_by("bob", then=loses_access), ((NO_ACCESS.format("bob"), REVIEWER),)),
    Row("C7 the second opinion dismissed", changes_asked_for_and_dismissed),
    Row(
        "C8 asked again",
        approved_by("bob", then=is_asked_again),
        (("`bob` approved and was asked to review again", REVIEWER),),
    ),
    Row(
        "C9 a code owner is missing",
        a_code_owner_is_missing,
        (("waiting for code owner review of `dora`", REVIEWER),),
    ),
    Row("C9 a code owner approved", a_code_owner_approves),
    Row("C9 nobody approved the last push", pushed_last_by_nobody_else, ((LAST_PUSH, REVIEWER),)),
    Row("C10 changes asked for", changes_asked_for, (("`bob` asked for changes", AUTHOR),)),
    Row("C11 beside an approval", changes_asked_for_beside_an_approval, (("`bob` asked for changes", AUTHOR),)),
    Row(
        "C12 a conversation is open",
        with_a_conversation(asked=True),
        (("1 review conversation is not resolved", AUTHOR),),
    ),
    Row(
        "C12 folded away is not resolved",
        with_a_conversation(asked=True, collapsed=True),
        (("1 review conversation is not resolved", AUTHOR),),
    ),
    Row("C12 resolved", with_a_conversation(asked=True, resolved=True)),
    Row("C12 nobody asks for that", with_a_conversation(asked=False)),
    Row("C13 an edited request", an_edited_request, (NO_LABEL,), policy=LABEL),
    Row("C15 by a deleted account", by_a_deleted_account),
    Row("C15 by a bot", by_a_bot),
    Row("D1 a draft", a_draft, (("it is a draft", AUTHOR),)),
    Row("D1 a draft made ready", a_draft_made_ready),
    Row("D4 the label is taken off", unlabelled_in_time, (NO_LABEL,), policy=LABEL),
    Row(
        "D5 D6 labelled to go and to stay",
        labelled_to_go_and_to_stay,
        (("the label `do-not-merge` holds it", MAINTAINER),),
        policy=HOLDING,
    ),
    Row("D5 the label is taken off", let_go_again, policy=HOLDING),
    Row("D12 nothing is protected", unprotected, (NO_EVIDENCE,)),
    Row("D12 the policy names the evidence", unprotected, policy=NAMED),
)


@dataclass(frozen=True, slots=True)
class End:
    """How one row ended."""

    merged: bool
    waits: tuple[tuple[str, str], ...]
    mentions: tuple[str, ...]


Ends = Mapping[str, End | BaseException]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ends(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ends]:
    """Let every row happen, and the bot come to rest. Every exchange is held to the contracts."""
    directory: Path = tmp_path_factory.mktemp("cases")
    async with stage(directory) as both:
        both.github.observers.append(checker := ContractChecker())
        told = await asyncio.gather(
            *(_told(both, index, row) for index, row in enumerate(ROWS)), return_exceptions=True
        )
        await both.at_rest()
        yield {row.id: await _end(one) for row, one in zip(ROWS, told, strict=True)}
        assert both.github.unknown_routes == []
        assert checker.violations == []


async def _told(both: Stage, index: int, row: Row) -> tuple[Case, PullRequest]:
    owner = f"case-{index}"
    installed = both.github.install(owner)
    repository = await both.github.create_repository(f"{owner}/shop")
    repository.require_checks("main", ("ci", None))
    await repository.commit("main", {".github/andon.yml": row.policy}, "Begin")
    case = Case(both, repository, Place(installed.id, owner, "shop"))
    return case, await row.story(case)


async def _end(told: tuple[Case, PullRequest] | BaseException) -> End | BaseException:
    if isinstance(told, BaseException):
        return told
    case, pull = told
    record = await case.record(pull)
    waits = tuple((what.replace(pull.head[:7], "HEAD"), who) for what, who in waits_of(record))
    return End(pull.merged, waits, tuple(record.get("mentions", ())))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
async def test_each_case_ends_as_the_table_says(ends: Ends, row: Row) -> None:
    end = ends[row.id]

    assert end == End(row.merges, row.waits, row.mentions)
