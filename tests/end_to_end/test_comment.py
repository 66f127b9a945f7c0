"""The one comment on a pull request: begun when somebody must act, edited in place, never doubled."""

from collections.abc import Sequence

from bot.plan import CALM_SECONDS
from bot.words.comment import MARKER
from simulator.pull_request import PullRequest
from simulator.records import Comment
from tests.end_to_end.conftest import WAITS_AS_USUAL, Shop, lines

CREATED = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments"
EDITED = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}"


def ours(pull: PullRequest) -> Sequence[Comment]:
    return [comment for comment in pull.comments if comment.author == pull.repo.github.app.bot]


async def held(shop: Shop) -> PullRequest:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    return pull


async def test_while_all_is_well_there_is_no_comment(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")
    await shop.merges(pull)

    await shop.stage.at_rest()

    assert pull.comments == []


async def test_a_held_pull_request_is_told_once_what_is_missing(shop: Shop) -> None:
    pull = await held(shop)

    await shop.look(pull)

    [comment] = ours(pull)
    assert comment.body.startswith(
        f"{MARKER}pr={pull.number} head={pull.head[:7]} -->\n### ⏸ Held: 1 of 1 rule needs work"
    )
    assert "31 effective lines, 11 over the limit of 20" in comment.body
    assert shop.writes_of(CREATED) == 1


@WAITS_AS_USUAL
async def test_a_new_head_with_a_comment_costs_four_calls(shop: Shop) -> None:
    pull = await held(shop)
    [comment] = ours(pull)
    comment.updated_at -= 2 * CALM_SECONDS
    before = len(shop.stage.github.calls)

    await pull.push({"app.py": lines(40)})

    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()
    assert shop.calls_since(before).total() == 4
    assert shop.calls_since(before)[EDITED] == 1
    assert len(ours(pull)) == 1


async def test_a_comment_that_was_just_written_is_left_alone_for_a_while(shop: Shop) -> None:
    pull = await held(shop)

    await pull.push({"app.py": lines(40)})
    await shop.shows(pull, "neutral")
    await shop.stage.at_rest()

    assert shop.writes_of(EDITED) == 0
    assert await shop.stage.bench.store.next_due() is not None


async def test_once_it_is_ready_the_comment_folds_before_the_merge(shop: Shop) -> None:
    pull = await held(shop)
    await pull.push({"app.py": lines(5)})
    await shop.shows(pull, "success")
    await shop.repository.ci.succeeds(pull.head, "ci")

    await shop.merges(pull)

    [comment] = ours(pull)
    assert "### ✅ Ready" in comment.body
    assert "Held" not in comment.body


async def test_a_comment_that_somebody_edited_is_mended(shop: Shop) -> None:
    pull = await held(shop)
    [comment] = ours(pull)
    said = comment.body
    await pull.edit_comment(comment, f"{MARKER}-->\nAll is well, merge it!", by="mallory", tell=False)
    comment.updated_at -= 2 * CALM_SECONDS

    await shop.look(pull)

    assert [one.body for one in ours(pull)] == [said]


async def test_our_marker_in_somebody_elses_comment_means_nothing(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)}, tell=False)
    await pull.comment("mallory", f"{MARKER}pr=1 head=0000000 -->\n### Ready", tell=False)

    await shop.look(pull)

    assert len(ours(pull)) == 1
    assert shop.writes_of(EDITED) == 0


async def test_a_comment_under_many_others_is_found_again(shop: Shop) -> None:
    pull = await held(shop)
    for number in range(120):
        await pull.comment("bob", f"remark {number}", tell=False)

    await shop.look(pull)

    assert len(ours(pull)) == 1


async def test_a_draft_gets_the_check_and_no_comment(shop: Shop) -> None:
    pull = await shop.repository.open_pull_request(files={"app.py": lines(31)}, draft=True)
    await shop.shows(pull, "neutral")

    await shop.stage.at_rest()

    assert pull.comments == []


async def test_a_comment_whose_answer_broke_off_is_not_written_twice(shop: Shop) -> None:
    shop.stage.github.fails_next(1, lambda asked: asked.kind == CREATED, status=502, after=True)
    pull = await held(shop)

    await shop.stage.until("it is tried again", lambda: len(ours(pull)) > 0)
    await shop.look(pull)

    assert len(ours(pull)) == 1
