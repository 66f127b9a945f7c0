"""Two people stand behind a change before the bot merges it."""

from simulator.pull_request import PullRequest
from tests.end_to_end.conftest import MERGES, Shop, lines

PAIRED = "rules: {pairing: {}}\nmerge: {when: ready}\n"


async def with_green_ci(shop: Shop) -> PullRequest:
    """Open a pull request by alice under the policy, with everything green but the second person."""
    await shop.repository.commit("main", {".github/andon.yml": PAIRED}, "Ask for two people")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="alice")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "neutral")
    return pull


async def test_it_waits_until_another_writer_approves_the_head_and_then_merges(shop: Shop) -> None:
    pull = await with_green_ci(shop)
    await shop.stage.at_rest()
    run, merged_before = pull.check_run("andon"), pull.merged

    await pull.review("bob", "APPROVED")

    await shop.merges(pull)
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    [rule] = told["rules"]
    assert not merged_before
    assert run is not None
    assert run.title == "Waiting: Nobody stands beside alice yet"
    assert "Ask somebody with write access other than" in str(run.summary)
    assert (rule["outcome"], rule["facts"]["author"], rule["facts"]["approvals"]) == ("pass", "alice", ["bob"])


async def test_an_approval_ends_with_a_push_that_changes_the_content(shop: Shop) -> None:
    pull = await with_green_ci(shop)
    with shop.stage.github.silence():
        await pull.review("bob", "APPROVED")
        await pull.push({"app.py": lines(6)})
        await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.look(pull)

    run = pull.check_run("andon")
    assert not pull.merged
    assert run is not None
    assert (run.conclusion, "to approve again" in str(run.summary)) == ("neutral", True)


async def test_an_approval_outlives_a_push_that_leaves_the_content_as_it_is(shop: Shop) -> None:
    pull = await with_green_ci(shop)
    with shop.stage.github.silence():
        await pull.review("bob", "APPROVED")
        await pull.force_push({"app.py": lines(5)}, "The same in other words")
        await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.look(pull)

    await shop.merges(pull)


async def test_nobody_is_ones_own_second_person(shop: Shop) -> None:
    pull = await with_green_ci(shop)
    shop.repository.outsiders.add("mallory")
    await pull.review("alice", "APPROVED")
    await pull.review("mallory", "APPROVED")

    await shop.stage.at_rest()

    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    assert not pull.merged
    assert (told["rules"][0]["outcome"], told["rules"][0]["facts"]["approvals"]) == ("waiting", [])


async def test_a_co_author_is_named_with_the_account_and_counts_once_confirmed(shop: Shop) -> None:
    await shop.repository.commit(
        "main", {".github/andon.yml": PAIRED.replace("{}", "{satisfied-by: [co-author]}")}, "Ask for pairs"
    )
    bob = shop.stage.github.user("bob")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="alice")
    await pull.push({"app.py": lines(50)}, f"Grow\n\nCo-authored-by: Bob <{bob.email}>")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await pull.review("carol", "APPROVED")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    merged_before = pull.merged

    await pull.review("bob", "APPROVED")

    await shop.merges(pull)
    assert not merged_before
    assert told["rules"][0]["facts"]["co_authors"] == [
        {"name": "Bob", "email": bob.email, "login": "bob", "kind": "human", "confirmed": False}
    ]


async def test_a_bump_that_a_bot_alone_wrote_merges_and_one_that_a_person_pushed_to_waits(shop: Shop) -> None:
    files = {"requirements.txt": "aiohttp==3.1.0\n", ".github/andon.yml": PAIRED}
    await shop.repository.commit("main", files, "Pin")
    bump = {"requirements.txt": "aiohttp==3.2.0\n"}
    touched = await shop.repository.open_pull_request(files=bump, author="dependabot[bot]")
    await touched.push({"app.py": lines(1)}, author="bob")
    await touched.push({"app.py": None}, author="bob")
    await shop.repository.ci.succeeds(touched.head, "ci")
    await touched.review("bob", "APPROVED")
    await shop.shows(touched, "neutral")

    pull = await shop.repository.open_pull_request(files=bump, author="dependabot[bot]")
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert not touched.merged


async def test_the_bot_itself_never_reviews(shop: Shop) -> None:
    pull = await with_green_ci(shop)
    await pull.review("bob", "APPROVED")

    await shop.merges(pull)

    assert [call.kind for call in shop.stage.github.calls if "reviews" in call.kind] == []


async def test_a_squash_keeps_the_co_author_whatever_the_repository_writes_there(shop: Shop) -> None:
    shop.repository.settings.squash_message = "BLANK"
    await shop.repository.commit("main", {".github/andon.yml": PAIRED}, "Ask for two people")
    bob = shop.stage.github.user("bob")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(2)}, author="alice")
    await pull.push({"app.py": lines(50)}, f"Grow\n\nCo-authored-by: Bob <{bob.email}>")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "neutral")

    await pull.review("bob", "APPROVED")

    await shop.merges(pull)
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    [call] = [call for call in shop.stage.github.calls if call.kind == MERGES]
    assert told["landed_co_authors"] == [f"Bob <{bob.email}>"]
    assert call.status == 200
