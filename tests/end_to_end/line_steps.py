"""What tests of the line do and look at again and again: who is ready, who waits for what, and what fails."""

from __future__ import annotations

from typing import Any

from bot.address import Repository as Place
from bot.store.ledger import Release, ReleaseState
from bot.store.line_kept import At
from bot.store.store import Store
from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import MERGES, Shop, lines

MAIN = At("octo", "shop", "main")
FREEZE = "/andon freeze database migration"


async def ready(shop: Shop, *, title: str = "", base: str = "main") -> PullRequest:
    """Open a pull request of its own file with green CI."""
    name = f"part_{len(shop.repository.pulls)}.py"
    pull = await shop.repository.open_pull_request(files={name: lines(5, name[:-3])}, title=title, base=base)
    await shop.repository.ci.succeeds(pull.head, "ci")
    return pull


async def waiting(shop: Shop, *, title: str = "") -> PullRequest:
    """Open one that could be merged, and wait until the bot has looked at it."""
    pull = await ready(shop, title=title)
    await shop.stage.at_rest()
    return pull


async def freeze(shop: Shop, words: str = FREEZE) -> PullRequest:
    """Freeze the line by a comment on a pull request that is no candidate itself."""
    pull = await shop.repository.open_pull_request(files={"draft.py": lines(1)}, draft=True)
    await pull.comment("bob", words)
    await shop.stage.at_rest()
    return pull


async def waits_of(shop: Shop, pull: PullRequest) -> list[str]:
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return [wait["what"] for wait in told["waiting_for"]]


async def line_of(shop: Shop) -> Any:
    return (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]


async def fails(shop: Shop, *, number: int = 90, at: float | None = None) -> Release:
    """Have a release of main fail that landed after all others."""
    now = shop.stage.bench.clock() if at is None else at
    place = Place(shop.installation, "octo", "shop")
    failed = Release(
        place,
        f"{number:040x}",
        number,
        "main",
        ReleaseState.FAILED,
        "production",
        "deployment",
        None,
        "the smoke test failed",
        now,
        now,
    )
    await shop.stage.bench.store.save_release(failed)
    return failed


def merges(shop: Shop) -> int:
    return sum(call.kind == MERGES for call in shop.stage.github.calls)


async def forget_orders(store: Store) -> None:
    """Take a freeze back without telling anybody, as if its end had come."""
    with store._engines.writer.begin() as connection:  # noqa: SLF001 - no caller of the store may do this
        connection.exec_driver_sql("DELETE FROM line_orders")
