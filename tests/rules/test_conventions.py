"""What each ecosystem calls its tests, what its runners collect, and which directories say nothing of a package."""

from __future__ import annotations

import pytest

from rules.engine.test_mapping import (
    ECOSYSTEMS,
    SourceIndex,
    TestIndex,
    TestPattern,
    ecosystem_of,
    example_of,
    is_collected,
    own_tests_from,
    package_of,
)

SUFFIXES = {
    "pytest, unittest and Django": "py pyx",
    "Jest, Vitest, Mocha, Cypress and Playwright": "js jsx mjs cjs ts tsx mts cts vue svelte",
    "go test": "go",
    "JUnit, Kotest and Spock": "java kt kts groovy scala",
    "RSpec and minitest": "rb rake",
    "PHPUnit and Pest": "php",
    "xUnit, NUnit and MSTest": "cs fs vb",
    "cargo test": "rs",
    "XCTest and Swift Testing": "swift m mm",
    "dart test": "dart",
    "ExUnit": "ex exs",
    "GoogleTest, Catch2 and the like": "c cc cpp cxx",
}


@pytest.mark.parametrize("name", SUFFIXES)
def test_an_ecosystem_is_known_by_its_suffixes(name: str) -> None:
    (ecosystem,) = {ecosystem_of(f"src/Tax.{suffix.upper()}") for suffix in SUFFIXES[name].split()}

    assert ecosystem is not None
    assert (ecosystem.name, ecosystem.suffixes) == (name, frozenset(SUFFIXES[name].split()))
    assert len(ECOSYSTEMS) == len(SUFFIXES)


@pytest.mark.parametrize(
    ("source", "example"),
    [
        ("src/tax.py", "test_tax.py"),
        ("src/tax.tsx", "tax.test.tsx"),
        ("pkg/tax.go", "tax_test.go"),
        ("a/Tax.kt", "TaxTest.kt"),
        ("lib/tax.rb", "tax_spec.rb"),
        ("src/Tax.php", "TaxTest.php"),
        ("Shop/Tax.cs", "TaxTests.cs"),
        ("src/tax.rs", "#[cfg(test)] in tax.rs"),
        ("Shop/Tax.swift", "TaxTests.swift"),
        ("lib/tax.dart", "tax_test.dart"),
        ("lib/tax.ex", "tax_test.exs"),
        ("src/tax.cc", "test_tax.cc"),
        ("src/tax.vb6", ""),
    ],
)
def test_an_author_is_told_what_a_test_would_be_called(source: str, example: str) -> None:
    assert example_of(source) == example


@pytest.mark.parametrize(
    "path",
    [
        "test_tax.py", "a/tax_test.py", "a/tax_tests.py", "a/test.py", "a/tests.py", "a/tax.unit.test.js",
        "a/tax.int-spec.ts", "a/tax.cy.ts", "a/tax.e2e.js", "a/tax.test-d.ts", "a/__tests__/b/tax.jsx", "tests/tax.mjs",
        "a/tax_test.go", "TestTax.java", "TaxTest.java", "TaxTests.kt", "TaxTestCase.java", "TaxIT.java",
        "TaxITCase.java", "TaxSpec.groovy", "TaxSpecs.kt", "TaxSuite.scala", "tax_spec.rb", "tax_test.rb",
        "test_tax.rb",
        "TaxTest.php", "TaxTestCase.php", "TaxCest.php", "TaxTest.cs", "TaxTests.fs", "TaxSpecs.cs", "TaxShould.cs",
        "TaxFacts.vb", "TaxFixture.cs", "tax_test.rs", "tax_tests.rs", "test_tax.rs", "src/tests.rs", "tests/a/tax.rs",
        "TaxTests.swift", "TaxTest.m", "TaxSpec.swift", "tax_test.dart", "tax_test.exs", "test_tax.c", "tax_test.cc",
        "TaxTest.cpp", "tax_tests.cxx", "tax_unittest.cc",
    ],
)  # fmt: skip
def test_a_runner_collects_it(path: str) -> None:
    assert is_collected(path)


@pytest.mark.parametrize(
    "path",
    [
        "testtax.py", "tax_testing.py", "a/tax.py", "a/contest.js", "a/tax.tests.js", "tax_test.gox", "Test.java",
        "Testtax.java", "TaxTester.java", "tax_specs.rb", "taxspec.rb", "Test.php", "Contested.cs", "a/tax.rs",
        "Tests.swift", "tax_test.ex", "a/tax.dart", "latest.h", "tests/a.md",
    ],
)  # fmt: skip
def test_no_runner_collects_it(path: str) -> None:
    assert not is_collected(path)


