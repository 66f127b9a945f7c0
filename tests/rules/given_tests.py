"""Pull requests given by whole files, before and after: what the tests of `required-tests` speak in."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from rules.engine.evaluate import evaluate, needs_of
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile, PullRequest
from rules.engine.result import Mode, RuleResult
from rules.required_tests import RequiredTests
from tests.factories import changed, hunk, pull_request

Files = Mapping[str, str]

TAX = "def vat(price):\n    return price * 0.2\n"
TAX_TEST = "from shop.tax import vat\n\n\ndef test_vat():\n    assert vat(10) == 2\n"
NEW_FUNCTION = TAX + "\n\ndef duty(price):\n    return price * 0.1\n"
OTHER_RATE = TAX.replace("0.2", "0.19")
SHOP = {"src/shop/tax.py": TAX, "tests/test_tax.py": TAX_TEST}


def between(before: Files, after: Files, renamed: Mapping[str, str] | None = None, **fields: Any) -> PullRequest:
    """Build the pull request that turns one set of whole files into another; `renamed` maps new names to old."""
    old_names = dict(renamed or {})
    paths = sorted({*before, *after} - set(old_names.values()))
    files = [_file(path, before.get(old_names.get(path, path)), after.get(path), old_names.get(path)) for path in paths]
    return pull_request(*(file for file in files if file is not None), **fields)


def _file(path: str, old: str | None, new: str | None, previous: str | None) -> ChangedFile | None:
    if old == new and previous is None:
        return None
    signed = [
        line for line in difflib.ndiff((old or "").splitlines(), (new or "").splitlines()) if not line.startswith("?")
    ]
    change = Change.ADDED if old is None else Change.DELETED if new is None else Change.MODIFIED
    change = Change.RENAMED if previous else change
    body = [line[0] + line[2:] for line in signed]
    return changed(path, *([hunk(body)] if body else []), change=change, previous_path=previous)


def judged(pr: PullRequest, after: Files, rule: RequiredTests | None = None) -> RuleResult:
    """Ask the rule about a pull request, with what it needs read from the files at the head."""
    policy = Policy((Listed("required-tests", Mode.HOLD, rule or RequiredTests()),))
    needs = needs_of(policy, pr)
    texts = {path: after[path].encode() for path in needs.to_fetch(pr) if path in after}
    (result,) = evaluate(policy, needs.filled(pr, texts, frozenset(after))).results
    return result


def judge(before: Files, after: Files, rule: RequiredTests | None = None, **fields: Any) -> RuleResult:
    """Ask the rule about the change from one set of whole files to another."""
    return judged(between(before, after, **fields), after, rule)


def weaknesses(result: RuleResult) -> list[str]:
    """List how tests became weaker."""
    listed = result.facts["weakened"]
    assert isinstance(listed, list)
    return [one["weakness"] for one in listed]
