"""By which way a pull request gets in, and what of that is taken back."""

from dataclasses import replace
from typing import Any

import pytest

from bot.github.errors import Later, Refused
from bot.line.line import Failure, Lane, Line
from bot.line.line import Terms as LineTerms
from bot.line.orders import Order
from bot.merging.in_line import REFUSED_KEY
from bot.merging.merging import Stand, on_its_way, once_github_is_content
from bot.merging.readiness import Actor, readiness
from bot.plan import plan
from bot.published import (
    ArmAutoMerge,
    CheckConclusion,
    CheckRun,
    CreateCheckRun,
    Dequeue,
    DisarmAutoMerge,
    Enqueue,
    Merge,
    MergePullRequest,
    UpdateBranch,
    Wanted,
)
from bot.pull_request.refusals import meaning
from bot.snapshot import MergeStatus, RequiredCheck, Snapshot
from bot.way import AutoMerge, Way
from rules.engine.pull_request import CheckState
from rules.engine.sections import Merge as Terms
from tests.snapshots import HEAD, NOON, OUR_APP, SHOP, check, merge_state, pull_request, showing, snapshot

PASSED = CheckRun(HEAD, CheckConclusion.SUCCESS, "Passed", "all well")
OURS = (RequiredCheck("ci"), RequiredCheck("andon", OUR_APP))
AUTO = Terms(via="auto-merge", method="squash")
WAY = Way(node_id="PR_12", may_arm=True)
NOW = NOON.timestamp()


def armed(*, ours: bool = True, method: str = "squash", at: float = NOW) -> AutoMerge:
    return AutoMerge("andon" if ours else "bob", ours, method, at)


def seen(way: Way = WAY, *, shown: bool = True, **state: Any) -> Snapshot:
    whole = merge_state(**{"required": OURS, "way": way, "status": MergeStatus.BLOCKED, **state})
    return snapshot(merge_state=whole, published=showing(PASSED.digest) if shown else None)


def stand(*, held: bool = False, ready: bool = False, but_for_github: bool = True) -> Stand:
    return Stand(held=held, ready=ready, but_for_github=but_for_github, our_app=OUR_APP)


def way_of(current: Snapshot, how: Stand, terms: Terms = AUTO) -> Wanted:
    return on_its_way(Wanted(PASSED), current, terms, how)


def test_it_is_armed_for_what_only_github_waits_for_at_the_judged_head() -> None:
    wanted = way_of(seen(), stand())

    assert plan(seen(), wanted) == (ArmAutoMerge(SHOP, "PR_12", Merge(HEAD, "squash")),)


@pytest.mark.parametrize(
    ("current", "how", "terms"),
    [
        pytest.param(seen(), stand(), Terms(), id="via merge"),
        pytest.param(seen(), stand(but_for_github=False), AUTO, id="something else is missing too"),
        pytest.param(seen(), stand(held=True), AUTO, id="it is held"),
        pytest.param(seen(), stand(ready=True), AUTO, id="nothing is missing"),
        pytest.param(seen(Way("PR_12")), stand(), AUTO, id="the repository does not allow it"),
        pytest.param(seen(required=(RequiredCheck("ci"),)), stand(), AUTO, id="no ruleset requires our check"),
        pytest.param(
            seen(required=(RequiredCheck("ci"), RequiredCheck("andon"))), stand(), AUTO, id="from whatever source"
        ),
        pytest.param(seen(Way("PR_12", may_arm=True, queue=True)), stand(), AUTO, id="the base has a queue"),
    ],
)
def test_it_is_not_armed_where_github_could_merge_what_andon_would_not(
    current: Snapshot, how: Stand, terms: Terms
) -> None:
    assert way_of(current, how, terms).arm is None


@pytest.mark.parametrize(
    ("way", "how", "shown", "withdrawn"),
    [
        pytest.param(armed(), stand(), True, False, id="what is armed is what should be"),
        pytest.param(armed(), stand(), False, True, id="a new head"),
        pytest.param(armed(), stand(held=True), True, True, id="held"),
        pytest.param(armed(), stand(but_for_github=False), True, True, id="no longer wanted"),
        pytest.param(armed(method="rebase"), stand(), True, True, id="by another method"),
        pytest.param(armed(), stand(ready=True), True, False, id="about to merge"),
        pytest.param(armed(ours=False), stand(), False, False, id="a person's, not held"),
        pytest.param(armed(ours=False), stand(held=True), True, True, id="a person's, held"),
    ],
)
def test_what_is_armed_is_taken_back_where_it_is_not_what_should_be(
    way: AutoMerge, how: Stand, *, shown: bool, withdrawn: bool
) -> None:
    current = seen(Way("PR_12", may_arm=True, auto_merge=way), shown=shown)

    assert way_of(current, how).withdraw is withdrawn


def test_what_was_armed_before_it_was_aimed_here_is_taken_back() -> None:
    current = seen(Way("PR_12", may_arm=True, auto_merge=armed(at=NOW - 1), retargeted_at=NOW))

    assert way_of(current, stand()).withdraw


