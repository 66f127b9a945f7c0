"""What keeps wrong merges away: each safeguard as the edit that removes it, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass

_WAY = "bot/github/write_way.py"
_RACES = "tests/races/test_races.py::test_whoever_comes_between_the_decision_and_the_merge_breaks_no_law"
_MERGING = "tests/end_to_end/test_merge_cases_merging.py"
_AUTO_MERGE = "tests/end_to_end/test_auto_merge.py"
_REQUESTS = "tests/end_to_end/test_requests.py"


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of one file: the text that stands there exactly once, and what is written instead."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One safeguard in words, the edits that remove it, and the fewest tests that must notice (pytest's names)."""

    what: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


def _one(what: str, edit: tuple[str, str, str], *tests: str) -> Safeguard:
    return Safeguard(what, (Edit(*edit),), tests)


SAFEGUARDS = (
    _one(
        "the SHA on the merge call",
        (_WAY, '{"sha": action.merge.head, "merge_method"', '{"merge_method"'),
        f"{_RACES}[a-push]",
        f"{_MERGING}::test_case[B7]",
    ),
    _one(
        "the line read anew in the transaction that takes the turn",
        (
            "bot/pull_request/turns.py",
            "found = await bench.store.line.take_turn(",
            "found = decision.standing or (",
        ),
        f"{_RACES}[a-failed-release]",
        f"{_RACES}[a-freeze]",
        "tests/end_to_end/test_line_closed.py::test_e4_the_line_is_read_again_immediately_before_the_merge",
    ),
    _one(
        "a closed line gives nobody the turn",
        ("bot/store/line_kept.py", "if found is None or not found.may_merge:", "if found is None:"),
        "tests/store/test_line_kept.py::test_a_closed_line_gives_nobody_the_turn_and_says_what_closes_it",
    ),
    _one(
        "disarmed before armed: what was armed for another head or base",
        (
            "bot/merging/merging.py",
            "(stand.held or (armed.ours and _is_stale(armed, snapshot, arm, stand)))",
            "stand.held",
        ),
        "tests/merging/test_merging.py",
        f"{_AUTO_MERGE}::test_a_push_is_disarmed_before_the_new_head_gets_its_check_and_is_armed_anew",
    ),
    _one(
        "disarmed before anything else is shown",
        ("bot/plan.py", "    if wanted.withdraw and way.auto_merge is not None:", "    if False:"),
        "tests/merging/test_merging.py",
        f"{_AUTO_MERGE}::test_a_hold_takes_back_what_andon_armed",
    ),
    _one(
        "the newest run of a name wins",
        (
            "bot/merging/required_checks.py",
            "return max(checks, key=lambda one: (one.state is CheckState.PENDING, one.started_at or _NEVER))",
            "return checks[-1]",
        ),
        "tests/merging/test_required_checks.py",
    ),
    _one(
        "a running check beats one that has passed",
        (
            "bot/merging/required_checks.py",
            "(one.state is CheckState.PENDING, one.started_at or _NEVER)",
            "one.started_at or _NEVER",
        ),
        "tests/merging/test_required_checks.py",
    ),
    _one(
        "the App that a required check is pinned to",
        (
            "bot/merging/required_checks.py",
            "return wanted.app_id in (None, check.app_id) and (check.required or not wanted.marked)",
            "return check.required or not wanted.marked",
        ),
        "tests/merging/test_required_checks.py",
    ),
    Safeguard(
        "the head that auto-merge is armed for",
        (
            Edit("bot/github/arm_auto_merge.graphql", "$head: GitObjectID!, ", ""),
            Edit("bot/github/arm_auto_merge.graphql", "expectedHeadOid: $head, ", ""),
        ),
        (f"{_RACES}[a-push-before-it-is-armed]",),
    ),
    Safeguard(
        "the head that is put into the merge queue",
        (
            Edit("bot/github/enqueue.graphql", ", $head: GitObjectID!", ""),
            Edit("bot/github/enqueue.graphql", ", expectedHeadOid: $head", ""),
        ),
        (f"{_RACES}[a-push-before-it-is-queued]",),
    ),
    _one(
        "the head whose branch is brought up to date",
        (_WAY, '{"expected_head_sha": head}', "{}"),
        f"{_RACES}[a-push-before-it-is-updated]",
    ),
    _one(
        "who may write, asked when a request is carried out",
        (
            "bot/pull_request/hearing.py",
            "not request.fault and await bench.github.may_write(snapshot.repository, request.by)",
            "True",
        ),
        f"{_REQUESTS}::test_c17_nobody_overrides_without_write_access_at_that_moment_nor_on_their_own",
    ),
    _one(
        "who may write, asked again before the merge that rests on it",
        (
            "bot/pull_request/hearing.py",
            "if not await bench.github.may_write(snapshot.repository, by)]",
            "if not by.login]",
        ),
        f"{_RACES}[who-overrode-leaves]",
    ),
    _one(
        "edited comments are no commands",
        (
            "bot/requests/requests.py",
            'fault = "the comment was edited; write a new one" if remark.edited else _fault(verb, word, rule, reason)',
            "fault = _fault(verb, word, rule, reason)",
        ),
        "tests/requests/test_requests.py",
    ),
    _one(
        "what was asked before the head was judged does not bless it",
        ("bot/requests/authority.py", "if request.verb in _BOUND and (stale", "if False and (stale"),
        "tests/requests/test_authority.py",
    ),
    _one(
        "a fork is merged at the head that a maintainer asked for",
        (
            "bot/requests/authority.py",
            "if one.request.verb is Verb.MERGE and one.head == head), None)",
            "if one.request.verb is Verb.MERGE), None)",
        ),
        "tests/requests/test_authority.py",
    ),
    _one(
        "the signature of a delivery",
        ("bot/web/webhook.py", "        await self._check_signature(body, request.headers)\n", ""),
        "tests/web/test_webhook.py::test_a_delivery_that_github_did_not_sign_is_refused",
    ),
    _one(
        "our comment is ours by its author, not by its marker",
        (
            "bot/github/read.py",
            'if node["viewerDidAuthor"] and node["body"].startswith(MARKER):',
            'if node["body"].startswith(MARKER):',
        ),
        "tests/end_to_end/test_comment.py::test_our_marker_in_somebody_elses_comment_means_nothing",
    ),
    _one(
        "a freeze holds the fix lane too",
        (
            "bot/line/line.py",
            "return self.by in (ClosedBy.FREEZE, ClosedBy.REFUSED) or lane is Lane.NORMAL",
            "return lane is Lane.NORMAL",
        ),
        "tests/line/test_line.py",
    ),
    _one(
        "production holds a merge that is under way",
        (
            "bot/line/line.py",
            "closing.by is ClosedBy.FREEZE and turn.taken_at < closing.since",
            "turn.taken_at < closing.since",
        ),
        "tests/line/test_line.py",
    ),
    _one(
        "a merge that may have happened is not tried again",
        ("bot/pull_request/refusals.py", "if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:", "if False:"),
        "tests/merging/test_merging.py",
        f"{_MERGING}::test_case[B10]",
    ),
    _one(
        "without any evidence nothing is ready",
        ("bot/merging/readiness.py", "    if not wanted:\n", "    if False:\n"),
        "tests/merging/test_readiness.py",
    ),
    _one(
        "an answer that disagrees with itself is read again",
        (
            "bot/github/read.py",
            'if head_commit and head_commit[0]["commit"]["oid"] != node["headRefOid"]:',
            "if False:",
        ),
        "tests/end_to_end/test_lost_and_late.py"
        "::test_a14_a_torn_read_is_read_again_and_never_takes_the_checks_of_another_head",
    ),
    _one(
        "what landed is compared with what was judged",
        ("bot/reconcile.py", "await looked_after(bench, snapshot, known)", "known"),
        f"{_RACES}[a-retarget]",
    ),
)
