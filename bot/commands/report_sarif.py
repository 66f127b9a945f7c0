"""Prints a verdict as SARIF 2.1.0, for code scanning and for editors."""

from __future__ import annotations

import inspect
import json
import re
from typing import Final
from urllib.parse import quote

from bot.commands.printable import one_line
from bot.commands.remarks import Remark, remarks
from bot.version import our_version
from bot.words.standing import Level, level, shown
from rules.engine.known import known_rules
from rules.engine.policy import POLICY_PATH
from rules.engine.result import Conclusion, RuleResult, Verdict

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: Final[dict[Level, str]] = {"failure": "error", "warning": "warning", "notice": "note"}
_DOUBLED: Final = re.compile(r"([{}])")
_BRACKETS: Final = re.compile(r"([\[\]\\])")


def report(verdict: Verdict) -> str:
    """Write the verdict as one run. Only what people see is a result; what passed is a rule without one."""
    rules = {result.rule: at for at, result in enumerate(shown(verdict))}
    run = {
        "tool": {"driver": _driver(verdict)},
        "automationDetails": {"id": "andon/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": verdict.conclusion is not Conclusion.UNDECIDED}],
        "results": [_result(remark, rules[remark.rule]) for remark in remarks(verdict)],
        "properties": {
            "conclusion": verdict.conclusion.value,
            "kind": verdict.kind.value,
            "base": verdict.base,
            "head": verdict.head,
            "policy": one_line(verdict.policy),
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _driver(verdict: Verdict) -> dict[str, object]:
    return {"name": "andon", "version": our_version(), "rules": [_rule(result) for result in shown(verdict)]}


def _rule(result: RuleResult) -> dict[str, object]:
    known = known_rules()[result.rule]
    page = inspect.cleandoc(known.__doc__ or "")
    return {
        "id": result.rule,
        "shortDescription": {"text": " ".join(page.partition("\n\n")[0].split())},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[level(result)]},
    }


def _result(remark: Remark, at: int) -> dict[str, object]:
    return {
        "ruleId": remark.rule,
        "ruleIndex": at,
        "level": _LEVELS[remark.level],
        "message": {"text": _message(remark.words)},
        "locations": [{"physicalLocation": _place(remark)}],
    }


def _place(remark: Remark) -> dict[str, object]:
    """Say where; what has no place of its own stands at the policy, as code scanning takes nothing without one."""
    region = {"startLine": 1}
    if remark.start_line is not None and remark.end_line is not None:
        region = {"startLine": remark.start_line, "endLine": remark.end_line}
    uri = quote((remark.path or POLICY_PATH).encode("utf-8", "surrogateescape"))
    return {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}


def _message(words: str) -> str:
    """Keep braces and brackets what they are: in SARIF they make placeholders and links."""
    return _DOUBLED.sub(r"\1\1", _BRACKETS.sub(r"\\\1", one_line(words)))
