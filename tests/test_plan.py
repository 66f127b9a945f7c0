from bot.plan import plan
from bot.published import CheckConclusion, CheckRun, CreateCheckRun, Merge, MergePullRequest, Wanted
from tests.snapshots import HEAD, SHOP, showing, snapshot

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
