"""Kotlin by its grammar: JUnit 5 and every style of Kotest."""

from __future__ import annotations

import pytest

from rules.engine.syntax.marks import Outline, Sign
from rules.engine.syntax.outline import outline
from tests.rules.given_tests import judge, weaknesses

JUNIT = """package shop

import org.junit.jupiter.api.Test

/** Taxes. */
class TaxTest {
  @Test
  fun `is a fifth`() {
    assertEquals(2, vat(10))
    assertEquals(0, vat(0))
  }
}
"""
KOTEST = """class TaxSpec : StringSpec({
  "is a fifth" {
    vat(10) shouldBe 2
    vat(0) shouldBe 0
  }
})
"""
TESTS = {"src/test/kotlin/TaxTest.kt": JUNIT, "src/test/kotlin/TaxSpec.kt": KOTEST}
J, K = TESTS


def read(text: str) -> Outline:
    found = outline("src/Tax.kt", text.encode())
    assert found is not None
    return found


def lines_of(text: str, sign: Sign) -> list[int]:
    return [mark.line for mark in read(text).marks(sign)]


def changed_to(path: str, old: str, new: str) -> list[str]:
    assert old in TESTS[path]
    return weaknesses(judge({path: TESTS[path]}, {path: TESTS[path].replace(old, new, 1)}))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (J, "  @Test", "  @Disabled\n  @Test"),
        (J, "  @Test", '  @Disabled("later")\n  @Test'),
        (J, "  @Test", "  @org.junit.Ignore\n  @Test"),
        (J, "    assertEquals(2", "    assumeTrue(false)\n    assertEquals(2"),
        (K, '"is a', '"!is a'),
        (K, '"is a fifth"', '"is a fifth".config(enabled = false)'),
        (K, '"is a fifth"', 'xtest("is a fifth")'),
        (K, '"is a fifth"', 'xdescribe("is a fifth")'),
        (K, '"is a fifth"', 'test("!is a fifth")'),
        (K, '"is a fifth"', 'test("is a fifth").config(timeout = 1.s, enabled = false)'),
    ],
)
def test_a_test_that_is_newly_skipped_is_weaker(path: str, old: str, new: str) -> None:
    found = changed_to(path, old, new)

    assert len(found) == 1
    assert "skip" in found[0]


@pytest.mark.parametrize("new", ['fit("is', 'ftest("is', 'fdescribe("is', 'test("f:is', '"f:is'])
def test_a_test_that_is_newly_focused_is_weaker(new: str) -> None:
    body = 'test("is a fifth") { vat(10) shouldBe 2 }\n'

    marks = lines_of(body.replace('test("is', new), Sign.FOCUS)

    assert marks == [1]
    assert lines_of(body, Sign.FOCUS) == []


@pytest.mark.parametrize(
    "statement",
    [
        "assertTrue(true)",
        "assertFalse(false, message)",
        "assertEquals(rate, rate)",
        "Assertions.assertSame(rate, rate)",
        "assertNull(null)",
        "rate shouldBe rate",
        "1 shouldBe 1",
        "true.shouldBeTrue()",
        "assertThat(rate).isEqualTo(rate)",
    ],
)
def test_an_assertion_that_cannot_fail_is_none(statement: str) -> None:
    found = read(f"fun check() {{\n  {statement}\n}}\n")

    assert [mark.line for mark in found.marks(Sign.CANNOT_FAIL)] == [2]


