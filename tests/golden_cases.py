"""The pull requests whose comment and check run are kept word for word; run as a module, it writes them anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bot.decision import decide
from bot.published import CheckRun, Wanted
from bot.requests.requests import Answer, Request, Verb
from bot.snapshot import PolicyFile, Snapshot
from rules.engine.policy import POLICY_PATH
from rules.engine.pull_request import Account, Author, Change, ChangedFile, Commit, Review, ReviewState, Side
from tests.factories import HEAD, added, changed, code, hunk, modified, pull_request
from tests.snapshots import OUR_APP, snapshot

GOLDEN: Final = Path(__file__).parent / "golden"
TREE: Final = "7" * 40
FOUR: Final = """\
rules:
  small-diff: {max-lines: 100}
  required-tests: hold
  pairing: hold
merge: {when: ready}
"""
ALICE, BOB, CAROL = Account("alice", 1), Account("bob", 2, access=True), Account("carol", 3, access=True)
BY_ALICE = Author("Alice", "1+alice@users.noreply.github.com", ALICE)
BY_BOB = Author("Bob", "2+bob@users.noreply.github.com", Account("bob", 2))
APPROVED = Review(BOB, ReviewState.APPROVED, HEAD, TREE)


def shown(*files: Any, policy: str = FOUR, answers: tuple[Answer, ...] = (), **fields: Any) -> Snapshot:
    """Make a snapshot of a pull request by alice with these files, with CI green."""
    work = pull_request(*files, number=482, title="Take payments", author=ALICE, **fields)
    commits = fields.get("commits") or (Commit(HEAD, "Work", 1, (BY_ALICE,), lines=50, tree=TREE),)
    whole = replace(work, commits=commits, tree=work.tree or frozenset(file.path for file in files))
    return snapshot(
        pull_request=whole, policy=PolicyFile("main:.github/andon.yml@5f1e2d3", "5f1e2d3", policy), answers=answers
    )


def granted(verb: Verb, by: Account = CAROL, *, line: str = "", refusal: str = "", **details: str) -> Answer:
    """Make the answer to a request on the head."""
    return Answer(Request("comment/9/0", verb, by, 1.0, line=line, **details), HEAD, TREE, 2.0, refusal, told=True)


def proposing(text: str, policy: str | None = FOUR) -> Snapshot:
    """Make a snapshot of a pull request that edits the policy."""
    before, after = (policy or "").splitlines(), text.splitlines()
    edit = modified(POLICY_PATH, add=after, remove=before) if policy else added(POLICY_PATH, after)
    plain = replace(shown(*SMALL, edit, reviews=(APPROVED,)), proposed_policy=text)
    return plain if policy else replace(plain, policy=None)


def read_whole(snapshot: Snapshot, **texts: str) -> Snapshot:
    """Add whole files at the head, as the rules ask for them."""
    read = {(Side.HEAD, f"src/payments/{name}.py"): text.encode() for name, text in texts.items()}
    return replace(snapshot, pull_request=replace(snapshot.pull_request, texts=read))


BIG: Final = (
    added("src/billing/refund.py", code(90)),
    added("src/billing/tests/test_refund.py", code(60, 200)),
    added("src/shop/cart.py", code(80, 400)),
    added("docs/refunds.md", ["About refunds."] * 30),
)
SMALL: Final = (modified("src/app.py", add=code(3)), modified("tests/test_app.py", add=code(4, 50)))
PAY: Final = (
    "from shop import bank, flags\n\n\ndef refund(order):\n    bank.pay_back(order.account, order.total)\n"
    "    order.ledger.close()\n    order.note('refunded')\n"
)
FLAGGED: Final = (
    "from shop import bank, flags\n\n\ndef refund(order):\n    order.count()\n"
    '    if not flags.is_on("refunds"):\n        return\n    bank.pay_back(order.account, order.total)\n'
)
EVIL: Final = "src/a`](http://evil.example)\n| x | y | @octo/team <img src=x> #12.py"

CASES: Final[Mapping[str, Snapshot]] = {
    "held-too-big-with-a-plan": shown(*BIG, reviews=(APPROVED,)),
    "held-without-tests-and-alone": shown(added("src/pay.py", code(40))),
    "held-for-lines-that-nobody-sees": shown(
        ChangedFile("src/pay.py", Change.ADDED, 0, 0, (), binary=True), reviews=(APPROVED,)
    ),
    "waiting-for-a-second-person": shown(*SMALL),
    "waiting-for-a-named-co-author": shown(
        *SMALL, commits=(Commit(HEAD, "Work", 1, (BY_ALICE, BY_BOB), lines=50, tree=TREE),)
    ),
    "ready": shown(*SMALL, reviews=(APPROVED,)),
    "blocked": shown(*BIG, policy="rules: {small-diff: {mode: block, max-lines: 100}}\n"),
    "overridden": shown(
        *BIG,
        reviews=(APPROVED,),
        answers=(granted(Verb.OVERRIDE, rule="small-diff", reason="hotfix INC-12, read as one"),),
    ),
    "on-hold-with-a-refused-command": shown(
        *SMALL,
        answers=(
            granted(Verb.HOLD, reason="until the sale is over"),
            granted(
                Verb.OVERRIDE,
                ALICE,
                line="/andon override pairing I know what I do",
                refusal="authors do not override rules on their own pull request here; "
                "ask somebody else with write access",
            ),
        ),
    ),
    "override-asked-for": shown(*BIG, reviews=(APPROVED,), answers=(granted(Verb.REQUEST_OVERRIDE, ALICE),)),
    "undecided": shown(
        *SMALL, reviews=(APPROVED,), incomplete=("GitHub lists 3000 files, and the pull request has 3400",)
    ),
    "hostile-names": shown(added(EVIL, code(150)), reviews=(APPROVED,)),
    "risky-without-a-flag": read_whole(
        shown(
            changed(
                "src/payments/pay.py",
                hunk(
                    (
                        " def refund(order):",
                        "+    bank.pay_back(order.account, order.total)",
                        "+    order.ledger.close()",
                        "     order.note('refunded')",
                    ),
                    old_start=4,
                    new_start=4,
                ),
            ),
            policy='rules: {flag-wrapped: {flags: ["flags.is_on"]}}\nmerge: {when: ready}\n',
        ),
        pay=PAY,
    ),
    "partly-behind-a-flag": read_whole(
        shown(
            changed(
                "src/payments/pay.py",
                hunk(
                    (
                        " def refund(order):",
                        "+    order.count()",
                        '+    if not flags.is_on("refunds"):',
                        "+        return",
                        "+    bank.pay_back(order.account, order.total)",
                    ),
                    old_start=4,
                    new_start=4,
                ),
            ),
            policy='rules: {small-diff: {max-lines: 2}, flag-wrapped: {flags: ["flags.is_on"]}}\n',
        ),
        pay=FLAGGED,
    ),
    "policy-edited": proposing(
        FOUR.replace("max-lines: 100", "max-lines: 5").replace("pairing: hold", "pairing: warn")
    ),
    "policy-edited-wrongly": proposing(FOUR.replace("max-lines: 100", "max-line: 5")),
    "first-policy": proposing(FOUR, policy=None),
    "wrong-policy": shown(*SMALL, policy="rules: {small-dif: {max-lines: lots}}\nmerg: {}\n"),
}


def written(name: str) -> str:
    """Write what GitHub would show of one case: the comment, and the check run with its annotations."""
    said = _wanted(name).comment
    begins = "" if said is None or said.begins else " (only where one stands already)"
    return f"# Comment{begins}\n\n{comment_of(name)}\n\n# Check run\n\n{_check(check_of(name))}\n"


def comment_of(name: str) -> str:
    """Write the comment of one case."""
    said = _wanted(name).comment
    return "(none)" if said is None else said.body


def check_of(name: str) -> CheckRun:
    """Write the check run of one case."""
    return _wanted(name).check


def _wanted(name: str) -> Wanted:
    decision = decide(CASES[name], our_app=OUR_APP, public_url="https://andon.example")
    assert decision.wanted is not None
    return decision.wanted


def _check(check: CheckRun) -> str:
    notes = [f"{note.level} {note.path}:{note.start_line}-{note.end_line} {note.message}" for note in check.annotations]
    buttons = [button.label for button in check.buttons]
    return "\n".join(
        (
            f"{check.conclusion or 'in progress'}: {check.title}",
            f"buttons: {', '.join(buttons) or 'none'}",
            "",
            "## Summary",
            "",
            check.summary,
            "",
            "## Text",
            "",
            check.text or "(none)",
            "",
            "## Annotations",
            "",
            *(notes or ["(none)"]),
        )
    )


def main() -> None:
    """Write every golden file anew, and remove those of cases that are gone."""
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.md"):
        path.unlink()
    for name in CASES:
        (GOLDEN / f"{name}.md").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
