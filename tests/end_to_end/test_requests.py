"""What people ask for in comments and by buttons: done for those who may, told to others, found when lost."""

from __future__ import annotations

from bot.address import Repository as Place
from bot.address import RepositoryAt, Want
from rules.engine.pull_request import Account
from simulator.pull_request import PullRequest
from simulator.records import Comment
from tests.end_to_end.conftest import CHECK_RUNS, LABEL, MERGES, READY, Shop, lines, waits

OVERRIDE = "/andon override small-diff hotfix INC-12"


async def held(shop: Shop, *, author: str = "alice", size: int = 30) -> PullRequest:
    """Open a pull request with green CI that is too big, and wait until it is held and its comment stands."""
    pull = await shop.repository.open_pull_request(files={"app.py": lines(size)}, author=author)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    return pull


def reactions(comment: Comment) -> list[tuple[str, str]]:
    return [(one.author.login, one.content) for one in comment.reactions]


async def test_an_override_lets_it_merge_and_is_seen_by_everybody_and_kept(shop: Shop) -> None:
    pull = await held(shop)

    said = await pull.comment("bob", f"Production is down.\n{OVERRIDE}")

    await shop.merges(pull)
    await shop.stage.at_rest()
    run = pull.check_run("andon")
    _, audit = await shop.told("/api/repos/octo/shop/audit")
    assert run is not None
    assert (run.conclusion, run.title) == ("success", "Overridden by bob: 30 effective lines, limit 20")
    assert "overridden by bob: “hotfix INC\\-12”" in str(run.summary)
    assert reactions(said) == [(shop.stage.github.app.bot.login, "+1")]
    [one] = audit["requests"]
    assert (one["verb"], one["rule"], one["by"], one["reason"]) == ("override", "small-diff", "bob", "hotfix INC-12")
    assert (one["pull_request"], one["head"], one["refusal"]) == (pull.number, pull.head, "")


async def test_c17_nobody_overrides_without_write_access_at_that_moment_nor_on_their_own(shop: Shop) -> None:
    pull = await held(shop)
    shop.repository.people.revoke("carol")
    shop.repository.outsiders.add("mallory")

    said = [await pull.comment(who, OVERRIDE) for who in ("alice", "carol", "mallory")]
    await shop.stage.at_rest()

    run = pull.check_run("andon")
    assert [[content for _, content in reactions(one)] for one in said] == [["confused"]] * 3
    assert run is not None
    assert (run.conclusion, pull.merged) == ("neutral", False)
    assert "authors do not override rules on their own pull request here" in str(run.summary)
    assert "that takes write access to this repository" in str(run.summary)


async def test_c13_c16_bots_are_not_answered_and_edited_comments_are_no_commands(shop: Shop) -> None:
    pull = await held(shop)
    of_a_bot = await pull.comment("helper[bot]", OVERRIDE)
    with shop.stage.github.silence():
        edited = await pull.comment("bob", "Let me think.")
        await pull.edit_comment(edited, OVERRIDE, by="alice")

    await shop.look(pull)

    assert (reactions(of_a_bot), [content for _, content in reactions(edited)]) == ([], ["confused"])
    assert not pull.merged


