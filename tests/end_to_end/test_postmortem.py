"""A release that fails opens one issue with the facts; it counts as closed once people agreed what to do about it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, update

from bot.__main__ import main
from bot.address import IncidentAt, RepositoryAt, Want
from bot.address import Repository as Place
from bot.github.fence import Overtaken, fenced
from bot.incidents import OPENED_WITHIN, SETTLES_WITHIN, follow
from bot.store.incidents_kept import KeptIncident, kept_incidents
from simulator.issues import Issue, opened
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import READY, Shop, lines

ISSUES = "POST /repos/{owner}/{repo}/issues"
LISTED = "GET /repos/{owner}/{repo}/issues"
EDITS = "PATCH /repos/{owner}/{repo}/issues/{issue_number}"
COMMENTS = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"
KEEPS = READY.replace(
    "{via: deployment}", "{via: deployment, on-failure: close-line, post-mortem: {labels: [incident]}}"
)
ONE_ACTION = "- [ ] watch the queue (@alice, 2020-01-31)"


async def policy(shop: Shop, text: str = KEEPS) -> None:
    await shop.repository.commit("main", {".github/andon.yml": text}, "Say what follows from a failure")
    await shop.stage.at_rest()


async def landed(shop: Shop, name: str, fix: str = "") -> PullRequest:
    """Merge a change; one that mends production is merged by a person, for the line is closed."""
    pull = await shop.repository.open_pull_request(files={f"{name}.py": lines(5)}, title=fix or f"Add {name}")
    await shop.repository.ci.succeeds(pull.head, "ci")
    if fix:
        before = shop.repository.head
        sha = await shop.repository.commit("main", {f"{name}.py": lines(5)}, fix, tell=False)
        await pull.land(sha, before, shop.stage.github.user("alice"))
    await shop.merges(pull)
    await shop.stage.until("it is deployed", lambda: deployment_of(shop, pull) is not None)
    return pull


def deployment_of(shop: Shop, pull: PullRequest) -> Any:
    return next((one for one in shop.repository.deployments if one.sha == pull.merge_commit), None)


async def ends(shop: Shop, pull: PullRequest, state: str, said: str = "") -> None:
    await deployment_of(shop, pull).status(state, description=said)
    await shop.release_is(pull, "live" if state == "success" else "failed")
    await shop.stage.at_rest()


async def broken(shop: Shop) -> tuple[PullRequest, Issue]:
    """Let a release fail, and give the issue that was opened for it."""
    await policy(shop)
    pull = await landed(shop, "app")
    await ends(shop, pull, "failure", "readiness probe never answered")
    await shop.stage.until("an issue is opened", lambda: bool(shop.repository.issues))
    await shop.stage.at_rest()
    [issue] = shop.repository.issues.values()
    return pull, issue


async def incidents(shop: Shop) -> list[dict[str, Any]]:
    _, told = await shop.told("/api/repos/octo/shop/incidents")
    found: list[dict[str, Any]] = told["incidents"]
    return found


async def look(shop: Shop, pull: PullRequest) -> None:
    place = Place(shop.installation, "octo", "shop")
    await shop.stage.bench.store.want([Want(IncidentAt(place, str(pull.merge_commit)))])
    await shop.stage.at_rest()


async def test_a_failed_release_opens_one_issue_with_what_is_known(shop: Shop) -> None:
    shop.stage.github.doubles_deliveries()

    pull, issue = await broken(shop)

    assert shop.writes_of(ISSUES) == 1
    assert issue.title.startswith(f"Post-mortem: the release of #{pull.number} to production failed on ")
    assert issue.labels == ["incident"]
    assert f"**The release of #{pull.number} failed**: readiness probe never answered" in issue.body
    assert "The line into `main` closed" in issue.body
    assert f"1. #{pull.number}, whose release failed: 5 effective lines in 1 file" in issue.body
    assert "Production is not restored yet." in issue.body
    assert [f"## {name}" in issue.body for name in ("Impact", "What went well", "Actions")] == [True] * 3
    [told] = await incidents(shop)
    assert (told["issue"], told["state"], told["restored_at"]) == (issue.number, "open", None)


async def test_the_revert_is_told_as_soon_as_it_is_opened(shop: Shop) -> None:
    await policy(shop, KEEPS.replace("close-line", "revert"))
    good = await landed(shop, "first")
    await ends(shop, good, "success")
    pull = await landed(shop, "app")

    await ends(shop, pull, "failure", "readiness probe never answered")

    [issue] = shop.repository.issues.values()
    [revert] = [one for one in shop.repository.pulls.values() if one.head_branch.startswith("revert-")]
    assert f"#{revert.number} was opened to take #{pull.number} back" in issue.body


async def test_when_production_is_restored_the_timeline_says_so_and_what_people_wrote_stays(shop: Shop) -> None:
    pull, issue = await broken(shop)
    await issue.edit(issue.body.replace("## Impact\n", "## Impact\nNobody could pay.\r\n"))
    mended = await landed(shop, "mend", fix="Mend it")

    await ends(shop, mended, "success")

    assert f"**Production was restored** with #{mended.number}" in issue.body
    assert "Production was restored after " in issue.body
    assert "## Impact\nNobody could pay.\r\n" in issue.body
    [told] = await incidents(shop)
    assert told["restored_by"] == mended.merge_commit
    assert (told["pull_request"], shop.writes_of(ISSUES)) == (pull.number, 1)


async def test_a_second_failure_joins_the_issue_that_is_open(shop: Shop) -> None:
    pull, issue = await broken(shop)
    second = await landed(shop, "mend", fix="Mend it")

    await ends(shop, second, "failure", "still no answer")
    mended = await landed(shop, "again", fix="Mend it again")
    await ends(shop, mended, "success")

    assert f"**The release of #{second.number} failed**: still no answer" in issue.body
    assert "**2 releases to production by way of `main` failed." in issue.body
    [told] = await incidents(shop)
    assert told["failed"] == [pull.merge_commit, second.merge_commit]
    assert shop.writes_of(ISSUES) == 1


async def test_a_failure_after_that_is_an_incident_of_its_own(shop: Shop) -> None:
    await broken(shop)
    mended = await landed(shop, "mend", fix="Mend it")
    await ends(shop, mended, "success")
    third = await landed(shop, "third")

    await ends(shop, third, "failure")
    await shop.stage.until("a second issue is opened", lambda: len(shop.repository.issues) > 1)

    assert [one["pull_request"] for one in await incidents(shop)] == [third.number, 1]


async def test_what_people_wrote_into_our_part_is_never_overwritten(shop: Shop) -> None:
    _, issue = await broken(shop)
    edited = issue.body.replace("readiness probe never answered", "readiness probe never answered (DNS)")
    await issue.edit(edited)
    mended = await landed(shop, "mend", fix="Mend it")

    await ends(shop, mended, "success")

    assert issue.body == edited
    assert shop.writes_of(EDITS) == 0
    [told] = await incidents(shop)
    assert "edited by people" in told["said"]


async def test_closed_without_an_action_it_is_asked_for_once_and_counts_as_open(shop: Shop) -> None:
    pull, issue = await broken(shop)

    await issue.close()
    await shop.stage.until("it is said", lambda: bool(issue.comments))
    await look(shop, pull)
    await issue.reopen()
    await issue.close()
    await shop.stage.at_rest()

    [comment] = issue.comments
    assert "One thing is missing before it counts as closed" in comment.body
    assert shop.writes_of(COMMENTS) == 1
    [told] = await incidents(shop)
    assert (told["issue_closed"], told["state"]) == (True, "open")
    assert issue.closed_at is not None


@pytest.mark.parametrize(
    ("line", "actions", "none_needed"),
    [
        (ONE_ACTION, ["watch the queue"], None),
        ("none needed, because the vendor mended it", [], "the vendor mended it"),
    ],
)
async def test_closed_with_an_action_or_a_reason_it_counts_as_closed(
    shop: Shop, line: str, actions: list[str], none_needed: str | None
) -> None:
    _, issue = await broken(shop)

    await issue.edit(f"{issue.body}\n{line}\n")
    await issue.close()
    await shop.stage.at_rest()

    [told] = await incidents(shop)
    assert told["state"] == "closed"
    assert ([one["what"] for one in told["actions"]], told["none_needed"]) == (actions, none_needed)
    assert issue.comments == []


async def test_the_command_lists_what_is_overdue(shop: Shop) -> None:
    pull, issue = await broken(shop)
    await issue.edit(f"{issue.body}\n{ONE_ACTION}\n")
    await shop.stage.at_rest()

    given = ["incidents", "--server", shop.stage.url, "octo/shop"]
    told = await asyncio.to_thread(CliRunner().invoke, main, given, env={"API_TOKEN": None, "ANDON_URL": None})
    as_json = await asyncio.to_thread(
        CliRunner().invoke, main, [*given, "--format", "json"], env={"API_TOKEN": None, "ANDON_URL": None}
    )

    first, second = told.stdout.splitlines()
    assert first.endswith(f"#{pull.number} on main  not restored yet; issue #{issue.number} open, 1 to do, 1 overdue")
    assert second == "  [ ] watch the queue (alice, 2020-01-31, overdue)"
    assert json.loads(as_json.stdout)["incidents"] == await incidents(shop)


async def test_without_deliveries_the_sweep_finds_what_people_did(shop: Shop) -> None:
    _, issue = await broken(shop)
    shop.stage.github.loses_deliveries()
    await issue.edit(f"{issue.body}\n{ONE_ACTION}\n")
    await issue.close()
    place = Place(shop.installation, "octo", "shop")

    async def closed() -> bool:
        await shop.stage.bench.store.want([Want(RepositoryAt(place))])
        await shop.stage.at_rest()
        [told] = await incidents(shop)
        return bool(told["state"] == "closed")

    await shop.stage.until("the sweep found it", closed)


async def test_where_issues_are_turned_off_that_is_said_and_nothing_is_tried_again(shop: Shop) -> None:
    shop.repository.has_issues = False
    await policy(shop)
    pull = await landed(shop, "app")

    await ends(shop, pull, "failure")
    place = Place(shop.installation, "octo", "shop")
    await shop.stage.bench.store.want([Want(RepositoryAt(place))])
    await shop.stage.at_rest()

    [told] = await incidents(shop)
    assert told["issue"] is None
    assert "turned off in this repository" in told["said"]
    assert sum(call.kind == ISSUES for call in shop.stage.github.calls) == 1


async def test_where_the_policy_wants_none_there_is_none(shop: Shop) -> None:
    await policy(shop, KEEPS.replace("{labels: [incident]}", "{issue: false}"))
    pull = await landed(shop, "app")

    await ends(shop, pull, "failure")

    [told] = await incidents(shop)
    assert (told["issue"], told["said"]) == (None, "the policy asks for no issue")
    assert shop.repository.issues == {}


async def test_an_answer_that_broke_off_opens_no_second_issue(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind == ISSUES, status=502, after=True)

    pull, issue = await broken(shop)
    await shop.stage.until("it is known", lambda: _has_issue(shop))

    [told] = await incidents(shop)
    assert (told["issue"], told["pull_request"]) == (issue.number, pull.number)
    assert len(shop.repository.issues) == 1


async def _has_issue(shop: Shop) -> bool:
    [told] = await incidents(shop)
    return bool(told["issue"])


async def test_of_two_issues_of_one_incident_the_oldest_stays_and_the_other_names_it(shop: Shop) -> None:
    pull, issue = await broken(shop)
    second = await opened(shop.repository, issue.author.login, (issue.title, issue.body))
    known = await kept(shop, pull)
    await shop.stage.bench.store.incidents.save(known, replace(known.post, issue=second.number))

    await look(shop, pull)
    await look(shop, pull)

    assert (issue.closed_at, issue.number < second.number) == (None, True)
    assert second.closed_at is not None
    assert f"The same incident has its issue at #{issue.number}; this one was opened at the same moment." in second.body
    assert issue.body in second.body
    assert shop.writes_of(EDITS) == 1
    assert (await kept(shop, pull)).post.issue == issue.number


async def test_once_it_is_certain_that_there_is_one_issue_no_other_is_looked_for(shop: Shop) -> None:
    pull, issue = await broken(shop)
    shop.stage.pass_time(SETTLES_WITHIN + 1)
    await shop.stage.at_rest()
    await look(shop, pull)
    listed = shop.writes_of(LISTED)

    await opened(shop.repository, issue.author.login, (issue.title, issue.body))
    await look(shop, pull)

    assert shop.writes_of(LISTED) == listed
    assert shop.writes_of(EDITS) == 0


async def test_an_issue_that_may_be_on_its_way_is_waited_for_and_then_opened(shop: Shop) -> None:
    pull, issue = await broken(shop)
    shop.repository.issues.clear()
    await forgets_the_issue(shop)

    await look(shop, pull)
    waited = shop.writes_of(ISSUES)
    shop.stage.pass_time(OPENED_WITHIN + 1)
    await shop.stage.until("it is opened", lambda: bool(shop.repository.issues))

    assert waited == 1
    assert list(shop.repository.issues) != [issue.number]


async def test_whoever_stood_still_before_it_was_opened_opens_none_and_keeps_nothing(shop: Shop) -> None:
    pull, issue = await broken(shop)
    known = await kept(shop, pull)
    address = IncidentAt(known.repository, known.incident.sha)
    looked_at = known.post.looked_at
    shop.stage.pass_time(1)

    async def lost() -> None:
        raise Overtaken(issue.title)

    with fenced(lost), pytest.raises(Overtaken):
        await follow(shop.stage.bench, address)

    assert (await kept(shop, pull)).post.looked_at == looked_at


async def kept(shop: Shop, pull: PullRequest) -> KeptIncident:
    place = Place(shop.installation, "octo", "shop")
    known = await shop.stage.bench.store.incidents.of(place, str(pull.merge_commit))
    assert known is not None
    return known


async def forgets_the_issue(shop: Shop) -> None:
    """Leave the incident as it is kept when its issue is about to be opened."""
    engine = create_engine(shop.stage.settings.database_url)
    with engine.begin() as connection:
        connection.execute(update(kept_incidents).values(issue=None, tried_at=shop.stage.clock.now()))
    engine.dispose()


async def test_an_issue_that_was_deleted_is_not_opened_again(shop: Shop) -> None:
    pull, issue = await broken(shop)

    await issue.delete()
    await shop.stage.at_rest()
    await look(shop, pull)

    [told] = await incidents(shop)
    assert told["said"].startswith("the issue was deleted")
    assert len(shop.repository.issues) == 1


async def test_a_comment_whose_answer_broke_off_is_not_written_again(shop: Shop) -> None:
    _, issue = await broken(shop)
    shop.stage.github.fails_next(1, lambda asked: asked.kind == COMMENTS, status=502, after=True)

    await issue.close()

    async def counted() -> bool:
        [told] = await incidents(shop)
        return bool(told["issue_closed"])

    await shop.stage.until("it is known to be closed", counted)
    assert len(issue.comments) == 1


async def test_what_andon_takes_back_itself_is_told_from_the_failure_to_the_end(shop: Shop) -> None:
    await policy(shop, READY)
    await ends(shop, await landed(shop, "well"), "success")
    pull = await landed(shop, "app")
    await deployment_of(shop, pull).status("failure")
    revert = await shop.revert_of(pull)

    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await shop.stage.until("it is deployed", lambda: deployment_of(shop, revert) is not None)
    await ends(shop, revert, "success")
    [issue] = shop.repository.issues.values()
    await shop.stage.until("it is told", lambda: "**Production was restored**" in issue.body)

    told = [f"#{revert.number} was opened to take #{pull.number} back", f"#{revert.number} was merged as"]
    assert [words in issue.body for words in told] == [True, False]
    assert f"#{revert.number} was merged |" in issue.body
    assert f"**Production was restored** with #{revert.number}" in issue.body
    assert f"1. #{pull.number}, whose release failed" in issue.body
    assert f"2. #{revert.number}" not in issue.body