def test_it_is_disarmed_before_anything_is_shown_and_armed_only_after_a_read_of_its_own() -> None:
    current = seen(Way("PR_12", may_arm=True, auto_merge=armed()), shown=False)

    actions = plan(current, way_of(current, stand()))

    assert actions == (DisarmAutoMerge(SHOP, "PR_12"), CreateCheckRun(SHOP, PASSED))


def test_a_held_pull_request_says_the_same_before_and_after_its_auto_merge_was_withdrawn() -> None:
    before = way_of(seen(Way("PR_12", auto_merge=armed(ours=False))), stand(held=True))
    after = way_of(seen(Way("PR_12", withdrawn=True)), stand(held=True))

    assert before.check == after.check
    assert "whoever armed it" in after.check.summary


def test_through_a_queue_it_is_enqueued_at_the_judged_head() -> None:
    current = seen(Way("PR_12", queue=True))

    assert plan(current, way_of(current, stand(ready=True))) == (Enqueue(SHOP, "PR_12", HEAD),)


@pytest.mark.parametrize(
    ("terms", "title"),
    [
        (Terms(), None),
        (Terms(title="{title} (#{number})"), "Say {number} (#12)"),
        (Terms(title="Ship {{title}}", method="merge"), "Ship {Say {number}}"),
        (Terms(title="{title}", method="rebase"), None),
    ],
)
def test_the_title_is_filled_in_once(terms: Terms, title: str | None) -> None:
    current = snapshot(pull_request=pull_request(title="Say {number}"), merge_state=merge_state(way=WAY))

    merge = way_of(current, stand(ready=True), terms).merge

    assert merge is not None
    assert merge.title == title


def test_what_is_ready_is_merged_by_andon_whatever_the_policy_says_of_auto_merge() -> None:
    current = seen(status=MergeStatus.CLEAN)

    assert plan(current, way_of(current, stand(ready=True))) == (MergePullRequest(SHOP, 12, Merge(HEAD, "squash")),)


def test_a_branch_that_is_behind_is_updated_at_the_judged_head_once_nothing_else_is_open() -> None:
    current = seen(status=MergeStatus.BEHIND)

    assert plan(current, way_of(current, stand(), Terms())) == (UpdateBranch(SHOP, 12, HEAD),)
    assert not way_of(current, stand(but_for_github=False), Terms()).update


@pytest.mark.parametrize(
    ("checks", "state", "left"),
    [
        pytest.param((check(state=CheckState.PENDING),), {}, 0, id="a required check that runs"),
        pytest.param((), {}, 0, id="a required check that has not begun"),
        pytest.param((check(),), {"review_decision": "REVIEW_REQUIRED"}, 0, id="an approval"),
        pytest.param((check(state=CheckState.FAILED),), {}, 1, id="a required check that failed"),
        pytest.param((check(),), {"review_decision": "CHANGES_REQUESTED"}, 1, id="a reviewer who objects"),
        pytest.param((check(),), {"status": MergeStatus.DIRTY}, 1, id="a conflict"),
    ],
)
def test_what_github_waits_for_by_itself_is_told_from_what_needs_a_push(
    checks: tuple[Any, ...], state: dict[str, Any], left: int
) -> None:
    whole = merge_state(**{"required": OURS, "status": MergeStatus.BLOCKED, **state})
    current = snapshot(
        merge_state=whole, published=showing("any"), pull_request=pull_request(checks=checks, labels=frozenset())
    )

    assert len(readiness(once_github_is_content(current), Terms(), our_app=OUR_APP)) == left


STEP = MergePullRequest(SHOP, 12, Merge(HEAD, "squash"))
ARM = ArmAutoMerge(SHOP, "PR_12", Merge(HEAD, "squash"))


@pytest.mark.parametrize(
    ("action", "error", "soon", "who", "word"),
    [
        (STEP, Refused(409, "Head branch was modified."), True, Actor.NOBODY, "judged again"),
        (STEP, Refused(405, "Base branch was modified. Review and try the merge again."), True, Actor.NOBODY, "base"),
        (STEP, Refused(405, "Squash merges are not allowed"), False, Actor.MAINTAINER, "Squash merges"),
        (STEP, Refused(403, "Resource not accessible"), False, Actor.MAINTAINER, "Contents: write"),
        (STEP, Refused(403, "without `workflows` permission"), False, Actor.MAINTAINER, "Workflows: write"),
        (STEP, Later("GitHub answered 500: ", uncertain=True, status=500), False, Actor.MAINTAINER, "failed"),
        (STEP, Later("GitHub answered 503: ", uncertain=True, status=503), True, Actor.NOBODY, "read again"),
        (STEP, Later("broke off", uncertain=True), True, Actor.NOBODY, "read again"),
        (ARM, Refused(200, "Pull request Pull request is in clean status"), True, Actor.NOBODY, "at once"),
        (ARM, Refused(200, "Pull request Pull request is in unstable status"), True, Actor.NOBODY, "at once"),
        (UpdateBranch(SHOP, 12, HEAD), Refused(422, "merge conflict"), False, Actor.AUTHOR, "merge conflict"),
    ],
)
def test_each_no_of_github_means_something_else(
    action: Any, error: Refused | Later, *, soon: bool, who: Actor, word: str
) -> None:
    wait = meaning(action, error)

    assert (wait.soon, wait.who) == (soon, who)
    assert word in wait.what


