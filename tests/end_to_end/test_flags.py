"""A flag is known from the pull request that brought it to the one that takes it away."""

from tests.end_to_end.conftest import Shop

POLICY = 'rules: {flag-wrapped: {flags: ["flags.is_on"]}}\nmerge: {when: ready}\n'
BEFORE = "from shop import flags\n\n\ndef pay(cart):\n    charge(cart)\n"
FLAGGED = """\
from shop import flags


def pay(cart):
    if flags.is_on("refunds"):
        settle(cart)
        close(cart)
        return
    charge(cart)
"""
AFTER = "def pay(cart):\n    settle(cart)\n    close(cart)\n"


async def test_a_landed_flag_is_kept_until_a_change_takes_it_away(shop: Shop) -> None:
    files = {".github/andon.yml": POLICY, "src/payments/pay.py": BEFORE}
    await shop.repository.commit("main", files, "Ask for flags")
    first = await shop.repository.open_pull_request(files={"src/payments/pay.py": FLAGGED})
    await shop.repository.ci.succeeds(first.head, "ci")
    await shop.merges(first)
    await shop.stage.at_rest()
    _, there = await shop.told("/api/repos/octo/shop/flags")

    second = await shop.repository.open_pull_request(files={"src/payments/pay.py": AFTER})
    await shop.repository.ci.succeeds(second.head, "ci")
    await shop.merges(second)
    await shop.stage.at_rest()
    await shop.look(first)

    _, gone = await shop.told("/api/repos/octo/shop/flags")
    assert [(flag["key"], flag["first_by"], flag["removed_by"]) for flag in there["flags"]] == [
        ("refunds", first.number, None)
    ]
    assert [(flag["key"], flag["first_by"], flag["removed_by"]) for flag in gone["flags"]] == [
        ("refunds", first.number, second.number)
    ]
