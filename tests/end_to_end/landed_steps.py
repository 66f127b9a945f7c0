"""What tests of landed commits do and look at again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import Shop, lines

SHARED = "".join(f"value_{index} = {index}\n" for index in range(30))
POLICY = "rules: {{small-diff: {{max-lines: 200}}}}\nmerge: {{when: ready, method: {method}}}\n"


async def prepared(shop: Shop, method: str) -> None:
    """Have everything merged by one method, with no word of deploying, and a file that both sides may change."""
    policy = POLICY.format(method=method)
    await shop.repository.commit(
        "main", {".github/andon.yml": policy, "shared.py": SHARED, "old.py": "old = 1\n"}, "Begin"
    )
    await shop.stage.at_rest()


async def opened(shop: Shop, files: Mapping[str, str | bytes | None] | None = None, **more: Any) -> PullRequest:
    files = files or {"new.py": lines(5), "shared.py": SHARED.replace("value_3 = 3", "value_3 = 33")}
    pull = await shop.repository.open_pull_request(files=files, **more)
    await pull.push({"second.py": "second = 2\n"}, "And a second file")
    return pull


async def merged(shop: Shop, pull: PullRequest) -> None:
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    await shop.stage.at_rest()


async def landed(shop: Shop, pull: PullRequest) -> Any:
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    return told["landed"]


async def line_of(shop: Shop) -> Any:
    return (await shop.told("/api/repos/octo/shop/line?branch=main"))[1]


METHODS = ["squash", "merge", "rebase"]


async def astray(shop: Shop, method: str = "squash") -> PullRequest:
    """Have one land wrongly, and the line closed by it."""
    await prepared(shop, method)
    pull = await opened(shop)
    shop.stage.github.lands_wrongly({"second.py": "second = 3\n"})
    await merged(shop, pull)
    return pull


async def moved(shop: Shop, pull: PullRequest) -> list[tuple[str, str]]:
    return [(one["what"], one["said"]) for one in (await landed(shop, pull))["moved"]]