@pytest.mark.parametrize(
    ("action", "error", "everybody"),
    [
        (STEP, Refused(403, "Resource not accessible by integration"), True),
        (STEP, Refused(422, "The permissions requested are not granted to this installation."), True),
        (STEP, Refused(405, "Squash merges are not allowed on this repository."), True),
        (STEP, Refused(403, "Repository was archived so is read-only."), True),
        (STEP, Refused(405, "You're not authorized to push to this branch."), True),
        (ARM, Refused(200, "Resource not accessible by integration"), True),
        (Enqueue(SHOP, "PR_12", HEAD), Refused(200, "Resource not accessible by integration"), True),
        (ARM, Refused(200, "Pull request Auto merge is not allowed for this repository"), False),
        (STEP, Refused(403, "create or update workflow without `workflows` permission"), False),
        (STEP, Refused(405, "Pull Request is not mergeable"), False),
        (STEP, Refused(409, "Head branch was modified."), False),
        (UpdateBranch(SHOP, 12, HEAD), Refused(403, "Resource not accessible by integration"), False),
    ],
)
def test_b12_what_github_refuses_everybody_is_a_wait_of_the_line(
    action: Any, error: Refused, *, everybody: bool
) -> None:
    assert (meaning(action, error).key == REFUSED_KEY) is everybody


QUEUED = Way(node_id="PR_12", queue=True, queued=True)


@pytest.mark.parametrize(
    ("how", "leaves"),
    [
        pytest.param(stand(), False, id="nothing is against it"),
        pytest.param(stand(held=True), True, id="held"),
        pytest.param(replace(stand(held=True), undecided=True), False, id="not all of it could be read"),
    ],
)
def test_what_is_held_leaves_githubs_queue_before_anything_is_shown(how: Stand, *, leaves: bool) -> None:
    current = seen(QUEUED, shown=False)

    actions = plan(current, way_of(current, how))

    assert actions == ((Dequeue(SHOP, "PR_12"),) if leaves else ()) + (CreateCheckRun(SHOP, PASSED),)


FAILED = Line("main", failure=Failure(9, "f" * 40, NOW - 60), terms=LineTerms(deploys=True))
FROZEN = Line("main", orders=(Order("comment/1/0", freezes=True, by="ada", at=NOW - 60, until=NOW + 60),))


@pytest.mark.parametrize(
    ("line", "lane", "leaves"),
    [
        pytest.param(FAILED, Lane.NORMAL, True, id="production is unhealthy"),
        pytest.param(FAILED, Lane.FIX, False, id="it is the fix"),
        pytest.param(FROZEN, Lane.NORMAL, False, id="a planned freeze"),
        pytest.param(Line("main"), Lane.NORMAL, False, id="open"),
    ],
)
def test_what_is_queued_leaves_only_where_production_closes_the_line_for_it(
    line: Line, lane: Lane, *, leaves: bool
) -> None:
    current = replace(seen(QUEUED), line=line)

    assert way_of(current, replace(stand(), lane=lane)).dequeue is leaves


@pytest.mark.parametrize(
    ("line", "lane", "arms", "again"),
    [
        pytest.param(FAILED, Lane.NORMAL, False, None, id="production is unhealthy"),
        pytest.param(FAILED, Lane.FIX, True, None, id="it is the fix"),
        pytest.param(FROZEN, Lane.NORMAL, False, NOW + 60, id="a freeze that ends"),
        pytest.param(Line("main"), Lane.NORMAL, True, None, id="open"),
    ],
)
def test_it_is_armed_only_where_the_line_lets_it_and_looked_at_again_when_that_changes_by_itself(
    line: Line, lane: Lane, *, arms: bool, again: float | None
) -> None:
    wanted = way_of(replace(seen(), line=line), replace(stand(), lane=lane))

    assert (wanted.arm is not None, wanted.again_at) == (arms, again)


def test_a_closed_line_is_told_only_of_what_was_taken_back_for_it() -> None:
    before = way_of(replace(seen(Way("PR_12", may_arm=True, auto_merge=armed())), line=FROZEN), stand())
    after = way_of(replace(seen(Way("PR_12", may_arm=True, withdrawn=True)), line=FROZEN), stand())
    never = way_of(replace(seen(), line=FROZEN), stand())
    opened = way_of(replace(seen(Way("PR_12", may_arm=True, withdrawn=True)), line=Line("main")), stand())

    assert before.withdraw
    assert before.check == after.check != PASSED
    assert "auto-merge is withdrawn until the line is open: the line into `main` is frozen" in after.check.summary
    assert never.check == opened.check == PASSED