async def test_an_override_ends_with_a_push_and_outlives_one_that_changes_nothing(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    pull = await held(shop)
    await pull.comment("bob", OVERRIDE)
    await shop.shows(pull, "success")

    await pull.force_push({"app.py": lines(30)}, "The same in other words")
    await shop.shows(pull, "success")
    await pull.push({"app.py": lines(31)})
    await shop.shows(pull, "neutral")

    assert not pull.merged


async def test_a_command_on_an_older_head_does_not_bless_the_one_that_was_pushed_since(shop: Shop) -> None:
    pull = await held(shop)
    with shop.stage.github.silence():
        said = await pull.comment("bob", OVERRIDE)
        shop.stage.github.clock.advance(5)
        await pull.push({"app.py": lines(40, "evil")})
        await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.look(pull)

    run = pull.check_run("andon")
    assert [content for _, content in reactions(said)] == ["confused"]
    assert not pull.merged
    assert run is not None
    assert "it was asked before andon had answered for" in str(run.summary)


async def test_a_command_whose_delivery_was_lost_is_found_by_the_sweep_and_carried_out_once(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    pull = await held(shop)
    with shop.stage.github.silence():
        said = await pull.comment("bob", OVERRIDE)

    await shop.stage.bench.store.want([Want(RepositoryAt(Place(shop.installation, "octo", "shop")))])
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    before = len(shop.stage.github.calls)
    await shop.look(pull)

    assert [content for _, content in reactions(said)] == ["+1"]
    assert all(not kind.startswith("POST") for kind in shop.calls_since(before))


async def test_a_command_below_many_comments_is_found_too(shop: Shop) -> None:
    pull = await held(shop)
    await pull.comment("carol", "Let us talk.")
    await shop.look(pull)
    with shop.stage.github.silence():
        shop.stage.github.clock.advance(5)
        said = await pull.comment("bob", OVERRIDE)
        shop.stage.github.clock.advance(5)
        for index in range(35):
            await pull.comment("carol", f"And another thing, number {index}.")

    await shop.look(pull)

    await shop.merges(pull)
    assert [content for _, content in reactions(said)] == ["+1"]


async def test_hold_keeps_a_ready_one_back_until_it_is_let_go(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="alice")
    await shop.shows(pull, "success")
    await pull.comment("bob", "/andon hold until the sale is over")
    await shop.stage.at_rest()
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    _, told = await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}")
    merged_before = pull.merged

    shop.stage.github.clock.advance(2)
    await pull.comment("bob", "/andon unhold")

    await shop.merges(pull)
    assert not merged_before
    assert waits(told) == [("`bob` holds it: until the sale is over; `/andon unhold` lets it go", "a maintainer")]


async def test_merge_asks_for_it_where_a_label_would_and_for_a_fork_at_that_head_alone(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    shop.repository.outsiders.add("mallory")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="mallory", fork=True)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "success")
    await pull.comment("mallory", "/andon merge")
    await shop.stage.at_rest()
    merged_before = pull.merged

    await pull.comment("bob", "/andon merge")

    await shop.merges(pull)
    await shop.stage.at_rest()
    assert not merged_before
    assert shop.writes_of(MERGES) == 1


async def test_a_co_author_confirms_with_a_word(shop: Shop) -> None:
    policy = "rules: {pairing: {satisfied-by: [co-author]}}\nmerge: {when: ready}\n"
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Ask for pairs")
    bob = shop.stage.github.user("bob")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(2)}, author="alice")
    await pull.push({"app.py": lines(50)}, f"Grow\n\nCo-authored-by: Bob <{bob.email}>")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.shows(pull, "neutral")
    await pull.comment("carol", "/andon paired")
    await shop.stage.at_rest()
    merged_before = pull.merged

    await pull.comment("bob", "/andon paired")

    await shop.merges(pull)
    assert not merged_before


async def test_a_confirmation_ends_with_a_push_and_with_the_permission(shop: Shop) -> None:
    policy = "rules: {pairing: {satisfied-by: [co-author]}}\nmerge: {when: label}\n"
    await shop.repository.commit("main", {".github/andon.yml": policy}, "Ask for pairs")
    bob = shop.stage.github.user("bob")
    trailer = f"\n\nCo-authored-by: Bob <{bob.email}>"
    pull = await shop.repository.open_pull_request(files={"app.py": lines(2)}, author="alice")
    await pull.push({"app.py": lines(50)}, f"Grow{trailer}")
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    await pull.comment("bob", "/andon paired")
    await shop.shows(pull, "success")

    await pull.push({"app.py": lines(51)}, f"Grow again{trailer}")
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    await pull.comment("bob", "/andon paired")
    await shop.shows(pull, "success")
    shop.repository.people.revoke("bob")
    await shop.look(pull)

    await shop.shows(pull, "neutral")


