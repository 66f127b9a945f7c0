"""The cases of merging and release, each by its id: what is given, what andon does, and where its tests are.

Each is a fact that another merge system's tests, code or users brought to light. The tests of a case bear its id at
the beginning of their name or of their row, so that `pytest tests/end_to_end -k B7` runs them; a test holds this
table against the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TESTS: Final = "tests/end_to_end"


@dataclass(frozen=True, slots=True)
class Case:
    """One case that andon answers. `tests` names the modules in `tests/end_to_end` that hold tests of it."""

    id: str
    given: str
    does: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """One case that has no test, and why."""

    id: str
    given: str
    why: str


_CHECKS, _MERGING, _LINE, _PATH = (
    "test_merge_cases_checks",
    "test_merge_cases_merging",
    "test_line",
    "test_pull_request_path",
)
_HEARD, _PEOPLE, _POLICY = "test_merge_cases_heard", "test_merge_cases_people", "test_merge_cases_policy"
_PRODUCTION, _LATE, _WAITS = "test_merge_cases_production", "test_lost_and_late", "test_waits"
_WORDS, _LANDED, _BARRED = "test_merge_cases_words", "test_landed", "test_barred"
_REVIEWS, _BASE, _STATE = "test_merge_cases_reviews", "test_merge_cases_base", "test_merge_cases_state"
_METHODS, _BRANCHES = "test_merge_cases_methods", "test_merge_cases_branches"
_CLOSED, _ASTRAY = "test_line_closed", "test_landed_line"
_REQUESTS, _PREVIEW, _RESTORING = "test_requests", "test_policy_preview", "test_release_cases_restoring"

CHECKS: Final = (
    Case("A1", "a required check never reported on the head", "waits for it by name: never reported", (_CHECKS,)),
    Case("A2", "a required check runs", "waits; it keeps its place in the line", (_CHECKS, _LINE)),
    Case("A3", "a required check failed", "names it to the author; the next one goes first", (_CHECKS,)),
    Case("A4", "a check that nothing requires failed", "merges, and mentions it", (_CHECKS,)),
    Case("A5", "a required check ended neutral", "lets it pass and mentions it; `must-succeed` asks more", (_CHECKS,)),
    Case("A6", "a required check was skipped", "lets it pass and mentions it; `must-succeed` asks more", (_CHECKS,)),
    Case("A7", "cancelled, timed out, action required, stale", "takes it for failed, in GitHub's words", (_CHECKS,)),
    Case("A8", "a run is not completed and holds a conclusion", "takes it for running", (_CHECKS,)),
    Case("A9", "several runs of one name", "counts a running one, else the one that started last", (_CHECKS,)),
    Case("A10", "a status and a check run of one name", "asks both to pass", (_CHECKS,)),
    Case("A11", "the required App is another than the reporting one", "says who reported and who must", (_CHECKS,)),
    Case(
        "A12",
        "somebody else reports `andon`",
        "does not merge, names the source, keeps it on record",
        (_CHECKS, _HEARD),
    ),
    Case(
        "A13", "its own check is among the required ones", "waits not for itself, wakes not by itself", (_CHECKS, _PATH)
    ),
    Case("A14", "the commits that GitHub gives lack the head", "reads again, never judges another commit", (_LATE,)),
    Case(
        "A16", "one of several workflows is done", "waits for all; one that failed is told at once", (_CHECKS, _HEARD)
    ),
    Case("A17", "an unknown commit is reported on, or one twice", "changes nothing", (_CHECKS, _HEARD)),
    Case("A18", "the head of the line waits for days", "lets the next one first after a bound", (_LINE,)),
    Case("A19", "no check exists yet and none is required", "does not merge for want of evidence", (_BASE,)),
)

MOVEMENT: Final = (
    Case(
        "B1", "GitHub still computes mergeability", "looks again soon; neither ready nor conflicting", (_LATE, _WAITS)
    ),
    Case("B2", "it is closed or merged, mergeability unknown", "does nothing; it leaves the line", (_STATE, _HEARD)),
    Case("B3", "unknown mergeability, and a label is missing", "says both", (_HEARD,)),
    Case("B4", "it conflicts with its base", "tells the author", (_BASE,)),
    Case("B5", "it is merged and shown as conflicting", "writes nothing; it leaves the line", (_HEARD,)),
    Case("B7", "the head moved before the merge", "is refused by GitHub, and judges the new head", (_MERGING, _PATH)),
    Case("B8", "a push that no delivery told of", "judges the new head before it merges", (_MERGING,)),
    Case("B9", "the base moved during the merge", "tries again, a few times", (_MERGING, _LATE)),
    Case("B10", "the merge answers 500", "reads everything; a half merge is left to a person", (_MERGING,)),
    Case("B11", "the merge answers 503", "tries again after a read", (_MERGING,)),
    Case(
        "B12",
        "andon may not push, or the method is forbidden",
        "holds the line and says what to change",
        (_MERGING, _BARRED),
    ),
    Case("B13", "behind a base that asks to be up to date", "updates the branch once, and judges it anew", (_MERGING,)),
    Case("B15", "GitHub blocks without a reason", "owns up to that, with the rules it cannot judge", (_BASE,)),
    Case(
        "B16", "it is aimed at another branch", "disarms, leaves the line, judges for the new base", (_MERGING, _LINE)
    ),
    Case("B17", "title or text change", "voids nothing", (_MERGING,)),
    Case("B18", "a push while in line or armed", "disarms first, judges anew, and keeps the place", (_LINE,)),
    Case("B19", "it is closed in line and opened again", "begins at the end, with what holds then", (_MERGING, _LINE)),
    Case("B20", "it is merged by hand in line", "knows it as merged; the line goes on", (_MERGING, _LINE)),
    Case("B21", "what it merged is shown as open again", "merges nothing twice", (_MERGING,)),
    Case("B22", "a method that the repository forbids", "names the method", (_METHODS,)),
    Case("B23", "labels that name two merge methods", "knows one method, the policy's; no label chooses", (_POLICY,)),
    Case("B24", "no commits, or the branch is gone", "neither falls nor merges", (_MERGING, _HEARD)),
)

PEOPLE: Final = (
    Case("C1", "a push after the approval, where that dismisses", "says which push took which approval", (_REVIEWS,)),
    Case(
        "C2",
        "the base was merged into the branch",
        "takes GitHub's word; who did so is no co-author",
        (_REVIEWS, _PEOPLE),
    ),
    Case(
        "C3",
        "only bots pushed after the approval",
        "takes GitHub's word, and says which push it was",
        (_REVIEWS, _PEOPLE),
    ),
    Case(
        "C4", "the author, or who pushed last, approves", "does not count it, as GitHub does not", (_REVIEWS, _PEOPLE)
    ),
    Case("C5", "somebody without write access approves", "says 0 of 1, and whose does not count", (_REVIEWS,)),
    Case("C6", "an approver lost access since", "goes by the access of this moment", (_REVIEWS,)),
    Case("C7", "an objection after an approval is dismissed", "goes by the approval again", (_REVIEWS,)),
    Case("C8", "an approver is asked to review again", "waits for that", (_REVIEWS,)),
    Case(
        "C9",
        "a code owner, or an approval of the last push, lacks",
        "says so, though GitHub tells no reason",
        (_REVIEWS,),
    ),
    Case("C10", "a reviewer asked for changes", "names the reviewer", (_REVIEWS,)),
    Case("C11", "one approved and one objects", "waits", (_REVIEWS,)),
    Case(
        "C12",
        "a conversation is not resolved",
        "waits where the branch asks for that; folded is not resolved",
        (_REVIEWS,),
    ),
    Case(
        "C13",
        "a comment was edited, by whomever",
        "takes it for no command, and keeps that on record",
        (_STATE, _REQUESTS, _PEOPLE),
    ),
    Case(
        "C15",
        "the author is a bot, or gone",
        "judges and merges; squash names the bot as GitHub does",
        (_STATE, _PEOPLE),
    ),
    Case("C16", "a command by a bot, quoted, or in a code block", "hears nothing", (_REQUESTS, _PEOPLE)),
    Case(
        "C17", "a command by somebody without the right", "refuses it, says why, changes nothing", (_REQUESTS, _CLOSED)
    ),
    Case("C19", "no rule applies", "says that no rule was asked, never just passes", (_POLICY,)),
)

POLICY: Final = (
    Case("D1", "it is a draft", "waits", (_STATE,)),
    Case("D4", "the label is taken off, in line or queue", "leaves the line, and the check says so", (_STATE, _POLICY)),
    Case("D5", "a label that holds, in any case of letters", "waits", (_STATE,)),
    Case("D6", "labels to go and to stay", "stays", (_STATE,)),
    Case("D7", "a part could not be read", "does not merge, and says which part", (_WAITS,)),
    Case(
        "D8",
        "the policy is wrong",
        "says file, line and problem; checked in the pull request that edits it",
        (_PATH, _PREVIEW),
    ),
    Case("D9", "the owner's policy cannot be read", "is silent where a repository has none of its own", (_POLICY,)),
    Case(
        "D10",
        "it edits the policy, or has another base",
        "judges it by the default branch's",
        (_PATH, _PREVIEW, _POLICY),
    ),
    Case("D11", "a second policy file under another name", "reads one file, `.github/andon.yml`", (_POLICY,)),
    Case("D12", "nothing protects the branch", "asks for named evidence, and merges by that", (_BASE,)),
    Case("D13", "too many files or commits to read", "holds or is undecided, with the limit", (_PATH, _POLICY)),
    Case("D14", "a file was renamed", "counts what changed in it, once", (_POLICY,)),
)

RELEASE: Final = (
    Case("E1", "an event comes twice", "makes one entry, which keeps its place", (_LINE,)),
    Case(
        "E2",
        "one that goes first comes while another merges",
        "lets that one finish; then the new order",
        (_PRODUCTION,),
    ),
    Case("E3", "two processes at once", "gives the turn to one", (_LINE,)),
    Case("E4", "the line closes while a merge is under way", "reads the line immediately before the merge", (_CLOSED,)),
    Case("E5", "production is unhealthy, or too much undeployed", "judges and reports, and merges nothing", (_CLOSED,)),
    Case("E6", "a rollback is done", "opens the line by it, and deploys nothing of what it took back", (_RESTORING,)),
    Case(
        "E7",
        "something landed between a failure and its revert",
        "is not deployed again; the revert's release holds it",
        (_RESTORING, "test_restore_several"),
    ),
    Case(
        "E8",
        "a failure, and nothing to go back to",
        "says so, and reverts only where a person asks",
        (_RESTORING, "test_restore_held"),
    ),
    Case(
        "E9",
        "a worker dies, or a deployment never answers",
        "goes on after a restart; fails at its bound",
        (_PRODUCTION,),
    ),
    Case(
        "E10",
        "somebody deploys another commit",
        "takes only its own deployment for its own, and tells the other beside it",
        (_PRODUCTION, "test_release_cases", "test_restore_held"),
    ),
    Case("E11", "every delivery is lost", "finds all by one sweep", (_CLOSED, "test_without_deliveries")),
    Case("E12", "one of several cannot be merged", "merges the others, and tells the author", (_MERGING, _LINE)),
    Case(
        "E13",
        "a squash, and what stands in the description",
        "strips hidden text, names each co-author once",
        (_WORDS,),
    ),
    Case(
        "E14",
        "the branch of what was merged",
        "deletes it, never one that is needed, protected or a fork's",
        (_BRANCHES,),
    ),
    Case("E15", "a check names pull requests of another repository", "looks at its own only", (_HEARD,)),
    Case("E16", "a status on a fork's commit names no branch", "finds it by the commit, reads no other", (_HEARD,)),
    Case(
        "E17",
        "what landed is not what was judged",
        "closes the line until it is reverted or looked at",
        (_LANDED, _ASTRAY),
    ),
)

CASES: Final = (*CHECKS, *MOVEMENT, *PEOPLE, *POLICY, *RELEASE)

LEFT: Final = (
    Left("A15", "CI was done implausibly fast", "not ours: how long CI takes is CI's to judge"),
    Left("B6", "a conflict under a title that says WIP", "not ours: titles decide nothing here; drafts do"),
    Left("B14", "behind, by an author in an ignore list", "not ours: there is no such list"),
    Left("C14", "approvals that a bot gives", "not ours: andon approves nothing"),
    Left("C18", "a right that was delegated", "later: there is no delegation yet"),
    Left("D2", "a pattern for titles", "not ours: titles decide nothing here"),
    Left("D3", "a pattern that takes for ever", "not ours: there are no patterns of titles"),
)

_TOP: Final = f"""# The cases of merging and release

