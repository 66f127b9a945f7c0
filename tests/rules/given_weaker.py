"""A test file in each language, for the tests of what makes tests weaker."""

from __future__ import annotations

import pytest

from tests.rules.given_tests import judge, weaknesses

PYTHON = """import pytest


def test_vat():
    assert vat(10) == 2
    assert vat(0) == 0


def test_duty():
    assert duty(10) == 1
"""
JAVASCRIPT = """import { vat } from './tax';

describe('tax', () => {
  it('is a fifth', () => {
    expect(vat(10)).toBe(2);
    expect(vat(0)).toBe(0);
  });
});
"""
GO = """package tax

func TestVat(t *testing.T) {
	got := Vat(10)
	if got != 2 {
		t.Errorf("got %d", got)
	}
	assert.Equal(t, 0, Vat(0))
}
"""
JAVA = """class TaxTest {
  @Test
  void vat() {
    assertEquals(2, tax.vat(10));
    assertThat(tax.vat(0)).isEqualTo(0);
  }
}
"""
RUBY = """RSpec.describe Tax do
  it "is a fifth" do
    expect(vat(10)).to eq(2)
    expect(vat(0)).to eq(0)
  end
end
"""
MINITEST = """class TaxTest < Minitest::Test
  def test_vat
    assert_equal 2, vat(10)
    assert_equal 0, vat(0)
  end
end
"""
KOTLIN = """class TaxTest {
  @Test
  fun vat() {
    assertEquals(2, vat(10))
    assertEquals(0, vat(0))
  }
}
"""
CSHARP = """public class TaxTests {
  [Fact]
  public void Vat() {
    Assert.Equal(2, Tax.Vat(10));
    Assert.Equal(0, Tax.Vat(0));
  }
}
"""
RUST = """#[test]
fn vat_is_a_fifth() {
    assert_eq!(vat(10), 2);
    assert!(vat(0) == 0);
}
"""
PHP = """<?php
class TaxTest extends TestCase {
  public function testVat() {
    $this->assertSame(2, vat(10));
    $this->assertSame(0, vat(0));
  }
}
"""
SWIFT = """class TaxTests: XCTestCase {
  func testVat() {
    XCTAssertEqual(vat(10), 2)
    XCTAssertEqual(vat(0), 0)
  }
}
"""
DART = """void main() {
  test('vat', () {
    expect(vat(10), 2);
    expect(vat(0), 0);
  });
}
"""
ELIXIR = """defmodule TaxTest do
  test "vat" do
    assert vat(10) == 2
    assert vat(0) == 0
  end
end
"""
TEXTS = {
    "tests/test_tax.py": PYTHON,
    "src/tax.test.js": JAVASCRIPT,
    "src/tax.spec.ts": JAVASCRIPT,
    "src/tax.test.tsx": JAVASCRIPT,
    "pkg/tax_test.go": GO,
    "src/test/java/TaxTest.java": JAVA,
    "spec/tax_spec.rb": RUBY,
    "test/tax_test.rb": MINITEST,
    "src/test/kotlin/TaxTest.kt": KOTLIN,
    "Shop.Tests/TaxTests.cs": CSHARP,
    "tests/tax.rs": RUST,
    "tests/TaxTest.php": PHP,
    "Tests/TaxTests.swift": SWIFT,
    "test/tax_test.dart": DART,
    "test/tax_test.exs": ELIXIR,
}


def changed_to(path: str, old: str, new: str) -> list[str]:
    """Replace one part of the test file and list what became weaker."""
    text = TEXTS[path]
    assert old in text
    return weaknesses(judge({path: text}, {path: text.replace(old, new, 1)}))


def case(path: str, old: str, new: str, *, id: str) -> object:  # noqa: A002 - as pytest.param calls it
    return pytest.param(path, old, new, id=f"{path.rpartition('.')[2]}: {id}")


PY, JS, TS, TSX = "tests/test_tax.py", "src/tax.test.js", "src/tax.spec.ts", "src/tax.test.tsx"
GO_, JAVA_, RSPEC, MINI = "pkg/tax_test.go", "src/test/java/TaxTest.java", "spec/tax_spec.rb", "test/tax_test.rb"
KT, CS, RS, PHP_ = "src/test/kotlin/TaxTest.kt", "Shop.Tests/TaxTests.cs", "tests/tax.rs", "tests/TaxTest.php"
SW, DA, EX = "Tests/TaxTests.swift", "test/tax_test.dart", "test/tax_test.exs"
