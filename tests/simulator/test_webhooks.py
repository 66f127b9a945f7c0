"""Deliveries: signed, lost, doubled, held, late; and what is told at all."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear


async def test_a_delivery_carries_both_signatures_of_its_raw_body(
    github: Simulator, shop: Repository, ear: Ear
) -> None:
    await shop.open_pull_request(files={"a": "ä"}, title="Grüße")
    await github.settled()

    one = ear.of("pull_request", "opened")[0]
    secret = github.webhook_secret.encode()
    assert one.headers["X-Hub-Signature-256"] == f"sha256={hmac.new(secret, one.body, hashlib.sha256).hexdigest()}"
    assert one.headers["X-Hub-Signature"] == f"sha1={hmac.new(secret, one.body, hashlib.sha1).hexdigest()}"
    assert one.headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert one.headers["X-GitHub-Hook-Installation-Target-ID"] == "1001"


async def test_a_change_may_happen_without_a_word(github: Simulator, shop: Repository, ear: Ear) -> None:
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    await pr.push({"a": "2"}, tell=False)
    await pr.label("ship", tell=False)
    await pr.review("bob", "APPROVED", tell=False)
    await shop.ci.succeeds(pr.head, tell=False)
    await shop.ci.status(pr.head, "x", "success", tell=False)
    await shop.commit("main", {"b": "1"}, tell=False)
    await github.settled()

    assert ear.names() == []
    assert (pr.labels, len(pr.now.reviews), len(shop.checks_on[pr.head])) == (("ship",), 1, 1)


async def test_a_push_names_before_and_after_in_both_its_events(github: Simulator, shop: Repository, ear: Ear) -> None:
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    old = pr.head
    new = await pr.push({"a": "2"})
    await github.settled()

    push, synchronize = ear.of("push")[0].payload, ear.of("pull_request", "synchronize")[0].payload
    assert (push["before"], push["after"], push["forced"]) == (old, new, False)
    assert (synchronize["before"], synchronize["after"]) == (old, new)
    assert synchronize["pull_request"]["head"]["sha"] == new == pr.head


async def test_a_rewritten_branch_is_told_as_forced(github: Simulator, shop: Repository, ear: Ear) -> None:
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    await pr.force_push({"b": "1"})
    await github.settled()

    assert ear.of("push")[0].payload["forced"] is True
    assert [change.path for change in await pr.files()] == ["b"]


async def test_a_retarget_names_the_base_it_came_from(github: Simulator, shop: Repository, ear: Ear) -> None:
    await shop.branch("decoy", tell=False)
    pr = await shop.open_pull_request(files={"a": "1"}, base="decoy", tell=False)
    await pr.edit(base="main")
    await github.settled()

    payload = ear.of("pull_request", "edited")[0].payload
    assert payload["changes"] == {"base": {"ref": {"from": "decoy"}, "sha": {"from": shop.branches["decoy"]}}}
    assert payload["pull_request"]["base"]["ref"] == "main"


async def test_a_button_names_who_pressed_it(github: Simulator, shop: Repository, ear: Ear) -> None:
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    await shop.ci.starts(pr.head, "andon", tell=False)
    with pytest.raises(ValueError, match="shows no button merge"):
        await pr.press("andon", "merge", by="bob")
    await pr.press("andon", "merge", by="bob", old_page=True)
    await github.settled()

    payload = ear.of("check_run", "requested_action")[0].payload
    assert (payload["requested_action"], payload["sender"]["login"]) == ({"identifier": "merge"}, "bob")


async def test_lost_events_are_neither_heard_nor_listed(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    github.loses_deliveries(2, lambda delivery: delivery.event == "pull_request")
    pr = await shop.open_pull_request(files={"a": "1"})
    for name in ("one", "two"):
        await pr.label(name)
    await github.settled()
    listed = await client.app_call("GET", "/app/hook/deliveries")

    assert [one.payload["label"]["name"] for one in ear.of("pull_request", "labeled")] == ["two"]
    assert [row["action"] for row in listed.body if row["event"] == "pull_request"] == ["labeled"]


async def test_a_doubled_event_comes_twice_under_one_guid(github: Simulator, shop: Repository, ear: Ear) -> None:
    github.doubles_deliveries(1)
    await shop.commit("main", {"a": "1"})
    await github.settled()

    guids = [one.guid for one in ear.of("push")]
    assert len(guids) == 2
    assert len(set(guids)) == 1


async def test_held_events_come_when_released_and_may_be_turned_round(
    github: Simulator, shop: Repository, ear: Ear
) -> None:
    pr = await shop.open_pull_request(files={"a": "1"}, tell=False)
    github.holds_deliveries()
    await pr.label("one")
    await pr.label("two")
    await github.settled()
    before = ear.names()
    github.release_held(reverse=True)
    await pr.label("three")
    await github.settled()

    assert before == []
    assert [one.payload["label"]["name"] for one in ear.heard] == ["two", "one", "three"]


async def test_an_answer_after_the_deadline_is_a_failed_delivery(github: Simulator, shop: Repository, ear: Ear) -> None:
    github.delivery_deadline = 0.2
    ear.answering.clear()
    await shop.commit("main", {"a": "1"})
    await asyncio.wait_for(github.settled(), 10)

    assert {(one.status, one.status_code) for one in github.webhooks.sent} == {("timed out", 0)}


async def test_nobody_listening_is_a_failed_delivery(github: Simulator, shop: Repository) -> None:
    github.webhook_url = "http://127.0.0.1:9/webhook"
    await shop.commit("main", {"a": "1"})
    await github.settled()

    assert {one.status for one in github.webhooks.sent} == {"failed to connect to host"}


async def test_a_repository_without_the_app_is_silent(github: Simulator, ear: Ear) -> None:
    other = await github.create_repository("elsewhere/other")
    await other.open_pull_request(files={"a": "1"})
    await github.settled()

    assert ear.names() == []
