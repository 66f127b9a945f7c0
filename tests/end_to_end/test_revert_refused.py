"""Who asks on a merged pull request for what andon does not do is told why in one sentence, in the one comment."""

from __future__ import annotations

from simulator.pull_request import PullRequest
from simulator.records import Comment
from tests.end_to_end.conftest import lines
from tests.end_to_end.release_town import Town, a_town

NO_REASON = "**Not carried out:** `/andon revert` of bob: say why\\: `/andon revert nobody can check out`."
NO_ACCESS = (
    "**Not carried out:** `/andon revert for fun` of mallory: that takes write access to this repository; "
    "ask somebody who has it to write it."
)


def said(town: Town, pull: PullRequest) -> list[Comment]:
    """List the comments of andon."""
    return [one for one in pull.comments if one.author.login == town.github.app.bot.login]


async def asks(town: Town, pull: PullRequest, *asked: tuple[str, str]) -> None:
    town.repository.outsiders.add("mallory")
    for who, words in asked:
        await pull.comment(who, words)
    await town.rest()


def test_a_refused_revert_is_answered_with_the_reason_and_what_to_do() -> None:
    with a_town() as town:
        pull = town.run(town.ships("a"))

        town.run(asks(town, pull, ("bob", "/andon revert")))

        [comment] = said(town, pull)
        assert comment.body.endswith(f"\n{NO_REASON}\n")


def test_two_refusals_make_one_comment_that_says_the_last() -> None:
    with a_town() as town:
        pull = town.run(town.ships("a"))

        town.run(asks(town, pull, ("bob", "/andon revert"), ("mallory", "/andon revert for fun")))
        town.run(asks(town, pull, ("bob", "/andon revert")))

        [comment] = said(town, pull)
        assert comment.body.endswith(f"\n{NO_REASON}\n")
        assert "mallory" not in comment.body


async def is_held_and_then_small(town: Town) -> PullRequest:
    pull = await town.ships("a", files={"a.py": lines(30, "a")})
    await pull.push({"a.py": lines(5, "a")})
    await town.repository.ci.succeeds(pull.head, "ci")
    await town.until("it is merged", lambda: pull.merged)
    await town.rest()
    return pull


def test_a_comment_that_was_there_stays_and_says_one_sentence_more() -> None:
    with a_town() as town:
        pull = town.run(is_held_and_then_small(town))
        before = said(town, pull)[0].body

        town.run(asks(town, pull, ("mallory", "/andon revert for fun")))

        [comment] = said(town, pull)
        assert comment.body.startswith(before.rstrip())
        assert comment.body.endswith(f"\n{NO_ACCESS}\n")


def test_a_second_comment_is_not_written_where_the_answer_to_the_first_was_lost() -> None:
    with a_town() as town:
        pull = town.run(town.ships("a"))
        town.github.fails_next(
            1, lambda asked: asked.kind.endswith("/comments") and asked.kind.startswith("POST"), status=502, after=True
        )

        town.run(asks(town, pull, ("bob", "/andon revert")))
        town.run(town.pass_time(120.0))

        assert len(said(town, pull)) == 1


def test_a_revert_that_is_carried_out_says_nothing_more() -> None:
    with a_town() as town:
        pull = town.run(town.ships("a"))

        town.run(asks(town, pull, ("bob", "/andon revert wrong prices")))

        assert said(town, pull) == []
