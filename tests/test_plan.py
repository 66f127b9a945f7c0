from bot.plan import CALM_SECONDS, plan
from bot.published import (
    CheckConclusion,
    CheckRun,
    Comment,
    CreateCheckRun,
    CreateComment,
    Merge,
    MergePullRequest,
    UpdateComment,
    Wanted,
)
from bot.snapshot import PublishedComment, Snapshot
from tests.snapshots import HEAD, NOON, SHOP, showing, snapshot

PASSED = CheckRun(HEAD, CheckConclusion.SUCCESS, "Passed", "all well")


def test_a_check_that_is_missing_is_written_before_anything_is_merged() -> None:
    actions = plan(snapshot(), Wanted(PASSED, Merge(HEAD, "squash")))

    assert actions == (CreateCheckRun(SHOP, PASSED),)


def test_a_check_that_says_something_else_is_written_anew() -> None:
    actions = plan(snapshot(published=showing("what it said before")), Wanted(PASSED))

    assert actions == (CreateCheckRun(SHOP, PASSED),)


def test_a_second_look_with_nothing_new_writes_nothing() -> None:
    assert plan(snapshot(published=showing(PASSED.digest)), Wanted(PASSED)) == ()


def test_a_merge_carries_the_head_that_was_evaluated() -> None:
    actions = plan(snapshot(published=showing(PASSED.digest)), Wanted(PASSED, Merge(HEAD, "rebase")))

    assert actions == (MergePullRequest(SHOP, 12, Merge(HEAD, "rebase")),)


def test_without_commits_no_check_is_written_because_none_would_be_seen_again() -> None:
    assert plan(snapshot(has_commits=False), Wanted(PASSED)) == ()


def test_every_shown_word_is_part_of_the_digest() -> None:
    others = [
        CheckRun("c" * 40, CheckConclusion.SUCCESS, "Passed", "all well"),
        CheckRun(HEAD, CheckConclusion.NEUTRAL, "Passed", "all well"),
        CheckRun(HEAD, None, "Passed", "all well"),
        CheckRun(HEAD, CheckConclusion.SUCCESS, "Other", "all well"),
        CheckRun(HEAD, CheckConclusion.SUCCESS, "Passed", "other"),
        CheckRun(HEAD, CheckConclusion.SUCCESS, "Passed", "all well", "more"),
        CheckRun(HEAD, CheckConclusion.SUCCESS, "Passed", "all well", details_url="https://andon.example"),
    ]

    assert len({PASSED.digest, *(other.digest for other in others)}) == len(others) + 1


HELD = Comment("held", begins=True)
READY = Comment("ready", begins=False)


def commented(body: str, ago: float = 2 * CALM_SECONDS) -> Snapshot:
    """See our comment as it was written so many seconds ago, and the check as it should be."""
    return snapshot(
        published=showing(PASSED.digest), comment=PublishedComment(5, body, NOON.timestamp() - ago), comments=1
    )


def test_a_comment_is_begun_when_somebody_must_act_and_not_before() -> None:
    bare = snapshot(published=showing(PASSED.digest))

    assert plan(bare, Wanted(PASSED, comment=HELD)) == (CreateComment(SHOP, 12, "held"),)
    assert plan(bare, Wanted(PASSED, comment=READY)) == ()


def test_a_comment_that_says_something_else_is_edited_in_place() -> None:
    assert plan(commented("held"), Wanted(PASSED, comment=READY)) == (UpdateComment(SHOP, 5, "ready"),)
    assert plan(commented("ready\r\n"), Wanted(PASSED, comment=READY)) == ()


def test_a_comment_that_was_just_written_waits_unless_it_is_the_last_word() -> None:
    fresh = commented("held", ago=CALM_SECONDS - 1)

    assert plan(fresh, Wanted(PASSED, comment=READY)) == ()
    assert plan(fresh, Wanted(PASSED, Merge(HEAD, "squash"), READY)) == (UpdateComment(SHOP, 5, "ready"),)