@pytest.mark.parametrize(
    "statement",
    [
        "assertEquals(2, vat(10))",
        "assertTrue(isFree)",
        "assertThrows<Bad> { vat(-1) }",
        'assertFailsWith<Bad>("why") { vat(-1) }',
        "Assertions.assertNull(rate)",
        'fail("never")',
        "verify { till.open() }",
        "verify(exactly = 2) { till.open() }",
        "coVerify { till.open() }",
        "expect(2) { vat(10) }",
        "expectThat(vat(10)).isEqualTo(2)",
        "assertThat(vat(10)).isEqualTo(2)",
        "vat(10) shouldBe 2",
        "vat(\n    10\n  ) shouldNotBe 2",
        "names shouldContainExactly listOf(1)",
        "vat(10).shouldBePositive()",
        "value.shouldBeInstanceOf<Rate>()",
        "shouldThrow<Bad> { vat(-1) }",
        "shouldThrowAny { vat(-1) }",
        "checkRate(vat(10))",
    ],
)
def test_an_assertion_is_counted_once(statement: str) -> None:
    found = read(f"fun check() {{\n  {statement}\n}}\n")

    assert [mark.line for mark in found.marks(Sign.ASSERTION)] == [2]
    assert found.count(Sign.CANNOT_FAIL) == 0


@pytest.mark.parametrize("statement", ["vat(10) to 2", "a < b", "shoulder(1)", 'log("it should Be")', "x until y"])
def test_what_only_looks_like_an_assertion_is_none(statement: str) -> None:
    assert lines_of(f"fun run() {{\n  {statement}\n}}\n", Sign.ASSERTION) == []


@pytest.mark.parametrize(
    "text",
    [
        "class A {\n  @Test\n  fun works() {}\n}",
        "class A {\n  @ParameterizedTest @ValueSource(ints = [1])\n  fun works(a: Int) {}\n}",
        'class A : FunSpec({\n  test("works") { }\n})',
        'class A : DescribeSpec({ describe("it") {\n  it("works") { }\n} })',
        'class A : ShouldSpec({\n  should("work") { }\n})',
        'class A : BehaviorSpec({ given("a") { `when`("b") {\n  then("c") { }\n} } })',
        'class A : FeatureSpec({ feature("a") {\n  scenario("b") { }\n} })',
        'class A : StringSpec({\n  "works" { }\n})',
        'class A : StringSpec({\n  "works".config(invocations = 3) { }\n})',
    ],
)
def test_a_test_is_found_in_every_style(text: str) -> None:
    assert lines_of(text, Sign.TEST) == [2]


def test_cases_and_helpers_are_told_from_tests() -> None:
    text = "@CsvSource(value = [])\nfun rates() {}\nfun table() { withData(1, 2) { it } }\n"

    assert lines_of(text, Sign.CASE) == [1, 3]
    assert lines_of(text, Sign.FUNCTION) == [1, 3]
    assert lines_of(text, Sign.TEST) == []


def test_definitions_are_what_others_may_use() -> None:
    text = """fun vat(price: Int) = price / 5
fun String.cents() = 1
private fun hidden() {}
class Tax {
  fun of(price: Int): Int { fun local() {} ; return 1 }
  private fun inner() {}
}
object Rates
interface Rate
"""

    assert read(text).definitions == {"vat", "cents", "Tax", "Tax.of", "Rates", "Rate"}


def test_imports_packages_and_comments_never_run() -> None:
    text = '@file:JvmName("Tax")\npackage shop\nimport a.b\n// why\n/** what\n */\nval rate = 5 // percent\n'

    assert read(text).inert == {1, 2, 3, 4, 5, 6}


def test_branches_are_found() -> None:
    text = """fun f(a: Int) {
  if (a > 1) g()
  when (a) {
    1 -> g()
    else -> h()
  }
  for (i in 1..a) g()
  while (a > 1) g()
  do { g() } while (a > 1)
  try { g() } catch (e: Bad) { h() }
}
"""

    assert lines_of(text, Sign.BRANCH) == [2, 4, 5, 7, 8, 9, 10]


def test_an_assertion_taken_out_is_weaker_in_both() -> None:
    lost = [changed_to(J, "    assertEquals(0, vat(0))\n", ""), changed_to(K, "    vat(0) shouldBe 0\n", "")]

    assert [len(found) for found in lost] == [1, 1]
    assert all("assertion" in found[0] for found in lost)


def test_a_long_chain_of_operators_is_read_in_time() -> None:
    text = "val sum = " + " +\n  ".join(f"part{number}" for number in range(20_000)) + "\n"

    assert read(text).count(Sign.ASSERTION) == 0
