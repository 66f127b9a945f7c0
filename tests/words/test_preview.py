"""What is said of a policy that a pull request proposes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.decision import Decision, decide, needs, needs_diff
from bot.published import LONGEST_TEXT, CheckConclusion, CheckRun
from bot.snapshot import PolicyFile, Snapshot
from bot.words.preview import HEADING, LARGEST_TRIAL, added_to, is_asked
from rules.engine.policy import POLICY_PATH, PolicyError
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Side, Totals
from rules.engine.tree import Problem
from tests import snapshots
from tests.factories import added, changed, code

OWNERS = PolicyFile("octo/.github@7654321:.github/andon.yml", "7654321", "rules: {small-diff: warn}")


def proposal(text: str | None, *others: ChangedFile, change: Change = Change.MODIFIED) -> PullRequest:
    edited = replace(added(POLICY_PATH, (text or "").splitlines()), change=change)
    files = (edited, *others)
    totals = Totals(len(files), sum(one.added for one in files), sum(one.deleted for one in files))
    return snapshots.pull_request(files=files, totals=totals)


def proposing(text: str | None, *others: ChangedFile, change: Change = Change.MODIFIED, **fields: Any) -> Snapshot:
    return snapshots.snapshot(
        **{"pull_request": proposal(text, *others, change=change), "proposed_policy": text, **fields}
    )


def decided(snapshot: Snapshot) -> Decision:
    return decide(snapshot, our_app=snapshots.OUR_APP)


def check_of(snapshot: Snapshot) -> CheckRun:
    wanted = decided(snapshot).wanted
    assert wanted is not None
    return wanted.check


def section(check: CheckRun) -> str:
    return check.summary.partition(HEADING)[2]


def test_mode_options_reach_and_sections_are_compared_one_by_one() -> None:
    text = (
        "rules:\n  small-diff:\n    {mode: block, max-lines: 9, weights: {docs: 1}, paths: ['!*.md'], "
        "exempt-kinds: [tests]}\n"
        "merge: {when: label, method: rebase}\nbranches: [main]\n"
    )

    said = section(check_of(proposing(text)))

    assert (
        "| **small-diff** | `mode`: `hold` → `block`<br>`max-lines`: `400` → `9`<br>`weights.docs`: `0.0` → `1.0`<br>"
        '`paths`: `[]` → `["!*.md"]`<br>`exempt-kinds`: `[]` → `["tests"]` | ✅ passes |'
    ) in said
    assert said.splitlines()[-3:] == [
        '- `branches`: `[]` → `["main"]`',
        "- `merge.when`: `ready` → `label`",
        "- `merge.method`: `squash` → `rebase`",
    ]


def test_rules_that_come_and_go_are_named_and_those_that_stay_are_counted() -> None:
    policy = PolicyFile("main", "1", "rules: {small-diff: hold, required-tests: warn}")

    said = section(
        check_of(proposing("rules: {small-diff: hold, pairing: {mode: warn, confirm: false}}", policy=policy))
    )

    assert "| **pairing** | added, `warn`<br>`confirm`: `true` → `false` | not asked → ⏳ waits |" in said
    assert "| **required-tests** | removed | ✅ passes → not asked |" in said
    assert "1 other rule stays as before." in said


def test_the_same_policy_in_other_words_changes_nothing() -> None:
    said = section(check_of(proposing("# the same\nrules: {small-diff: }\nmerge: {}\n")))

    assert "No rule changes." in said
    assert "held → **held**" not in said
    assert "passed → **passed**" in said


def test_the_conclusion_is_that_of_the_policy_that_stands() -> None:
    strict, lax = "rules: {small-diff: {mode: block, max-lines: 1}}", "rules: {}"
    large = added("app.py", code(500))

    assert check_of(proposing(strict)).conclusion is CheckConclusion.SUCCESS
    assert check_of(proposing(lax, large)).conclusion is CheckConclusion.NEUTRAL
    assert check_of(proposing("rules: [", large)).conclusion is CheckConclusion.NEUTRAL
    merge = decided(proposing(strict)).wanted
    assert merge is not None
    assert merge.merge is not None


@pytest.mark.parametrize(
    "policy", [None, PolicyFile("main", "1", "branches: [other]")], ids=["none", "of another branch"]
)
@pytest.mark.parametrize(
    ("text", "conclusion", "title"),
    [
        ("rules: {small-diff: hold}", "success", "Policy in this pull request: valid, and not applied to it"),
        ("rules: {small-dif: hold}", "neutral", "Policy in this pull request: 1 problem"),
        ("a: 1\nb: 1", "neutral", "Policy in this pull request: 2 problems"),
        (None, "neutral", "Policy in this pull request: 1 problem"),
    ],
)
def test_where_nothing_governs_the_preview_is_all_that_is_said(
    policy: PolicyFile | None, text: str | None, conclusion: str, title: str
) -> None:
    snapshot = proposing(text, policy=policy)

    check = check_of(snapshot)

    assert (check.conclusion, check.title) == (conclusion, title)
    assert check.summary.startswith(f"{HEADING}\n\nNo policy governs it:")
    assert decided(snapshot).verdict is None


def test_taking_the_policy_away_leaves_silence_or_the_owners() -> None:
    alone = check_of(proposing(None, change=Change.DELETED))
    under = check_of(proposing(None, change=Change.DELETED, owner_policy=OWNERS))
    ungoverned = check_of(proposing(None, change=Change.DELETED, policy=PolicyFile("main", "1", "branches: [other]")))

    assert "**It takes the policy away.** andon would fall silent here" in section(alone)
    assert "**It takes the policy away: `octo/.github@7654321:.github/andon.yml` governs then.**" in section(under)
    assert "| **small-diff** | `mode`: `hold` → `warn` | ✅ passes |" in section(under)
    assert (ungoverned.title, ungoverned.conclusion) == ("Policy in this pull request: taken away", "success")


def test_moving_the_policy_away_is_taking_it_away() -> None:
    moved = changed("old.yml", change=Change.RENAMED, previous_path=POLICY_PATH)

    said = section(check_of(snapshots.snapshot(pull_request=snapshots.pull_request(files=(moved,)))))

    assert "**It takes the policy away.**" in said


def test_problems_of_the_owners_policy_are_listed_and_put_on_no_line_of_this_one() -> None:
    wrong = replace(OWNERS, text="rules: {smal-diff: warn}")

    check = check_of(proposing("extends: owner", owner_policy=wrong))

    said = section(check).replace("\u200b", "")
    assert r"octo/.github@7654321\:.github/andon.yml\:1\:9\: rules.smal\-diff\: no such rule." in said
    assert check.annotations == ()


def test_a_wrong_policy_is_mended_only_by_one_that_can_be_read() -> None:
    broken = PolicyFile("main", "1", "rules: [")

    mended, worse = (check_of(proposing(text, policy=broken)) for text in ("rules: {}", "rules: {a: 1}"))
    extending = check_of(proposing("extends: owner", policy=broken, owner_policy=OWNERS))

    assert [one.conclusion for one in (mended, worse, extending)] == ["neutral", "action_required", "neutral"]
    assert "**It is valid.**" in section(mended)
    assert "no such rule" in section(worse)


def test_problems_take_half_of_the_annotations_at_the_most_and_are_all_counted() -> None:
    wrong = "rules:\n" + "".join(f"  r{number}: hold\n" for number in range(80))
    files = [added(f"{letter}.py", code(300, number * 300)) for number, letter in enumerate("abc")]

    check = check_of(proposing(wrong, *files))

    assert [note.path for note in check.annotations].count(POLICY_PATH) == 25
    assert [note.level for note in check.annotations[:25]] == ["warning"] * 25
    assert {note.path for note in check.annotations[25:]} == {"a.py", "b.py", "c.py"}
    assert "**80 problems.**" in check.summary
    assert "- and 60 more" in check.summary


def test_nobody_tries_out_a_long_policy_on_a_large_pull_request() -> None:
    text = "rules: {required-tests: {exempt: [" + f"{'a*b' * 20}, " * 900 + "]}}"
    files = [added(f"{number}.py", ["x"]) for number in range(LARGEST_TRIAL // len(text) + 1)]
    snapshot = proposing(text, *files)

    said = section(check_of(snapshot))

    assert "It is too long to be tried out on a pull request of this size." in said
    assert "| **required-tests** | added, `hold`" in said
    assert not needs(snapshot)


def test_what_the_proposed_rules_need_is_read_as_well() -> None:
    python = added("app.py", ["def f():", "    return 1"])

    wanted = needs(proposing("rules: {required-tests: hold}", python))

    assert (Side.HEAD, "app.py") in wanted.texts
    assert not needs(proposing("rules: {}", python))


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        pytest.param({"paths": (POLICY_PATH,)}, True, id="it brings a policy"),
        pytest.param({"paths": ("andon.yml", "app.py")}, False, id="it does not"),
        pytest.param({"paths": (POLICY_PATH,), "default_branch": "trunk"}, False, id="for another branch"),
        pytest.param({"paths": ()}, False, id="nothing is listed"),
    ],
)
def test_without_a_policy_only_a_pull_request_that_brings_one_is_read(fields: dict[str, Any], asked: bool) -> None:
    bare = snapshots.snapshot(policy=None, pull_request=snapshots.pull_request(files=()), **fields)

    assert needs_diff(bare) is asked


def test_a_policy_in_a_pull_request_that_is_too_large_to_read_is_not_known() -> None:
    unread = snapshots.pull_request(files=(), totals=Totals(4000, 90_000, 0))

    check = check_of(snapshots.snapshot(pull_request=unread, paths=(POLICY_PATH,)))

    assert "**1 problem.**" in section(check)
    assert "GitHub does not give it as text" in section(check)


def test_a_full_summary_makes_room_for_the_preview() -> None:
    full = CheckRun("a" * 40, CheckConclusion.SUCCESS, "Passed", "x" * 65_100)

    error = PolicyError(POLICY_PATH, [Problem(1, 1, "", "wrong.")])
    check = added_to(full, None, error)

    assert len(check.summary) <= LONGEST_TEXT + 2
    assert check.summary.endswith("wrong.")


def test_a_pull_request_that_leaves_the_policy_alone_is_told_nothing_of_it() -> None:
    snapshot = snapshots.snapshot(paths=("app.py",))

    assert not is_asked(snapshot)
    assert HEADING not in check_of(snapshot).summary


HOSTILE = st.text(st.sampled_from("ab`|*_[](){}<>!@#&~\\\"' \n:/.-1-"), max_size=30)


@given(label=HOSTILE, path=HOSTILE, key=HOSTILE)
def test_nothing_in_a_proposal_becomes_a_link_html_or_a_mention(label: str, path: str, key: str) -> None:
    quoted = [repr(one.replace("'", "").replace("\\", "")) for one in (label, path, key)]
    text = f"rules: {{small-diff: {{paths: [{quoted[1]}]}}}}\nmerge: {{label: {quoted[0]}}}\n"

    sections = [section(check_of(proposing(one))) for one in (text, f"{text}{quoted[2]}: 1\n")]

    for said in sections:
        tokens = MarkdownIt().enable("table").parse(said.replace("<br>", " "))
        kinds = {token.type for top in tokens for token in (top, *(top.children or ()))}
        assert kinds & {"link_open", "image", "html_inline", "html_block"} == set()
        outside = [child.content for top in tokens for child in top.children or () if child.type == "text"]
        assert [one for one in outside if "@a" in one or "#1" in one] == []


def test_the_same_proposal_gives_the_same_check_run() -> None:
    snapshot = proposing("extends: andon:recommended")

    first, second = check_of(snapshot), check_of(snapshot)

    assert first.digest == second.digest
