"""Coverage from the artifact `andon-coverage`: what it may let pass, what it never lets pass, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import Shop

TESTED = "rules: {required-tests: {}}\nmerge: {when: ready}\n"
BEFORE = "".join(f"step({at})\n" for at in range(40))
ARTIFACT = "andon-coverage"
LISTS = "GET /repos/{owner}/{repo}/actions/artifacts"


def cobertura(ran: Sequence[int], missed: Sequence[int] = (), path: str = "tax.py") -> str:
    lines = [f'<line number="{line}" hits="1"/>' for line in ran] + [f'<line number="{n}" hits="0"/>' for n in missed]
    return f'<coverage><class filename="{path}"><lines>{"".join(lines)}</lines></class></coverage>'


async def changed(shop: Shop, count: int = 10, **proposal: Any) -> PullRequest:
    """Open a pull request that adds so many lines of known behaviour, from line 41 on, and changes no test."""
    await shop.repository.commit("main", {".github/andon.yml": TESTED, "tax.py": BEFORE}, "Ask for tests")
    more = "".join(f"leap({at})\n" for at in range(count))
    return await shop.repository.open_pull_request(files={"tax.py": BEFORE + more}, **proposal)


async def rule(shop: Shop, pull: PullRequest) -> tuple[str, float | None]:
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    [said] = told["rules"]
    return said["outcome"], said["facts"]["patch_coverage"]


def written(pull: PullRequest) -> str:
    """Give all that our check run on the head says."""
    run = pull.check_run("andon")
    return "" if run is None else f"{run.title}\n{run.summary}\n{run.text}"


async def test_changed_behaviour_is_held_until_ci_uploads_that_nine_of_ten_lines_ran(shop: Shop) -> None:
    pull = await changed(shop)
    await shop.shows(pull, "neutral")
    await shop.repository.ci.succeeds(pull.head, "ci")
    held = await rule(shop, pull)

    await shop.repository.actions.uploads(pull.head, ARTIFACT, {"coverage.xml": cobertura(range(41, 50), [50])})

    await shop.merges(pull)
    assert held == ("found", None)
    assert await rule(shop, pull) == ("pass", 0.9)
    assert {each.authorization for each in shop.stage.github.blobs.fetched} == {None}


async def test_lines_that_never_ran_are_annotated_where_they_stand(shop: Shop) -> None:
    pull = await changed(shop, 12)
    report = cobertura(range(41, 50), [50, 51, 52])

    await shop.repository.actions.uploads(pull.head, ARTIFACT, {"coverage.xml": report})
    await shop.stage.at_rest()

    run = pull.check_run("andon")
    assert run is not None
    notes = {note["message"].partition("\n")[0]: (note["start_line"], note["end_line"]) for note in run.annotations}
    [(message, place)] = [(message, place) for message, place in notes.items() if "never run" in message]
    assert "3 of 12 new lines never run" in message
    assert place == (50, 52)
    assert await rule(shop, pull) == ("found", 0.75)


async def test_a_report_of_another_commit_or_of_another_name_says_nothing(shop: Shop) -> None:
    pull = await changed(shop)
    files = {"coverage.xml": cobertura(range(41, 51))}
    await shop.repository.actions.uploads(pull.head, ARTIFACT, files)
    await shop.shows(pull, "success")
    await pull.push({"tax.py": BEFORE + "".join(f"jump({at})\n" for at in range(10))})

    await shop.repository.actions.uploads(pull.head, "coverage", files)

    await shop.shows(pull, "neutral")
    assert await rule(shop, pull) == ("found", None)


async def test_a_forks_report_counts_for_its_own_head(shop: Shop) -> None:
    pull = await changed(shop, fork=True, author="mallory")

    await shop.repository.actions.uploads(pull.head, ARTIFACT, {"coverage.xml": cobertura(range(41, 51))})

    await shop.shows(pull, "success")
    assert await rule(shop, pull) == ("pass", 1.0)


@pytest.mark.parametrize(
    ("head", "finding"),
    [
        ({"tax.py": "def vat():\n    return 1\n" + BEFORE, "tests/test_tax.py": None}, "tests/test_tax.py"),
        ({"tax.py": BEFORE + "".join(f"def leap_{at}():\n    step({at})\n" for at in range(10))}, "tax.py"),
    ],
    ids=["a weakened test", "new behaviour"],
)
async def test_no_report_excuses(shop: Shop, head: dict[str, str | None], finding: str) -> None:
    test = "from tax import step\n\n\ndef test_step():\n    assert step(1) == 1\n"
    files = {".github/andon.yml": TESTED, "tax.py": BEFORE, "tests/test_tax.py": test}
    await shop.repository.commit("main", files, "Ask for tests")
    pull = await shop.repository.open_pull_request(files={"tax.py": BEFORE * 2, **head})

    await shop.repository.actions.uploads(pull.head, ARTIFACT, {"coverage.xml": cobertura(range(1, 100))})
    await shop.repository.ci.succeeds(pull.head, "ci")

    outcome, share = await rule(shop, pull)
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert (outcome, pull.merged) == ("found", False)
    assert share in {1.0, None}
    assert finding in {each["path"] for each in told["rules"][0]["findings"]}


async def test_a_broken_artifact_is_stated_and_is_no_failure(shop: Shop) -> None:
    pull = await changed(shop)

    await shop.repository.actions.uploads(pull.head, ARTIFACT, b"PK\x03\x04 no zip at all")

    assert await rule(shop, pull) == ("found", None)
    assert "A coverage report was left out\\: the artifact is no whole zip archive." in written(pull)


async def test_nothing_is_asked_where_no_report_could_change_the_answer(shop: Shop) -> None:
    small = await changed(shop, 9)
    await shop.repository.actions.uploads(small.head, ARTIFACT, {"coverage.xml": cobertura(range(41, 50))})
    large = await shop.repository.open_pull_request(files={"tax.py": BEFORE * 2})
    await shop.shows(large, "neutral")
    await shop.stage.at_rest()

    assert shop.calls_since(0)[LISTS] == 0
