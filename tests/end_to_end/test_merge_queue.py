"""GitHub's merge queue: who is put into it, and how its groups are answered for."""

from __future__ import annotations

from simulator import merge_queue
from tests.end_to_end.conftest import MERGES, READY, Shop, lines
from tests.end_to_end.merge_steps import SILENT, governed, small, waits_of


async def test_where_the_base_has_a_queue_it_is_enqueued_answered_for_and_merged_by_the_queue(shop: Shop) -> None:
    await governed(shop, READY)
    shop.repository.require("main", queue=True)
    pull = await small(shop)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.until("it stands in the queue", lambda: len(shop.repository.queue) == 1)
    [entry] = shop.repository.queue
    await shop.stage.at_rest()
    [asked] = [call for call in shop.stage.github.calls if call.kind == "query Enqueue"]
    queued = await waits_of(shop, pull)

    await shop.repository.ci.succeeds(entry.sha, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert isinstance(asked.body, dict)
    assert asked.body["variables"]["head"] == pull.head
    assert "merge queue" in queued
    assert (pull.merge_commit, MERGES in shop.calls_since(0)) == (entry.sha, False)


async def test_a_group_is_answered_with_the_worst_of_all_who_land_with_it(shop: Shop) -> None:
    await governed(shop, SILENT, ours=True)
    shop.repository.require("main", queue=True)
    held = await shop.repository.open_pull_request(files={"big.py": lines(40)})
    fine = await shop.repository.open_pull_request(files={"app.py": lines(4)})
    await shop.shows(held, "neutral")
    await shop.shows(fine, "success")
    await shop.stage.at_rest()

    for pull in (fine, held):  # what fails first would be taken out, and the groups after it built anew
        await merge_queue.enqueue(pull, shop.repository.github.user("bob"))

    last = shop.repository.queue[-1].sha
    await shop.stage.until("the group is answered", lambda: bool(shop.repository.checks_on.get(last)))
    [run] = shop.repository.checks_on[last]
    assert (run.conclusion, run.title) == ("failure", f"Pull request {held.number}: held")
