"""People take a release back: they ask andon for it, or open the pull request themselves."""

from __future__ import annotations

import pytest

from simulator.reverting import opened
from tests.end_to_end.conftest import LABEL, READY, Shop, lines
from tests.end_to_end.restore_steps import Line, governed, with_one_live


@pytest.fixture
async def line(shop: Shop) -> Line:
    return await with_one_live(shop)


async def test_a_persons_revert_is_taken_over(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    human = await opened(bad, shop.stage.github.user("bob"), {})
    await shop.shows(human, "success")

    await line.ends(bad, "failure")
    await shop.release_is(bad, "reverting")
    await shop.repository.ci.succeeds(human.head, "ci")
    await shop.merges(human)
    await line.ends(human, "success")
    await shop.release_is(bad, "reverted")

    assert line.reverts() == [human]
    assert (await line.line())["state"] == "open"


async def test_a_person_may_ask_for_a_revert_of_what_is_live(line: Line) -> None:
    shop = line.shop
    good = await line.ships("good.py")
    await line.ends(good, "success")
    await shop.release_is(good, "live")

    await good.comment("bob", "/andon revert the price is wrong")
    revert = await line.revert_of(good)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await line.ends(revert, "success")
    await shop.release_is(good, "reverted")

    assert "`bob` asked for it: “the price is wrong”" in revert.now.body


async def test_a_person_may_ask_for_a_revert_where_nothing_is_deployed(shop: Shop) -> None:
    policy = READY.replace("deploy: {via: deployment}\n", "")
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Deploy elsewhere")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)

    await pull.comment("bob", "/andon revert wrong idea")
    revert = await Line(shop).revert_of(pull)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)
    await shop.stage.until("it is over", lambda: Line(shop).restore_says(pull, f"#{revert.number} took it back"))

    assert "`bob` asked for it: “wrong idea”" in revert.now.body


@pytest.mark.parametrize(
    ("who", "says"), [("mallory", "/andon revert for fun"), ("bob", "/andon revert")], ids=["stranger", "no reason"]
)
async def test_a_request_to_revert_is_refused_with_the_reason(line: Line, who: str, says: str) -> None:
    shop = line.shop
    shop.repository.people.revoke("mallory")
    good = await line.ships("good.py")

    comment = await good.comment(who, says)
    await shop.stage.until("it is answered", lambda: bool(comment.reactions))
    await shop.stage.at_rest()

    assert [one.content for one in comment.reactions] == ["confused"]
    assert line.reverts() == []


async def test_a_revert_counts_as_asked_for_where_a_label_asks(line: Line) -> None:
    shop = line.shop
    bad = await line.ships("bad.py")
    await governed(shop, LABEL)

    await line.ends(bad, "failure")
    revert = await line.revert_of(bad)
    await shop.repository.ci.succeeds(revert.head, "ci")
    await shop.merges(revert)

    assert revert.labels == ()
