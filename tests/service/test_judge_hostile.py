"""Texts that nobody would write, handed to the process that judges: it answers, and judges the next pull request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.judge.judge import Judge
from bot.judge.process import Limits
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import PullRequest, Side
from rules.engine.result import Mode, Outcome
from rules.flag_wrapped import FlagWrapped
from rules.required_tests import RequiredTests
from tests.factories import added, pull_request

RULES = (FlagWrapped(flags=("features.has", "*a*b*a*b*d.x"), risky=("**",)), RequiredTests())
POLICY = Policy(tuple(Listed(rule.name(), Mode.HOLD, rule) for rule in RULES))
UNREAD = {
    "brackets in Python": ("a.py", b"x = " + b"(\n" * 100_000 + b"1" + b")\n" * 100_000),
    "brackets in TypeScript": ("a.tsx", b"const x = " + b"[\n" * 100_000 + b"1" + b"]\n" * 100_000),
    "brackets in Go": ("a.go", b"package a\nfunc f() " + b"{\n" * 100_000 + b"}\n" * 100_000),
    "brackets in Java": ("A.java", b"class A { void f() " + b"{\n" * 100_000 + b"}\n" * 100_000 + b"}"),
    "brackets in Ruby": ("a.rb", b"x = " + b"[\n" * 100_000 + b"1" + b"]\n" * 100_000),
    "a minified line": ("a.js", b"x=1;" * 2_500_000),
    "NUL bytes": ("a.py", b"x = 1\n\0\0\n"),
    "UTF-16": ("a.py", b"\xff\xfe" + "x = 1\n".encode("utf-16-le")),
}
JUDGED = {
    "bytes of no encoding": ("a.py", b"x = '\xff\xfe'\nf(x)\n"),
    "many tiny functions": ("a.ts", b"".join(b"function f%d(){f%d()}\n" % (at, at + 1) for at in range(8_000))),
    "many early exits": ("a.py", b"def f(a):\n" + b"    if not features.has('x'): return\n" * 5_000 + b"    g(a)\n"),
    "words for a pattern": ("a.py", (b"a" * 9000 + b"." + b"ab" * 4000 + b"c.x()\n") * 25),
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    made = Judge(Limits(seconds=20), most=1)
    yield made
    made.close()


def given(path: str, text: bytes) -> PullRequest:
    lines = text.decode("utf-8", "replace").splitlines()[:1000]
    return replace(pull_request(added(path, lines)), texts={(Side.HEAD, path): text})


@pytest.mark.parametrize(("path", "text"), [pytest.param(*one, id=name) for name, one in UNREAD.items()])
def test_what_cannot_be_read_is_unread_and_the_next_pull_request_is_judged(
    judge: Judge, path: str, text: bytes
) -> None:
    hostile, _ = judge.evaluate(POLICY, given(path, text)).results
    after, _ = judge.evaluate(POLICY, given("b.py", b"charge()\n")).results

    assert hostile.unknown == ()
    assert (hostile.facts["behavioural"], hostile.outcome is Outcome.UNKNOWN) == (0, False)
    assert after.facts["exposed"] == 1


@pytest.mark.parametrize(("path", "text"), [pytest.param(*one, id=name) for name, one in JUDGED.items()])
def test_what_can_be_read_is_judged_within_the_time_of_the_process(judge: Judge, path: str, text: bytes) -> None:
    hostile, tests = judge.evaluate(POLICY, given(path, text)).results

    assert (hostile.unknown, tests.unknown) == ((), ())
    assert isinstance(hostile.facts["behavioural"], int)
    assert hostile.facts["behavioural"] > 0