async def test_re_evaluate_writes_a_new_check_run_each_time_it_is_pressed_and_no_more(shop: Shop) -> None:
    pull = await held(shop)
    before = shop.writes_of(CHECK_RUNS)

    await pull.press("andon", "recheck", by="alice")
    await shop.stage.at_rest()
    after_one = shop.writes_of(CHECK_RUNS)
    await pull.rerequest("andon", by="alice")
    await shop.stage.at_rest()
    await shop.look(pull)

    assert (after_one - before, shop.writes_of(CHECK_RUNS) - before) == (1, 2)


async def test_a_request_for_an_override_is_shown_to_those_who_decide(shop: Shop) -> None:
    pull = await held(shop)

    await pull.press("andon", "request-override", by="alice")
    await shop.stage.at_rest()

    run = pull.check_run("andon")
    assert run is not None
    assert "**Override asked for** by alice" in str(run.summary)


async def test_without_a_policy_nobody_is_answered(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": None}, "Be quiet")
    await shop.stage.at_rest()
    pull = await shop.repository.open_pull_request(files={"app.py": lines(30)}, author="alice")

    said = await pull.comment("bob", OVERRIDE)
    await shop.stage.at_rest()

    assert reactions(said) == []


async def test_a_comment_that_is_gone_leaves_what_it_asked_for(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    pull = await held(shop)
    said = await pull.comment("bob", OVERRIDE)
    await shop.shows(pull, "success")

    await pull.delete_comment(said, by="bob")
    await shop.look(pull)

    run = pull.check_run("andon")
    assert run is not None
    assert run.conclusion == "success"


async def test_the_author_may_override_where_the_policy_says_so(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": f"overrides: {{by-author: true}}\n{READY}"}, "Trust")
    pull = await held(shop)

    await pull.comment("alice", OVERRIDE)

    await shop.merges(pull)
    run = pull.check_run("andon")
    assert run is not None
    assert "overridden by alice: “hotfix INC\\-12”" in str(run.summary)


async def test_a_command_on_a_head_that_was_pushed_over_does_not_count_when_the_old_one_comes_back(shop: Shop) -> None:
    pull = await held(shop)
    judged = pull.head
    with shop.stage.github.silence():
        shop.stage.github.advance(5)
        await pull.force_push({"app.py": lines(25, "other")}, "Something else")
        shop.stage.github.advance(5)
        said = await pull.comment("bob", OVERRIDE)
        shop.stage.github.advance(5)
        await pull.force_push(at=judged)

    await shop.look(pull)

    assert (pull.head, pull.merged) == (judged, False)
    assert [content for _, content in reactions(said)] == ["confused"]


async def test_a_name_that_is_another_accounts_by_now_opens_nothing(shop: Shop) -> None:
    bob = shop.stage.github.user("bob")
    place = Place(shop.installation, "octo", "shop")

    may = [
        await shop.stage.bench.github.may_write(place, Account(login, account))
        for login, account in (("bob", bob.id), ("bob", bob.id + 1_000_000), ("bob", None), ("nobody-of-this-name", 7))
    ]

    assert may == [True, False, False, False]


async def test_an_override_counts_no_more_once_whoever_gave_it_may_not_write_any_more(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    pull = await held(shop)
    await pull.comment("bob", OVERRIDE)
    await shop.shows(pull, "success")
    await shop.stage.at_rest()
    shop.repository.people.revoke("bob")

    await pull.label("ship", by="carol")

    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    run = pull.check_run("andon")
    assert (pull.merged, MERGES in shop.calls_since(0)) == (False, False)
    assert run is not None
    assert "may not write to this repository any more" in str(run.summary)
    _, audit = await shop.told("/api/repos/octo/shop/audit")
    assert [one["refusal"] for one in audit["requests"]] == [
        "whoever asked for it may not write to this repository any more"
    ]