@pytest.mark.parametrize(
    "word",
    [
        "src", "lib", "app", "apps", "packages", "pkg", "source", "sources", "test", "tests", "spec", "specs",
        "__tests__", "unit", "integration", "functional", "e2e", "main", "java", "kotlin", "scala", "groovy", "python",
        "php", "internal", "androidTest", "integrationTest", "features",
    ],
)  # fmt: skip
def test_a_directory_that_says_source_test_or_language_is_no_package(word: str) -> None:
    assert package_of(f"{word}/shop/{word}/eu/tax.py") == ("shop", "eu")


@pytest.mark.parametrize("project", ["Shop.Tests", "Shop.Test", "Shop.UnitTests", "Shop.IntegrationTest", "shop"])
def test_a_project_of_tests_belongs_to_the_package_that_it_tests(project: str) -> None:
    assert package_of(f"{project}/Tax.cs") == ("shop",)


@pytest.mark.parametrize("name", ["index", "__init__", "mod", "main", "lib", "__main__"])
def test_a_file_that_stands_for_its_directory_is_tested_by_the_directorys_name(name: str) -> None:
    assert TestIndex(["tests/test_cart.py"]).tests_of(f"src/cart/{name}.py") == ("tests/test_cart.py",)
    assert TestIndex([f"tests/test_{name.strip('_')}.py"]).tests_of(f"src/cart/{name}.py") == ()


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.rs", b"fn a() {}\n#[cfg(test)]\nmod tests {}\n", 2),
        ("a.rs", b"#[cfg(all(test, unix))]\n", 1),
        ("a.rs", b"#[cfg(testing)]\n", None),
        ("a.rs", b"// #[cfg(test)]\n", None),
        ("a.ts", b"f()\nif (import.meta.vitest) {\n", 2),
        ("a.py", b"#[cfg(test)]\n", None),
        ("a.vb6", b"#[cfg(test)]\n", None),
    ],
)
def test_a_source_may_hold_its_own_tests_from_a_line_on(path: str, text: bytes, line: int | None) -> None:
    assert own_tests_from(path, text) == line


def test_a_name_with_a_dash_is_the_same_with_an_underscore() -> None:
    assert TestIndex(["tests/test_my_cart.py"]).tests_of("src/my-cart.py") == ("tests/test_my_cart.py",)
    assert SourceIndex(["src/my-cart.ts"]).subjects_of("tests/my-cart.test.ts") == ("src/my-cart.ts",)


def test_of_several_tests_of_a_name_the_near_ones_count_and_a_lone_one_counts_anywhere() -> None:
    both = ["tests/shop/test_tax.py", "tests/bank/test_tax.py"]

    assert TestIndex(both).tests_of("src/shop/tax.py") == ("tests/shop/test_tax.py",)
    assert TestIndex(both).tests_of("src/office/tax.py") == ()
    assert TestIndex(both[:1]).tests_of("src/office/tax.py") == ("tests/shop/test_tax.py",)
    assert TestIndex(["tests/a/shop/test_tax.py", *both[1:]]).tests_of("src/shop/tax.py") == (
        "tests/a/shop/test_tax.py",
    )
    assert TestIndex(["tests/shop/eu/test_tax.py", *both[1:]]).tests_of("src/shop/tax.py") == (
        "tests/shop/eu/test_tax.py",
    )


def test_a_source_is_known_by_up_to_four_directories_before_its_name() -> None:
    source = "src/a/b/c/d/tax.py"
    tests = ["test_d_tax.py", "test_c_d_tax.py", "test_b_c_d_tax.py", "test_a_b_c_d_tax.py", "test_src_a_b_c_d_tax.py"]

    assert [bool(TestIndex([test]).tests_of(source)) for test in tests] == [True, True, True, True, False]


def test_a_pattern_fills_in_directory_stem_and_name() -> None:
    paths = frozenset(("checks/lib/eu/tax.txt", "checks/tax.txt", "tax.py.check", "lib/eu/tax.py", "checks/Makefile"))

    assert TestPattern("lib/**", "checks/{dir}/{stem}.txt").tests_of("lib/eu/tax.py", paths) == {
        "checks/lib/eu/tax.txt"
    }
    assert TestPattern("lib/**", "/{name}.check").tests_of("lib/eu/tax.py", paths) == {"tax.py.check"}
    assert TestPattern("*", "checks/{stem}").tests_of("Makefile", paths) == {"checks/Makefile"}
    assert TestPattern("other/**", "checks/tax.txt").tests_of("lib/eu/tax.py", paths) == set()
