"""What a file of each language offers to others, which of its lines never run, and what stands where."""

from __future__ import annotations

import pytest

from rules.engine.syntax.marks import Sign
from rules.engine.syntax.outline import outline

CSHARP = """using System;
namespace Shop {
// why
/* if (a)
 [Fact] */
public record Tax(int A);
internal static class B {
private int C() {
if (x) {}
[Theory]
protected int Vat(int a) {
Assert.Equal(1, a);
Assert.True(true);
[Ignore]
"""
RUST = """use a::b;
pub use c;
extern crate d;
pub async fn vat() {
if x {}
fn own() {}
pub struct Tax;
#[tokio::test]
#[rstest]
assert_eq!(a, b);
panic!("x");
assert_eq!(a, a);
#[ignore]
"""
SWIFT = """import A
@testable import B
public struct Tax {
private func own() {}
func vat() {
guard x else {}
@Test(arguments: [1])
func testVat() {
XCTAssertEqual(a, b)
#expect(true)
fit("x")
func xtestA() {
"""
DART = """import 'a';
part 'b';
abstract class Tax {
int vat(int a) {
if (a) {}
test('x', () {
expect(a, b);
expect(true, isTrue);
solo_test('x', () {
@Skip('x')
"""
ELIXIR = """import A
alias B
@doc "x"
defmodule Tax do
def vat?(a) do
defp own do
case x do
test "x" do
assert a == b
assert a == a
refute false
flunk("x")
for a <- b do
@moduletag :skip
@tag :focus
"""
PHP = """<?php
use A;
namespace B;
final class Tax {
public static function vat() {
private function own() {
if (x) {}
#[Test]
/** @dataProvider x */
$this->assertSame(1, 2);
self::assertTrue(true);
$this->markTestIncomplete();
it("x")->only();
->with([1])
"""
PYTHON = """import a
from b import c
\"\"\"Words.\"\"\"
class Tax:
    def vat(self): pass
    def _own(self):
        if a: pass
    def __len__(self):
        def inner(): pass
@pytest.mark.parametrize("a", [1])
def test_vat(a):
    assert a
    assert True
    pytest.skip("x")
def vat(): return 1 if a else 2
class _Own:
    def hidden(self): pass
"""
TYPESCRIPT = """import a from 'b';
// why
export interface A { b: number }
type B = string;
export class Tax {
  vat() { return a ? 1 : 2; }
  private own() {}
  #cents() {}
}
export const rate = 1;
const inner = 2;
export function duty() { while (a) {} }
function own() {}
describe('x', () => { it.each([1])('y', () => { expect(a).toBe(1); }); });
expect(true).toBe(true);
it.only('z', () => {});
xit('z', () => {});
"""
GO = """package tax
import "a"
// why
type Tax struct{}
func Vat() { if a { } }
func own() { for { } }
func (t Tax) Rate() { switch { case a: ; default: } }
func TestVat(t *testing.T) { t.Run("x", f); t.Fatal("x"); assert.True(t, true); t.Skip() }
"""
JAVA = """package tax;
import a.B;
// why
public class Tax {
  int vat() { return a ? 1 : 2; }
  private int own() { if (a) {} }
}
@ParameterizedTest
class TaxTest {
  @Test void vat() { assertEquals(1, vat()); assertTrue(true); }
  @Disabled void old() {}
}
"""
RUBY = """# why
module Shop
  class Tax
    def vat; 1 if a; end
    private
    def own; end
  end
  def self.rate; end
end
it "x" do
  expect(a).to eq(1)
  expect(true).to be true
end
xit "y" do end
fit "z" do end
def test_a; end
"""


def signs(path: str, text: str) -> str:
    """Write each sign with the lines where it stands."""
    found = outline(path, text.encode())
    assert found is not None
    return " ".join(
        " ".join([sign.name, *(str(mark.line) for mark in found.marks(sign))]) for sign in Sign if found.marks(sign)
    )


@pytest.mark.parametrize(
    ("path", "text", "definitions", "inert"),
    [
        ("a.cs", CSHARP, "B Tax Vat", [1, 2]),
        ("a.rs", RUST, "Tax vat", [1, 2, 3]),
        ("a.swift", SWIFT, "Tax testVat vat xtestA", [1, 2]),
        ("a.dart", DART, "Tax vat", [1, 2]),
        ("a.exs", ELIXIR, "Tax vat?", [1, 2, 3]),
        ("a.php", PHP, "Tax vat", [1, 2, 3]),
        ("a.py", PYTHON, "Tax Tax.__len__ Tax.vat test_vat vat", [1, 2, 3]),
        ("a.ts", TYPESCRIPT, "Tax Tax.vat duty rate", [1, 2, 3, 4]),
        ("a.go", GO, "Rate Tax TestVat Vat", [1, 2, 3]),
        ("a.java", JAVA, "Tax Tax.vat TaxTest TaxTest.old TaxTest.vat", [1, 2, 3]),
        ("a.rb", RUBY, "Shop Shop.Tax Shop.Tax.vat Shop.rate test_a", [1]),
    ],
)
def test_a_file_offers_its_public_names_and_some_lines_never_run(
    path: str, text: str, definitions: str, inert: list[int]
) -> None:
    found = outline(path, text.encode())

    assert found is not None
    assert " ".join(sorted(found.definitions)) == definitions
    assert sorted(found.inert) == inert


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.cs", CSHARP, "TEST 10 ASSERTION 12 CANNOT_FAIL 13 SKIP 14 CASE 10 BRANCH 9"),
        ("a.rs", RUST, "TEST 8 9 ASSERTION 10 11 CANNOT_FAIL 12 SKIP 13 CASE 9 BRANCH 5"),
        ("a.swift", SWIFT, "TEST 7 8 ASSERTION 9 CANNOT_FAIL 10 SKIP 12 FOCUS 11 CASE 7 BRANCH 6"),
        ("a.dart", DART, "TEST 6 ASSERTION 7 CANNOT_FAIL 8 SKIP 10 FOCUS 9 BRANCH 5"),
        ("a.ex", ELIXIR, "TEST 8 ASSERTION 9 12 CANNOT_FAIL 10 11 SKIP 14 FOCUS 15 CASE 13 BRANCH 7 13"),
        ("a.php", PHP, "TEST 8 13 ASSERTION 10 CANNOT_FAIL 11 SKIP 12 FOCUS 13 CASE 14 BRANCH 7"),
        ("a.py", PYTHON, "TEST 11 ASSERTION 12 CANNOT_FAIL 13 SKIP 14 CASE 10 BRANCH 7 15 FUNCTION 5 6 8 9 15 17"),
        (
            "a.ts",
            TYPESCRIPT,
            "TEST 14 16 ASSERTION 14 CANNOT_FAIL 15 SKIP 17 FOCUS 16 CASE 14 BRANCH 6 12 FUNCTION 6 7 8 12 13",
        ),
        ("a.go", GO, "TEST 8 ASSERTION 8 CANNOT_FAIL 8 SKIP 8 CASE 8 BRANCH 5 6 7 7 FUNCTION 5 6 7"),
        ("a.java", JAVA, "TEST 10 ASSERTION 10 CANNOT_FAIL 10 SKIP 11 CASE 8 BRANCH 5 6 FUNCTION 5 6 11"),
        ("a.rb", RUBY, "TEST 10 16 ASSERTION 11 CANNOT_FAIL 12 SKIP 14 FOCUS 15 BRANCH 4 4 FUNCTION 4 6 8"),
    ],
)
def test_each_sign_stands_where_it_does(path: str, text: str, expected: str) -> None:
    assert signs(path, text) == expected
