"""What makes a test weaker, in the words of each language, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.rules.given_weaker import (
    CS,
    DA,
    EX,
    GO_,
    JAVA_,
    JS,
    KT,
    MINI,
    PHP_,
    PY,
    RS,
    RSPEC,
    SW,
    TS,
    TSX,
    case,
    changed_to,
)

SKIPS = [
    case(PY, "def test_vat", "@pytest.mark.skip\ndef test_vat", id="marked skip"),
    case(PY, "def test_vat", '@pytest.mark.skip(reason="later")\ndef test_vat', id="marked skip with a reason"),
    case(PY, "def test_vat", "@pytest.mark.xfail(strict=True)\ndef test_vat", id="marked xfail"),
    case(
        PY, "def test_vat", "@pytest.mark.xfail(True, reason='x')\ndef test_vat", id="marked xfail by a true condition"
    ),
    case(PY, "def test_vat", "@pytest.mark.skipif(True, reason='x')\ndef test_vat", id="skipped if True"),
    case(PY, "def test_vat", '@unittest.skip("later")\ndef test_vat', id="unittest's skip"),
    case(PY, "def test_vat", "@unittest.expectedFailure\ndef test_vat", id="an expected failure"),
    case(PY, "    assert vat(10)", '    pytest.skip("later")\n    assert vat(10)', id="skipped from inside"),
    case(
        PY,
        "    assert vat(10)",
        "    if True:\n        pytest.skip()\n    assert vat(10)",
        id="skipped if True, inside",
    ),
    case(PY, "    assert vat(10)", '    self.skipTest("later")\n    assert vat(10)', id="skipTest"),
    case(PY, "\n\ndef test_vat", "\npytestmark = pytest.mark.skip\n\ndef test_vat", id="the whole module skipped"),
    *(
        case(path, old, new, id=words)
        for path in (JS, TS, TSX)
        for old, new, words in (
            ("it('is", "xit('is", "xit"),
            ("it('is", "it.skip('is", "it.skip"),
            ("describe('tax", "xdescribe('tax", "xdescribe"),
            ("describe('tax", "describe.skip('tax", "describe.skip"),
            ("it('is", "test.concurrent.skip('is", "test.concurrent.skip"),
            ("it('is", "it.failing('is", "it.failing"),
            ("    expect(vat(10))", "    this.skip();\n    expect(vat(10))", "this.skip"),
        )
    ),
    case(GO_, "\tgot :=", "\tt.Skip()\n\tgot :=", id="Skip"),
    case(GO_, "\tgot :=", '\tt.Skipf("later %d", 1)\n\tgot :=', id="Skipf"),
    case(GO_, "\tgot :=", "\tt.SkipNow()\n\tgot :=", id="SkipNow"),
    case(JAVA_, "  @Test", "  @Disabled\n  @Test", id="Disabled"),
    case(JAVA_, "  @Test", '  @Disabled("later")\n  @Test', id="Disabled with a reason"),
    case(JAVA_, "  @Test", "  @org.junit.Ignore\n  @Test", id="Ignore by its full name"),
    case(JAVA_, "class", "@Ignore\nclass", id="a class ignored"),
    case(JAVA_, "    assertEquals", "    assumeTrue(false);\n    assertEquals", id="an assumption that never holds"),
    case(RSPEC, 'it "is', 'xit "is', id="xit"),
    case(RSPEC, 'it "is a fifth" do', 'it "is a fifth", skip: true do', id="skip: true"),
    case(RSPEC, 'it "is a fifth" do', 'it "is a fifth", :pending do', id="pending"),
    case(RSPEC, "RSpec.describe Tax", "RSpec.xdescribe Tax", id="RSpec.xdescribe"),
    case(RSPEC, "    expect(vat(10))", "    skip\n    expect(vat(10))", id="skip without a word"),
    case(RSPEC, "    expect(vat(10))", '    pending "later"\n    expect(vat(10))', id="pending from inside"),
    case(MINI, "    assert_equal 2", '    skip "later"\n    assert_equal 2', id="minitest's skip"),
    case(KT, "  @Test", "  @Disabled\n  @Test", id="Disabled"),
    case(CS, "[Fact]", '[Fact(Skip = "later")]', id="Fact with Skip"),
    case(CS, "  [Fact]", "  [Ignore]\n  [Fact]", id="Ignore"),
    case(RS, "#[test]", "#[test]\n#[ignore]", id="ignore"),
    case(
        PHP_, "    $this->assertSame(2", "    $this->markTestSkipped('later');\n    $this->assertSame(2", id="skipped"
    ),
    case(SW, "    XCTAssertEqual(vat(10)", '    throw XCTSkip("later")\n    XCTAssertEqual(vat(10)', id="XCTSkip"),
    case(DA, "expect(vat(0), 0);\n  });", "expect(vat(0), 0);\n  }, skip: true);", id="skip: true"),
    case(EX, '  test "vat"', '  @tag :skip\n  test "vat"', id="tag skip"),
]
FOCUSED = [
    *(
        case(path, old, new, id=words)
        for path in (JS, TS, TSX)
        for old, new, words in (
            ("it('is", "it.only('is", "it.only"),
            ("it('is", "fit('is", "fit"),
            ("describe('tax", "fdescribe('tax", "fdescribe"),
            ("describe('tax", "describe.only('tax", "describe.only"),
        )
    ),
    case(RSPEC, 'it "is', 'fit "is', id="fit"),
    case(RSPEC, 'it "is a fifth" do', 'it "is a fifth", :focus do', id=":focus"),
    case(RSPEC, "RSpec.describe Tax do", "RSpec.describe Tax, focus: true do", id="focus: true"),
    case(PHP_, "    $this->assertSame(2", "    it('x')->only();\n    $this->assertSame(2", id="Pest's only"),
    case(DA, "expect(vat(0), 0);\n  });", "expect(vat(0), 0);\n  }, solo: true);", id="solo"),
    case(EX, '  test "vat"', '  @tag :focus\n  test "vat"', id="tag focus"),
]
CANNOT_FAIL = [
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    assert True", id="assert True"),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    assert 1, 'one'", id="assert 1"),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    assert (vat(1) == 1, 'a tuple')", id="a tuple"),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    assert rate == rate", id="compared with itself"),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    assert vat(1) or True", id="or True"),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    self.assertTrue(True)", id="assertTrue(True)"),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2\n    self.assertEqual(1, 1)", id="assertEqual(1, 1)"),
    *(
        case(path, "expect(vat(10)).toBe(2);", f"expect(vat(10)).toBe(2);\n    {new};", id=new)
        for path in (JS, TS, TSX)
        for new in (
            "expect(true).toBe(true)",
            "expect(rate).toEqual(rate)",
            "expect(1).toBeTruthy()",
            "expect(rate)",
            "assert(true)",
            "assert.strictEqual(rate, rate)",
        )
    ),
    case(GO_, "\tgot :=", "\tassert.True(t, true)\n\tgot :=", id="assert.True(t, true)"),
    case(GO_, "\tgot :=", "\trequire.Equal(t, rate, rate)\n\tgot :=", id="compared with itself"),
    case(GO_, "\tgot :=", "\tassert.NoError(t, nil)\n\tgot :=", id="no error in nil"),
    case(JAVA_, "    assertEquals", "    assertTrue(true);\n    assertEquals", id="assertTrue(true)"),
    case(JAVA_, "    assertEquals", "    Assertions.assertFalse(false);\n    assertEquals", id="assertFalse(false)"),
    case(JAVA_, "    assertEquals", "    assertSame(rate, rate);\n    assertEquals", id="compared with itself"),
    case(JAVA_, "    assertEquals", "    assertThat(rate);\n    assertEquals", id="assertThat without an assertion"),
    case(RSPEC, "    expect(vat(10))", "    expect(true).to be true\n    expect(vat(10))", id="true is true"),
    case(RSPEC, "    expect(vat(10))", "    expect(rate).to eq(rate)\n    expect(vat(10))", id="compared with itself"),
    case(RSPEC, "    expect(vat(10))", "    expect(rate)\n    expect(vat(10))", id="expect without a matcher"),
    case(MINI, "    assert_equal 2", "    assert true\n    assert_equal 2", id="assert true"),
    case(MINI, "    assert_equal 2", "    assert_equal 1, 1\n    assert_equal 2", id="one is one"),
    case(KT, "    assertEquals(2", "    assertTrue(true)\n    assertEquals(2", id="assertTrue(true)"),
    case(CS, "    Assert.Equal(2", "    Assert.True(true);\n    Assert.Equal(2", id="Assert.True(true)"),
    case(RS, "    assert_eq!", "    assert!(true);\n    assert_eq!", id="assert!(true)"),
    case(
        PHP_, "    $this->assertSame(2", "    $this->assertTrue(true);\n    $this->assertSame(2", id="assertTrue(true)"
    ),
    case(SW, "    XCTAssertEqual(vat(10)", "    XCTAssertTrue(true)\n    XCTAssertEqual(vat(10)", id="true"),
    case(DA, "    expect(vat(10)", "    expect(true, isTrue);\n    expect(vat(10)", id="expect(true, isTrue)"),
    case(EX, "    assert vat(10)", "    assert true\n    assert vat(10)", id="assert true"),
]
FEWER = [
    case(PY, "    assert vat(0) == 0\n", "", id="an assertion taken out"),
    case(PY, "assert vat(0) == 0", "vat(0)", id="an assertion that only calls"),
    case(PY, "\n\ndef test_duty():\n    assert duty(10) == 1\n", "", id="a test taken out"),
    case(PY, "assert vat(0) == 0", "# assert vat(0) == 0", id="an assertion turned into a comment"),
    *(case(path, "    expect(vat(0)).toBe(0);\n", "", id="an expectation taken out") for path in (JS, TS, TSX)),
    *(case(path, "    expect(vat(0))", "    // expect(vat(0))", id="turned into a comment") for path in (JS, TS, TSX)),
    case(GO_, "\tassert.Equal(t, 0, Vat(0))\n", "", id="an assertion taken out"),
    case(GO_, '\t\tt.Errorf("got %d", got)\n', '\t\tt.Logf("got %d", got)\n', id="an error that only logs"),
    case(JAVA_, "    assertThat(tax.vat(0)).isEqualTo(0);\n", "", id="an assertion taken out"),
    case(JAVA_, "    assertEquals(2, tax.vat(10));", "    tax.vat(10);", id="an assertion that only calls"),
    case(RSPEC, "    expect(vat(0)).to eq(0)\n", "", id="an expectation taken out"),
    case(MINI, "    assert_equal 0, vat(0)\n", "", id="an assertion taken out"),
    case(KT, "    assertEquals(0, vat(0))\n", "", id="an assertion taken out"),
    case(CS, "    Assert.Equal(0, Tax.Vat(0));\n", "", id="an assertion taken out"),
    case(RS, "    assert!(vat(0) == 0);\n", "", id="an assertion taken out"),
    case(PHP_, "    $this->assertSame(0, vat(0));\n", "", id="an assertion taken out"),
    case(SW, "    XCTAssertEqual(vat(0), 0)\n", "", id="an assertion taken out"),
    case(DA, "    expect(vat(0), 0);\n", "", id="an expectation taken out"),
    case(EX, "    assert vat(0) == 0\n", "", id="an assertion taken out"),
]
LEFT_ALONE = [
    case(PY, "def test_vat", "@pytest.mark.skipif(WINDOWS, reason='x')\ndef test_vat", id="skipped on one platform"),
    case(
        JAVA_,
        "    assertEquals",
        '    assertNotNull("a rate", rate);\n    assertEquals',
        id="words, then what is asserted",
    ),
    case(
        PY,
        "    assert vat(10)",
        "    if WINDOWS:\n        pytest.skip('x')\n    assert vat(10)",
        id="skipped by a condition",
    ),
    case(PY, "assert vat(10) == 2", "assert vat(10) == 2.0", id="a changed expectation"),
    case(PY, "assert vat(10) == 2", "assert 'assert True' in vat(10)", id="an assertion quoted in a string"),
    case(PY, "assert vat(10) == 2", "assert_vat(10, 2)", id="an assertion in a helper"),
    case(PY, "def test_duty", "def test_duty_is_a_tenth", id="a better name"),
    case(
        PY,
        "def test_vat():\n    assert vat(10) == 2\n    assert vat(0) == 0\n",
        '@pytest.mark.parametrize(("a", "b"), [(10, 2), (0, 0)])\ndef test_vat(a, b):\n    assert vat(a) == b\n',
        id="assertions turned into cases",
    ),
    *(case(path, "toBe(2)", "toEqual(2)", id="another matcher") for path in (JS, TS, TSX)),
    *(case(path, "vat(10)", "skip(only(10))", id="words that only look like it") for path in (JS, TS, TSX)),
    *(case(path, "it('is", "it.concurrent('is", id="run at once") for path in (JS, TS, TSX)),
    case(GO_, "\tgot :=", '\tif testing.Short() {\n\t\tt.Skip("slow")\n\t}\n\tgot :=', id="skipped by a condition"),
    case(GO_, "got != 2", "got != 3", id="a changed expectation"),
    case(GO_, "\tgot := Vat(10)", '\tgot := Vat(10) // t.Skip("no")', id="a comment"),
    case(JAVA_, "assertEquals(2,", "assertEquals(2.0,", id="a changed expectation"),
    case(JAVA_, "  @Test", '  @DisplayName("@Disabled")\n  @Test', id="a name that only says so"),
    case(JAVA_, "assertThat(tax.vat(0)).isEqualTo(0)", "assertThat(tax.vat(0)).isZero()", id="another matcher"),
    case(RSPEC, "eq(2)", "eql(2)", id="another matcher"),
    case(RSPEC, "    expect(vat(10))", "    skip if windows?\n    expect(vat(10))", id="skipped by a condition"),
    case(MINI, "    assert_equal 2", "    list.skip(2)\n    assert_equal 2", id="a method called skip"),
    case(RS, "assert!(vat(0) == 0)", "assert_eq!(vat(0), 0)", id="another macro"),
]


@pytest.mark.parametrize(("path", "old", "new"), SKIPS)
def test_a_newly_skipped_test_is_found(path: str, old: str, new: str) -> None:
    assert changed_to(path, old, new) == ["skipped"]


@pytest.mark.parametrize(("path", "old", "new"), FOCUSED)
def test_a_newly_focused_test_is_found(path: str, old: str, new: str) -> None:
    assert changed_to(path, old, new) == ["focused"]


@pytest.mark.parametrize(("path", "old", "new"), CANNOT_FAIL)
def test_an_assertion_that_cannot_fail_is_found(path: str, old: str, new: str) -> None:
    assert changed_to(path, old, new) == ["cannot-fail"]


@pytest.mark.parametrize(("path", "old", "new"), FEWER)
def test_fewer_assertions_are_found(path: str, old: str, new: str) -> None:
    assert changed_to(path, old, new) == ["fewer-assertions"]


@pytest.mark.parametrize(("path", "old", "new"), LEFT_ALONE)
def test_a_test_that_is_as_strong_as_before_is_left_alone(path: str, old: str, new: str) -> None:
    assert changed_to(path, old, new) == []
