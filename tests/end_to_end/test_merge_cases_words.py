"""The words of what lands, case by case: E13, the message below the title and who is named in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from simulator.git import Person
from simulator.pull_request import PullRequest
from simulator.shapes import SITE
from tests.end_to_end.conftest import MERGES, Shop, lines

PLAIN = "rules: {}\nmerge: {when: ready}\n"
TEMPLATE = "rules: {}\nmerge:\n  when: ready\n  body: |\n"
WHOLE = f"{TEMPLATE}    {{title}} is #{{number}} by @{{author}}.\n\n    {{body}}\n\n    Reviewed-in: {{url}}\n"

Case = Callable[[Shop], Awaitable[None]]


async def governed(shop: Shop, policy: str, writes: str = "PR_BODY") -> None:
    """Set a policy, and what the repository has GitHub write into a squash."""
    shop.repository.settings.squash_message = writes
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Set the policy")


async def lands(shop: Shop, pull: PullRequest) -> list[str]:
    """Let it merge, and give the lines of the commit below the title."""
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    landed = await shop.repository.history.commit(str(pull.merge_commit))
    assert landed is not None
    return landed.message.splitlines()[2:]


async def opened(shop: Shop, body: str = "Why it matters.", author: str = "alice") -> PullRequest:
    return await shop.repository.open_pull_request(
        files={"app.py": lines(5)}, title="Grow {body}", body=body, author=author
    )


def named(shop: Shop, login: str) -> str:
    return f"Co-authored-by: {login} <{shop.stage.github.user(login).email}>"


async def template(shop: Shop) -> None:
    """What the policy wants below the title is filled in once: what reads like a place to fill in stays as it is."""
    await governed(shop, WHOLE)
    pull = await opened(shop)
    url = f"{SITE}/octo/shop/pull/{pull.number}"

    found = await lands(shop, pull)

    above = f"Grow {{body}} is #{pull.number} by @alice."
    assert found == [above, "", "Why it matters.", "", f"Reviewed-in: {url}"]


async def one_block(shop: Shop) -> None:
    """The names stand in one block with the trailers that are there: git reads the last paragraph alone."""
    await governed(shop, WHOLE)
    pull = await opened(shop, body=f"Why.\n\n{named(shop, 'carol')}")
    await pull.push({"more.py": lines(2)}, author="bob")

    found = await lands(shop, pull)

    assert found[-4:] == [
        "",
        f"Reviewed-in: {SITE}/octo/shop/pull/{pull.number}",
        named(shop, "bob"),
        named(shop, "carol"),
    ]


async def hidden(shop: Shop) -> None:
    """What the page hides of the description does not land."""
    await governed(shop, PLAIN)
    pull = await opened(shop, body="Why.\n\n<!-- Tick every box\n\n- [ ] tests -->")

    assert await lands(shop, pull) == ["Why."]


async def once(shop: Shop) -> None:
    """Whoever wrote it together is named once, however often the commits and the description name them."""
    await governed(shop, PLAIN)
    pull = await opened(shop, body=f"Why.\n\n{named(shop, 'bob')}\n{named(shop, 'alice')}")
    await pull.push({"more.py": lines(2)}, author="bob")
    await pull.push({"more.py": lines(3)}, f"Grow\n\n{named(shop, 'bob')}", author="alice")

    assert await lands(shop, pull) == ["Why.", "", named(shop, "bob")]


async def merged_in(shop: Shop) -> None:
    """Whoever only merged the base into the branch is nobody's co-author."""
    await governed(shop, PLAIN)
    pull = await opened(shop)
    tip = await shop.repository.commit("main", {"other.py": lines(1)}, "Move on", tell=False)
    git, dave = shop.repository.git, shop.stage.github.user("dave")
    tree = git.merged_tree(tip, pull.head)
    who = Person(dave.login, dave.email, shop.stage.github.now())
    sha = git.commit_tree(str(tree), (pull.head, tip), "Merge main\n", (who, who))
    await pull.force_push(at=sha)

    assert await lands(shop, pull) == ["Why it matters."]


async def deleted(shop: Shop) -> None:
    """An author whose account is gone is GitHub's ghost, and stops nothing."""
    await governed(shop, WHOLE)
    pull = await opened(shop, author="eve")
    shop.stage.github.delete_user("eve")

    assert (await lands(shop, pull))[0] == f"Grow {{body}} is #{pull.number} by @ghost."


async def bot(shop: Shop) -> None:
    """A bot is named with `[bot]`, as commits name it, whichever way the API writes it."""
    await governed(shop, WHOLE)
    pull = await opened(shop, author="renovate[bot]")

    assert (await lands(shop, pull))[0] == f"Grow {{body}} is #{pull.number} by @renovate[bot]."


async def githubs_own(shop: Shop) -> None:
    """Where GitHub lists the commits by its own words, andon sends none, and adds no names."""
    await governed(shop, PLAIN, writes="COMMIT_MESSAGES")
    pull = await opened(shop)
    await pull.push({"more.py": lines(2)}, author="bob")
    await lands(shop, pull)
    await shop.stage.at_rest()

    [asked] = [call for call in shop.stage.github.calls if call.kind == MERGES]
    assert isinstance(asked.body, dict)
    assert "commit_message" not in asked.body


CASES: dict[str, Case] = {
    "E13-template": template,
    "E13-one-block": one_block,
    "E13-hidden": hidden,
    "E13-once": once,
    "E13-merged-in": merged_in,
    "E13-deleted": deleted,
    "E13-bot": bot,
    "E13-githubs-own": githubs_own,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_case(shop: Shop, case: Case) -> None:
    await case(shop)
