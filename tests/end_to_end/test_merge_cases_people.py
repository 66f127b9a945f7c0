"""Who counts, who is heard, and who is named: cases of people by their ids. GitHub counts approvals; andon says how."""

from __future__ import annotations

import pytest

from simulator.pull_request import PullRequest
from simulator.rest_branches import bring_up_to_date
from tests.end_to_end.conftest import LABEL, READY, Shop, lines, waits

PAIRED = "rules: {pairing: {}}\nmerge: {when: ready}\n"


async def approved(shop: Shop, policy: str = READY, **asked: object) -> PullRequest:
    """Open a pull request by alice that bob approved; main asks for that and dismisses what is stale."""
    await shop.repository.commit("main", {".github/andon.yml": policy, "base.py": lines(3)}, "Set the policy")
    shop.repository.require("main", **{"approvals": 1, "dismiss_stale": True, **asked})
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="alice")
    await pull.review("bob", "APPROVED")
    await shop.stage.at_rest()
    return pull


async def main_moves(shop: Shop) -> None:
    await shop.repository.commit("main", {"base.py": lines(4)}, "Move on", tell=False)


async def waits_of(shop: Shop, pull: PullRequest) -> list[tuple[str, str]]:
    return waits((await shop.told(f"/api/repos/octo/shop/pulls/{pull.number}"))[1])


def dismissed_by(pull: PullRequest) -> list[tuple[str, str]]:
    words = f"0 of 1 required approval; that of `bob` was dismissed by the push of `{pull.head[:7]}`"
    return [(words, "a reviewer")]


async def test_c2_a_clean_update_of_the_branch_keeps_the_approval(shop: Shop) -> None:
    pull = await approved(shop)
    await main_moves(shop)

    await bring_up_to_date(pull, shop.stage.github.user("carol"))
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)


async def test_c2_a_merge_of_the_base_with_edits_of_its_own_loses_the_approval_and_says_by_which_push(
    shop: Shop,
) -> None:
    pull = await approved(shop)
    await main_moves(shop)
    merged = await bring_up_to_date(pull, shop.stage.github.user("carol"), tell=False)
    git, history = shop.repository.git, shop.repository.history
    edited = await shop.repository.write("refs/heads/edited", merged, {"app.py": lines(6)}, ("Edit", "carol"))
    facts = await history.commit(edited)
    before = await history.commit(str(merged))

    assert facts is not None
    assert before is not None
    evil = git.commit_tree(facts.tree, before.parents, "Merge branch 'main'\n", (before.author, before.committer))
    await pull.force_push(at=evil)
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    assert not pull.merged
    assert dismissed_by(pull)[0] in await waits_of(shop, pull)


async def test_c2_who_merged_the_base_into_the_branch_is_no_contributor_and_may_approve(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": PAIRED, "base.py": lines(3)}, "Ask for two people")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="alice")
    await main_moves(shop)
    await bring_up_to_date(pull, shop.stage.github.user("bob"))
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()
    alone = pull.merged

    await pull.review("bob", "APPROVED")

    await shop.merges(pull)
    assert not alone


async def test_c3_a_bots_push_after_the_approval_counts_as_any_push_and_is_named(shop: Shop) -> None:
    pull = await approved(shop)

    await pull.push({"app.py": lines(6)}, author="formatter[bot]")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    assert not pull.merged
    assert await waits_of(shop, pull) == dismissed_by(pull)


async def test_c4_the_approval_of_who_pushed_last_is_not_one_of_the_last_push(shop: Shop) -> None:
    pull = await approved(shop, dismiss_stale=False, last_push=True)
    await pull.push({"app.py": lines(6)}, author="bob")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await pull.review("bob", "APPROVED")
    await shop.stage.at_rest()
    merged_before, before = pull.merged, await waits_of(shop, pull)

    await pull.review("carol", "APPROVED")

    await shop.merges(pull)
    assert not merged_before
    assert [who for _, who in before] != []


async def test_c13_an_edited_command_is_refused_with_a_reason_and_kept_for_the_audit(shop: Shop) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    said = await pull.comment("bob", "Looks good.")
    await shop.stage.at_rest()

    await pull.edit_comment(said, "/andon merge", by="mallory")
    await shop.stage.at_rest()

    [kept] = (await shop.told("/api/repos/octo/shop/audit"))[1]["requests"]
    assert (pull.merged, [one.content for one in said.reactions]) == (False, ["confused"])
    assert (kept["verb"], kept["by"], kept["refusal"]) == ("merge", "bob", "the comment was edited; write a new one")


async def test_c15_a_bot_that_wrote_with_somebody_is_named_in_the_squash_as_github_names_it(shop: Shop) -> None:
    shop.repository.settings.squash_message = "PR_BODY"
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)}, author="alice", body="Bump it.")
    bot = shop.stage.github.user("dependabot[bot]")
    await pull.push({"more.py": lines(2)}, author=bot.login)
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)

    landed = await shop.repository.history.commit(str(pull.merge_commit))
    assert landed is not None
    assert landed.message.splitlines()[1:] == ["", "Bump it.", "", f"Co-authored-by: {bot.login} <{bot.email}>"]


@pytest.mark.parametrize(
    "words",
    [
        "> /andon merge",
        "```\n/andon merge\n```",
        "<!--\n/andon merge\n-->",
        "Shall we `/andon merge`?",
        "  /andon merge",
    ],
    ids=["C16 quoted", "C16 in a code block", "C16 hidden", "C16 in a sentence", "C16 indented"],
)
async def test_words_that_only_mention_a_command_are_none(shop: Shop, words: str) -> None:
    await shop.repository.commit("main", {".github/andon.yml": LABEL}, "Merge on demand")
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.stage.at_rest()

    said = await pull.comment("bob", words)
    await shop.look(pull)

    assert (pull.merged, said.reactions) == (False, [])
    assert (await shop.told("/api/repos/octo/shop/audit"))[1]["requests"] == []
