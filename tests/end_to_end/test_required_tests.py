"""`required-tests` on GitHub: what it reads beyond the diff, and that nobody else pays for it."""

from tests.end_to_end.conftest import CHECK_RUNS, Shop

TESTED = "rules: {required-tests: {}}\nmerge: {when: ready}\n"
TAX = "def vat(price):\n    return price * 0.2\n"
TAX_TEST = "from tax import vat\n\n\ndef test_vat():\n    assert vat(10) == 2\n"
TREE = "GET /repos/{owner}/{repo}/git/trees/{tree_sha}"
FILES = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files"


async def _prepared(shop: Shop) -> None:
    files = {".github/andon.yml": TESTED, "tax.py": TAX, "tests/test_tax.py": TAX_TEST}
    await shop.repository.commit("main", files, "Ask for tests")
    await shop.stage.at_rest()


async def test_new_behaviour_waits_for_its_test_and_then_ships(shop: Shop) -> None:
    await _prepared(shop)
    more = TAX + "\n\ndef duty(price):\n    return price * 0.1\n"
    pull = await shop.repository.open_pull_request(files={"tax.py": more})
    await shop.shows(pull, "neutral")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    held, run = pull.merged, pull.check_run("andon")

    await pull.push({"tests/test_tax.py": TAX_TEST + "    assert duty(10) == 1\n"})

    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)
    assert not held
    assert run is not None
    assert [(note["path"], note["start_line"]) for note in run.annotations] == [("tax.py", 5)]


async def test_a_refactoring_ships_because_its_test_exists(shop: Shop) -> None:
    await _prepared(shop)

    pull = await shop.repository.open_pull_request(files={"tax.py": TAX.replace("0.2", "0.19 + 0.01")})

    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["rules"][0]["facts"]["mapped"] == {"tax.py": ["tests/test_tax.py"]}


async def test_a_new_head_costs_two_calls_more(shop: Shop) -> None:
    await _prepared(shop)
    pull = await shop.repository.open_pull_request(files={"tax.py": TAX.replace("0.2", "0.21")})
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    before = len(shop.stage.github.calls)

    await pull.push({"tax.py": TAX.replace("0.2", "0.22")})

    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    calls = shop.calls_since(before)
    assert {kind: calls[kind] for kind in (FILES, TREE, "query Texts", CHECK_RUNS)} == dict.fromkeys(
        (FILES, TREE, "query Texts", CHECK_RUNS), 1
    )


async def test_a_list_of_files_that_github_cuts_is_unknown_and_never_a_pass(shop: Shop) -> None:
    await _prepared(shop)
    shop.stage.github.files.tree_limit = 1

    pull = await shop.repository.open_pull_request(files={"tax.py": TAX.replace("0.2", "0.21")})

    await shop.shows(pull, "neutral")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert told["conclusion"] == "undecided"
    assert not pull.merged


async def test_a_weakened_test_is_held(shop: Shop) -> None:
    await _prepared(shop)
    skipped = "import pytest\n" + TAX_TEST.replace("def test_vat", "@pytest.mark.skip\ndef test_vat")

    pull = await shop.repository.open_pull_request(files={"tests/test_tax.py": skipped})

    await shop.shows(pull, "neutral")
    run = pull.check_run("andon")
    assert run is not None
    assert [(note["path"], note["start_line"]) for note in run.annotations] == [("tests/test_tax.py", 5)]