What other merge systems learned the hard way, case by case, and what andon does. `pytest {TESTS} -k B7`
runs the tests of one. Where andon decides otherwise than most: [what is ready](decisions/what-is-ready.md),
[the ways into the base](decisions/the-ways-into-the-base.md), [the line](decisions/the-line.md),
[restoring production](decisions/restoring-production.md). How releases end, row by row: `pytest {TESTS} -k
release_cases`."""

_PARTS: Final = (
    ("Checks and statuses", CHECKS),
    ("Mergeability, head and base", MOVEMENT),
    ("Reviews and people", PEOPLE),
    ("Drafts, labels and the policy", POLICY),
    ("The line and the release", RELEASE),
)


def cases_page() -> str:
    """Write the page of all cases."""
    parts = [f"## {title}\n\n| | given | andon | tests |\n|---|---|---|---|\n{_rows(cases)}" for title, cases in _PARTS]
    left = "\n".join(f"| {one.id} | {one.given} | {one.why} |" for one in LEFT)
    return "\n\n".join([_TOP, *parts, f"## Without a test\n\n| | given | why |\n|---|---|---|\n{left}"]) + "\n"


def _rows(cases: tuple[Case, ...]) -> str:
    return "\n".join(f"| {case.id} | {case.given} | {case.does} | {_links(case)} |" for case in cases)


def _links(case: Case) -> str:
    return ", ".join(f"[{name.removeprefix('test_')}](../{TESTS}/{name}.py)" for name in case.tests)
