"""GitHub lists a file with a NUL byte as it lists one that was only renamed: their contents tell them apart."""

from __future__ import annotations

from bot.address import PullRequestAt
from bot.github.github import GitHub
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.github.conftest import Line

TEXT = "".join(f"step_{number} = {number}\n" for number in range(40))
COMPARE = "GET /repos/{owner}/{repo}/compare/{basehead}"


def shop(line: Line) -> Repository:
    return line.github.repositories["octo/shop"]


async def binaries(line: Line, pull: PullRequest, github: GitHub | None = None) -> dict[str, bool]:
    """Tell of each changed file whether it is taken for binary."""
    github = github or GitHub(line.connection, line.github.now)
    snapshot = await github.snapshot(PullRequestAt(line.place, pull.number))
    assert snapshot is not None
    whole = await github.with_diff(snapshot)
    return {file.path: file.binary for file in whole.pull_request.files}


def asked(line: Line) -> int:
    return sum(call.kind == "query Texts" and ":a.py" in str(call.body) for call in line.github.calls)


async def test_a_new_file_that_holds_something_and_shows_no_line_is_binary(line: Line) -> None:
    files = {"nul.py": f"{TEXT}# \0\n", "logo.png": "\0\1", "empty.py": "", "plain.py": TEXT}
    pull = await shop(line).open_pull_request(files=files, tell=False)

    assert await binaries(line, pull) == {"nul.py": True, "logo.png": True, "empty.py": False, "plain.py": False}


async def test_a_file_that_takes_a_nul_byte_in_is_binary_and_is_asked_for_once(line: Line) -> None:
    await shop(line).commit("main", {"a.py": TEXT}, tell=False)
    pull = await shop(line).open_pull_request(files={"a.py": f"{TEXT}evil()\n\0"}, tell=False)
    github = GitHub(line.connection, line.github.now)

    first, second = await binaries(line, pull, github), await binaries(line, pull, github)

    assert first == second == {"a.py": True}
    assert asked(line) == 1


async def test_a_file_that_is_only_renamed_is_not_also_where_the_base_went_on_with_it(line: Line) -> None:
    await shop(line).commit("main", {"a.py": TEXT}, tell=False)
    pull = await shop(line).open_pull_request(files={"a.py": None, "b.py": TEXT}, tell=False)
    before = await binaries(line, pull)
    compared = line.github.count_calls()[COMPARE]

    await shop(line).commit("main", {"a.py": f"{TEXT}more = 1\n"}, tell=False)
    after = await binaries(line, pull)

    assert before == after == {"b.py": False}
    assert (compared, line.github.count_calls()[COMPARE]) == (0, 1)


async def test_a_file_that_is_renamed_and_rewritten_behind_a_nul_byte_is_binary(line: Line) -> None:
    await shop(line).commit("main", {"a.py": f"{TEXT}\0"}, tell=False)
    pull = await shop(line).open_pull_request(files={"a.py": None, "b.py": f"{TEXT}evil()\n\0"}, tell=False)

    assert await binaries(line, pull) == {"b.py": True}
