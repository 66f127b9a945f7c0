"""When the list of changed files is read, how many calls that takes, and what becomes of a list of another head."""

from __future__ import annotations

from bot.address import PullRequestAt
from bot.github.github import GitHub
from bot.snapshot import Snapshot
from simulator.pull_request import PullRequest
from tests.github.conftest import Line

LISTS = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files"


async def opened(line: Line, files: int = 1) -> PullRequest:
    """Open a pull request with so many files, without a word."""
    named = {f"src/a{number}.py": "step = 1\n" for number in range(files)}
    return await line.github.repositories["octo/shop"].open_pull_request(files=named, tell=False)


async def seen(github: GitHub, line: Line, pull: PullRequest, expected: str | None = None) -> Snapshot:
    """Read a pull request, of which a delivery told a head."""
    snapshot = await github.snapshot(PullRequestAt(line.place, pull.number), expected)
    assert snapshot is not None
    return snapshot


async def experienced(line: Line) -> GitHub:
    """Have read a diff in the repository before."""
    github = GitHub(line.connection, line.github.now)
    await github.with_diff(await seen(github, line, await opened(line)))
    line.github.calls.clear()
    return github


def lists(line: Line) -> int:
    return line.github.count_calls()[LISTS]


async def test_the_pages_of_a_list_are_read_at_once_and_in_their_order(line: Line) -> None:
    github = GitHub(line.connection, line.github.now)
    pull = await opened(line, 201)
    snapshot = await seen(github, line, pull)
    line.github.latency = 0.02

    whole = await github.with_diff(snapshot)

    assert [file.path for file in whole.pull_request.files] == sorted(f"src/a{number}.py" for number in range(201))
    assert (lists(line), line.github.server.busiest) == (3, 4)  # the attributes beside them are the fourth


async def test_the_list_of_an_expected_head_is_read_beside_the_snapshot_and_not_again(line: Line) -> None:
    github = await experienced(line)
    pull = await opened(line)

    snapshot = await seen(github, line, pull, pull.head)
    before = lists(line)
    whole = await github.with_diff(snapshot)

    assert (before, lists(line)) == (1, 1)
    assert [file.path for file in whole.pull_request.files] == ["src/a0.py"]
    assert not whole.is_torn


async def test_further_pages_follow_the_first_that_was_read_ahead(line: Line) -> None:
    github = await experienced(line)
    pull = await opened(line, 101)

    whole = await github.with_diff(await seen(github, line, pull, pull.head))

    assert (lists(line), len(whole.pull_request.files)) == (2, 101)


async def test_nothing_is_read_ahead_where_nobody_asked_for_a_diff_before(line: Line) -> None:
    github = GitHub(line.connection, line.github.now)
    pull = await opened(line)

    await seen(github, line, pull, pull.head)

    assert lists(line) == 0


async def test_nothing_is_read_ahead_of_a_head_that_is_known(line: Line) -> None:
    github = await experienced(line)
    pull = await opened(line)
    await github.with_diff(await seen(github, line, pull))

    await github.with_diff(await seen(github, line, pull, pull.head))

    assert lists(line) == 1


async def test_a_list_that_was_read_ahead_of_another_head_is_read_again(line: Line) -> None:
    github = await experienced(line)
    pull = await opened(line)
    expected = pull.head
    await pull.push({"src/b.py": "step = 2\n"}, tell=False)

    whole = await github.with_diff(await seen(github, line, pull, expected))

    assert (lists(line), whole.is_torn) == (2, False)
    assert [file.path for file in whole.pull_request.files] == ["src/a0.py", "src/b.py"]


async def test_a_list_that_could_not_be_read_ahead_is_read_when_it_is_needed(line: Line) -> None:
    github = await experienced(line)
    pull = await opened(line)
    line.github.fails_next(1, lambda asked: asked.kind == LISTS)

    whole = await github.with_diff(await seen(github, line, pull, pull.head))

    assert [file.path for file in whole.pull_request.files] == ["src/a0.py"]


async def test_a_push_behind_the_snapshot_is_told_by_the_list_even_where_the_totals_agree(line: Line) -> None:
    github = GitHub(line.connection, line.github.now)
    pull = await opened(line)
    snapshot = await seen(github, line, pull)
    await pull.push({"src/a0.py": "step = 2\n"}, tell=False)

    torn = await github.with_diff(snapshot)
    again = await github.with_diff(await seen(github, line, pull))

    assert (torn.is_torn, again.is_torn) == (True, False)
    assert lists(line) == 2


async def test_a_pull_request_that_only_deletes_names_no_head_and_is_read_as_it_is(line: Line) -> None:
    repository = line.github.repositories["octo/shop"]
    await repository.commit("main", {"src/old.py": "step = 1\n"}, tell=False)
    github = await experienced(line)
    pull = await repository.open_pull_request(files={"src/old.py": None}, tell=False)

    whole = await github.with_diff(await seen(github, line, pull, pull.head))

    assert [file.path for file in whole.pull_request.files] == ["src/old.py"]
    assert (lists(line), whole.is_torn) == (2, False)
