"""What strangers write is kept, whatever stands in it: no look fails by a text that a database refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.requests.requests import Answer, Request, Verb
from bot.restore.restore import TakenBack
from bot.store.flags_kept import Landed
from bot.store.ledger import Remembered, Sighting
from bot.store.line_kept import At
from bot.store.requests_kept import Answered
from bot.store.strays_kept import Stray
from rules.engine.pull_request import Account
from tests.store.given import SHOP
from tests.store.test_ledger import LANDED, SHA

if TYPE_CHECKING:
    from bot.store.store import Store

MAIN = At.of(SHOP, "main")
ODD = pytest.mark.parametrize(
    ("odd", "kept"),
    [("a\0b", "ab"), ("a\ud800b", "a?b"), ("ä" * 5000, "ä" * 5000), ("\0" * 3, "")],
    ids=["nul", "half a pair", "long", "nothing"],
)


@ODD
async def test_what_people_ask_for_is_kept(store: Store, odd: str, kept: str) -> None:
    asked = Request("comment/1", Verb.FREEZE, Account("bob", 2), 1.0, odd, odd, line=odd)

    await store.answer(Answered(SHOP, 1, Answer(asked, SHA, SHA, 2.0, ""), "main"))

    [answer] = (await store.requests(SHOP, 1, SHA)).answers
    assert answer.request == replace(asked, rule=kept, reason=kept, line=kept)
    assert len((await store.line.read(MAIN)).orders) == 1


@ODD
async def test_what_production_tells_is_kept(store: Store, odd: str, kept: str) -> None:
    await store.land(replace(LANDED, environment=odd, detail=odd))
    await store.line.stray(MAIN, Stray(7, SHA, 100.0, odd))
    await store.reverts.want(SHOP, TakenBack(SHA, "main", 7, 100.0, login="bob", reason=odd, said=odd))

    release, taken = await store.release_of(SHOP, SHA), await store.reverts.of(SHOP, SHA)
    [stray] = (await store.line.read(MAIN)).strays
    assert release == replace(LANDED, environment=kept, detail=kept)
    assert (taken and taken.reason, taken and taken.said, stray.detail) == (kept, kept, kept)


@ODD
async def test_what_code_holds_is_kept(store: Store, odd: str, kept: str) -> None:
    await store.note_flags(Landed(SHOP, 1, 1.0, added=(odd,)))
    await store.note_flags(Landed(SHOP, 2, 2.0, removed=(odd,)))
    await store.remember(Sighting(SHOP, 1, Remembered(SHA, odd), is_open=True))
    await store.record_decision(SHOP, 1, SHA, {"title": odd})

    [flag] = await store.flags("octo", "shop")
    assert (flag.key, flag.first_by, flag.removed_by) == (kept[:200], 1, 2)
    assert (await store.open_pull_requests(SHOP))[1].digest == kept
    assert await store.decision("octo", "shop", 1) == {"title": odd}
