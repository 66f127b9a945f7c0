"""What the maintainer's patterns say of tests and sources, and which texts `required-tests` asks for."""

from __future__ import annotations

from dataclasses import replace

from rules.engine.pull_request import Side
from rules.engine.result import Outcome
from rules.required_tests import RequiredTests
from tests.factories import added, changed, deleted, hunk, pull_request
from tests.rules.given_tests import NEW_FUNCTION, TAX, judge


def test_the_maintainers_patterns_map_and_exempt() -> None:
    before = {"lib/tax.py": TAX, "checks/tax_holds.py": "assert vat(10) == 2\n"}
    after = {"lib/tax.py": NEW_FUNCTION, "checks/tax_holds.py": "assert vat(10) == 2\nassert duty(10) == 1\n"}

    mapped = judge(before, after, RequiredTests(map={"lib/**": "checks/{stem}_holds.py"}))
    exempt = judge(before, after, RequiredTests(exempt=("lib/**", "checks/**")))

    assert mapped.facts["mapped"] == {"lib/tax.py": ["checks/tax_holds.py"]}
    assert (mapped.outcome, exempt.outcome) == (Outcome.PASS, Outcome.PASS)
    assert judge(before, after).outcome is Outcome.FOUND


def test_a_pattern_says_what_is_a_test_by_directory_stem_or_name() -> None:
    rule = RequiredTests(map={"a/**": "{dir}/holds.txt", "b/**": "checks/{stem}.txt", "c/**": "all/of_{name}"})

    told = [rule.is_test(pull_request(), path) for path in ("a/b/holds.txt", "checks/tax.txt", "all/of_tax.py")]

    assert told == [True, True, True]
    assert [rule.is_test(pull_request(), path) for path in ("a/holding.txt", "checks/tax.py", "all/tax.py")] == [
        False
    ] * 3


def test_only_texts_that_can_be_parsed_are_asked_for() -> None:
    files = [
        replace(changed("a.py", hunk(["+x()"])), binary=True), changed("b.vb6", hunk(["+x()"])),
        changed("c.vue", hunk(["+x()"])), changed("d.py", hunk(["+x()"])), added("e.py", ["x()"]),
        deleted("f.py", ["x()"]), changed("docs/g.py", hunk(["+x()"])),
    ]  # fmt: skip

    needs = RequiredTests().needs(pull_request(*files))

    assert needs.texts == {(Side.BASE, "d.py"), (Side.HEAD, "d.py"), (Side.HEAD, "e.py"), (Side.BASE, "f.py")}
    assert needs.tree
    assert not RequiredTests().needs(pull_request(changed("a.md", hunk(["+x"])))).tree
