from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from bot.published import Comment
from bot.words.comment import LIMIT, MARKER, comment
from rules.engine.policy import Policy
from rules.engine.pull_request import Change, ChangedFile
from rules.engine.result import Finding, Kind, Mode, Note, Outcome, RuleResult, Verdict, Waiting
from rules.engine.sections import Merge
from tests.snapshots import BASE, HEAD, pull_request, snapshot

BIG = Finding("612 effective lines, 212 over the limit of 400.", "Split off `src/billing/`.")


def result(rule: str = "small-diff", outcome: Outcome = Outcome.FOUND, **fields: Any) -> RuleResult:
    found = (BIG,) if outcome is Outcome.FOUND else ()
    return replace(RuleResult(rule, Mode.HOLD, outcome, {}, f"What {rule} saw.", found), **fields)


def said(*results: RuleResult, policy: Policy | None = None, **pull: Any) -> Comment:
    verdict = Verdict(BASE, HEAD, "main:.github/andon.yml@1234567", Kind.CHANGE, results)
    written = comment(verdict, snapshot(pull_request=pull_request(**pull)), policy or Policy(()))
    assert written is not None
    return written


def test_a_held_pull_request_reads_as_its_author_needs_it() -> None:
    files = (ChangedFile("src/billing/pay.py", Change.MODIFIED, 600, 12, ()),)

    written = said(result(), result("pairing", Outcome.PASS), files=files)

    assert written.begins
    assert written.body == (
        f"{MARKER}pr=12 head=aaaaaaa -->\n"
        "### ⏸ Held: 1 of 2 rules needs work\n"
        "\n"
        "| Rule | Result | What to do |\n"
        "|---|---|---|\n"
        "| **small-diff** | ❌ 612 effective lines, 212 over the limit of 400. | Split off `src/billing/`. |\n"
        "| pairing | ✅ | – |\n"
        "\n"
        "**Next:** you push what is missing, or a maintainer other than you writes "
        "`/andon override small-diff <reason>`; andon does not merge it as it is.\n"
        "<details><summary>How this was decided</summary>\n"
        "\n"
        "Largest files: `src/billing/pay.py` (+600 -12).\n"
        "\nCounted at `aaaaaaa` against `main`, policy `main:.github/andon.yml@1234567`, "
        "kind of change: change. Same result locally: `andon check --base origin/main --head aaaaaaaaaa`\n"
        "</details>"
    )


@pytest.mark.parametrize(
    ("results", "headline", "who"),
    [
        ((result(),), "⏸ Held: 1 of 1 rule needs work", "you push"),
        ((result(), result("pairing")), "⏸ Held: 2 of 2 rules need work", "you push"),
        ((result(mode=Mode.BLOCK),), "⛔ Blocked: 1 of 1 rule needs work", "you push"),
        (
            (result(outcome=Outcome.WAITING, waiting=(Waiting("approve it", "a reviewer"),)),),
            "⏸ Waiting: 1 of 1 rule waits for somebody",
            "a reviewer acts",
        ),
        (
            (result(outcome=Outcome.UNKNOWN, unknown=("The list is cut.",)),),
            "❓ Could not decide: 1 of 1 rule could not be read whole",
            "nobody has to act",
        ),
    ],
    ids=["held", "held by two", "blocked", "waiting", "undecided"],
)
def test_the_first_line_says_where_it_stands_and_the_last_who_must_act(
    results: tuple[RuleResult, ...], headline: str, who: str
) -> None:
    body = said(*results).body

    assert body.splitlines()[1] == f"### {headline}"
    assert f"**Next:** {who}" in body


def test_when_all_is_well_it_folds_to_one_line_and_is_not_begun() -> None:
    written = said(result(outcome=Outcome.PASS), policy=Policy((), merge=Merge()))

    assert not written.begins
    assert written.body.splitlines()[1] == "### ✅ Ready; merging when GitHub's requirements are met"
    assert "<details>" in written.body


def test_what_is_only_remarked_is_folded_away() -> None:
    note = Note("2 lines run.", "Move them.", "app.py", 4, 5)
    words = "Remarked, and stops nothing:\n- **pairing**: `app.py:4`: 2 lines run. Move them."

    held = said(result(), result("pairing", Outcome.PASS, notes=(note,)))
    passed = said(result("pairing", Outcome.PASS, notes=(note,)))

    for one in (held, passed):
        above, _, folded = one.body.partition("<details>")
        assert ("Move them" in above, words in folded) == (False, True)
    assert (held.begins, passed.begins) == (True, False)


def test_a_rule_that_only_warns_begins_no_comment() -> None:
    assert not said(result(mode=Mode.WARN)).begins


def test_a_draft_is_not_commented_on() -> None:
    verdict = Verdict(BASE, HEAD, "policy", Kind.CHANGE, (result(),))

    assert comment(verdict, snapshot(pull_request=pull_request(draft=True)), Policy(())) is None


def test_hostile_words_become_no_mention_link_or_row() -> None:
    evil = "a`](http://evil.example)\n| x | y |\n@octo/team <img src=x> #12"
    files = (ChangedFile(evil, Change.ADDED, 9, 0, ()),)

    body = said(result(findings=(Finding(f"`{evil}` is big", f"Split {evil}"),)), files=files).body

    blocks = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(body)
    inline = {token.type for block in blocks for token in block.children or ()}
    html = [line for block in blocks if block.type == "html_block" for line in block.content.splitlines()]
    assert inline <= {"text", "text_special", "code_inline", "softbreak", "strong_open", "strong_close"}
    assert set(html) == {body.splitlines()[0], "<details><summary>How this was decided</summary>", "</details>"}
    assert len([line for line in body.splitlines() if line.startswith("|")]) == 3


def test_a_comment_never_exceeds_what_github_takes_and_says_that_it_was_cut() -> None:
    many = tuple(Finding(f"finding {number} " + "x" * 250) for number in range(1000))

    body = said(result(findings=many)).body

    assert LIMIT * 0.9 < len(body) < 65_536
    assert body.endswith("… cut: GitHub takes no longer comment.\n")
