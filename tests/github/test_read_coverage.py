"""Which artifacts are read as coverage, and what asking costs."""

from __future__ import annotations

from dataclasses import replace

from bot.github.read_coverage import ARTIFACT, LISTED, MOST_ARTIFACTS, CoverageArtifacts
from bot.snapshot import Snapshot
from rules.engine.coverage import Coverage
from rules.engine.pull_request import Check, CheckState
from simulator.repository import Repository
from tests.github.conftest import Line
from tests.snapshots import NOON, check, pull_request, snapshot

LISTS = "GET /repos/{owner}/{repo}/actions/artifacts"
DOWNLOADS = "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}"
REPORT = {"coverage.xml": '<coverage><class filename="app.py"><line number="1" hits="1"/></class></coverage>'}
READ = Coverage({"app.py": {1: True}})


def repository(line: Line) -> Repository:
    return line.github.repositories["octo/shop"]


def head_of(line: Line, *checks: Check) -> Snapshot:
    """See a pull request whose head is the tip, after these checks (by default one of CI that is green)."""
    pull = replace(pull_request(repository="octo/shop", head=repository(line).head), checks=checks or (check(),))
    return replace(snapshot(), repository=line.place, pull_request=pull)


def reader(line: Line) -> CoverageArtifacts:
    return CoverageArtifacts(line.connection, line.github.now)


async def coverage(line: Line, *checks: Check) -> Coverage | None:
    return (await reader(line).added_to(head_of(line, *checks))).pull_request.coverage


def asked(line: Line) -> tuple[int, int]:
    """Count how often artifacts were listed, and downloaded."""
    calls = line.github.count_calls()
    return calls[LISTS], calls[DOWNLOADS]


async def test_the_artifact_of_the_head_is_read(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)

    assert await coverage(line) == READ


async def test_reports_of_several_runs_are_joined(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)
    await repo.actions.uploads(repo.head, ARTIFACT, {"lcov.info": "SF:/ci/shop/app.py\nDA:1,0\nDA:2,0\n"})

    assert await coverage(line) == Coverage({"app.py": {1: True, 2: False}})


async def test_artifacts_of_other_commits_of_other_names_and_expired_ones_are_no_report(line: Line) -> None:
    repo = repository(line)
    (await repo.actions.uploads(repo.head, ARTIFACT, REPORT)).expired = True
    await repo.actions.uploads(repo.head, f"{ARTIFACT}-html", REPORT)
    await repo.commit("topic", {"a": "1"})
    await repo.actions.uploads(repo.branches["topic"], ARTIFACT, REPORT)

    assert (await coverage(line), asked(line)) == (None, (1, 0))


async def test_an_artifact_behind_a_hundred_newer_ones_is_found_by_its_run(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)
    await repo.commit("topic", {"a": "1"})
    busy = await repo.actions.run(repo.branches["topic"])
    for _ in range(LISTED):
        repo.actions.upload(busy, ARTIFACT, b"")

    assert await coverage(line) == READ


async def test_more_artifacts_than_anybody_needs_are_left_alone_and_said(line: Line) -> None:
    repo = repository(line)
    for _ in range(MOST_ARTIFACTS + 2):
        await repo.actions.uploads(repo.head, ARTIFACT, REPORT)

    assert await coverage(line) == replace(READ, unread=("2 older artifacts were left alone",))


async def test_one_that_is_too_large_is_not_even_downloaded(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, b"x" * (4 * 1024 * 1024 + 1))

    assert await coverage(line) == Coverage({"app.py": {}}, ("the artifact is larger than 4 MB",))
    assert asked(line) == (1, 0)


async def test_one_that_storage_refuses_is_said_and_read_another_time(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)
    line.github.blobs.moved_to = f"{line.github.url}/elsewhere"
    artifacts = reader(line)
    refused = await artifacts.added_to(head_of(line))
    line.github.blobs.moved_to = None

    again = await artifacts.added_to(head_of(line))

    assert refused.pull_request.coverage == Coverage({"app.py": {}}, ("the artifact could not be downloaded (302)",))
    assert again.pull_request.coverage == READ


async def test_an_app_that_may_not_read_artifacts_does_without(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)
    assert repo.installation is not None
    del repo.installation.permissions["actions"]

    assert await coverage(line) is None


async def test_nothing_is_asked_before_a_check_of_somebody_else_has_finished(line: Line) -> None:
    ours = Check("andon", CheckState.FAILED, line.github.app_id, NOON)
    status = replace(check(), app_id=None, is_status=True)

    assert await coverage(line, ours, status, check(state=CheckState.PENDING)) is None
    assert asked(line) == (0, 0)


async def test_once_the_list_has_settled_it_is_asked_again_only_after_a_check_has_changed(line: Line) -> None:
    repo = repository(line)
    artifacts = reader(line)
    costs = []
    for checks, seconds in [((check(),), 30), ((check(),), 31), ((check(),), 600), ((check(), check("e2e")), 0)]:
        await artifacts.added_to(head_of(line, *checks))
        costs.append(asked(line)[0])
        line.github.advance(seconds)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)
    found = await artifacts.added_to(head_of(line, check(), check("e2e")))

    assert costs == [1, 2, 3, 4]
    assert found.pull_request.coverage == READ


async def test_a_settled_list_costs_nothing_and_a_known_artifact_is_not_downloaded_again(line: Line) -> None:
    repo = repository(line)
    await repo.actions.uploads(repo.head, ARTIFACT, REPORT)
    artifacts = reader(line)
    seen = await artifacts.added_to(head_of(line))
    for _ in range(3):
        line.github.advance(61)
        seen = await artifacts.added_to(head_of(line))
    settled = asked(line)
    changed = await artifacts.added_to(head_of(line, check(), check("e2e")))

    assert (seen.pull_request.coverage, changed.pull_request.coverage) == (READ, READ)
    assert (settled, asked(line)) == ((2, 1), (3, 1))
