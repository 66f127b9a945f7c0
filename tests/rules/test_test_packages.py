"""Which sources a test stands for by where it lies."""

from __future__ import annotations

import pytest

from rules.engine.test_packages import Packages, is_of_same_package


@pytest.mark.parametrize(
    ("source", "test", "same"),
    [
        pytest.param("shop/eu/vat.go", "shop/eu/duty_test.go", True, id="Go: one directory is one package"),
        pytest.param("shop/eu/vat.go", "shop/us/duty_test.go", False, id="Go: another directory"),
        pytest.param("src/shop/eu/vat.py", "tests/eu/test_duty.py", True, id="a mirrored directory"),
        pytest.param("src/shop/eu/vat.py", "tests/us/test_duty.py", False, id="another directory"),
        pytest.param("shop/eu/vat.py", "shop/eu/conftest.py", False, id="a file that is not collected"),
        pytest.param("shop/eu/vat.md", "shop/eu/test_vat.py", False, id="a page"),
        pytest.param("shop/eu/vat.py", "shop/eu/vat.test.ts", False, id="another language"),
    ],
)
def test_tests_of_a_package_stand_for_its_files(source: str, test: str, same: bool) -> None:
    assert is_of_same_package(source, test) is same


SOURCES = (
    "src/shop/us/vat.py",
    "packages/cart/src/eu/tax.ts",
    "till/src/main/java/shop/eu/Tax.java",
    "tests/flows/steps.py",
    "README.md",
)


@pytest.mark.parametrize(
    ("source", "test", "holds"),
    [
        pytest.param("src/shop/vat.py", "tests/test_duty.py", True, id="a flat directory of tests"),
        pytest.param("src/shop/eu/deep/vat.py", "tests/test_duty.py", True, id="deep below it"),
        pytest.param("src/shop/eu/vat.py", "tests/flows/test_duty.py", True, id="flows that mirror no package"),
        pytest.param("src/shop/eu/vat.py", "tests/us/test_duty.py", False, id="tests that mirror another package"),
        pytest.param("src/shop/us/vat.py", "tests/us/test_duty.py", True, id="tests that mirror this package"),
        pytest.param("src/shop/eu/vat.py", "shop/flows/test_duty.py", False, id="tests in no directory of tests"),
        pytest.param(
            "packages/cart/src/us/vat.ts", "packages/cart/__tests__/flow/a.spec.ts", True, id="a project of a monorepo"
        ),
        pytest.param(
            "packages/till/src/us/vat.ts", "packages/cart/__tests__/flow/a.spec.ts", False, id="another project"
        ),
        pytest.param(
            "till/src/main/java/shop/us/Vat.java", "till/src/test/java/shop/flows/FlowTest.java", True, id="JUnit"
        ),
        pytest.param(
            "till/src/main/java/shop/us/Vat.java",
            "till/src/test/java/shop/eu/FlowTest.java",
            False,
            id="JUnit, mirrored",
        ),
        pytest.param("packages/a/src/vat.ts", "packages/b/__tests__/e2e/a.spec.ts", True, id="an end-to-end test"),
        pytest.param("a/vat.go", "b/tests/integration/a_test.go", True, id="an integration test"),
        pytest.param("a/vat.go", "b/integration/a_test.go", False, id="a package about integration"),
        pytest.param("packages/cart/src/us/vat.ts", "packages/cart/__tests__/eu/a.spec.ts", True, id="an npm package"),
        pytest.param("web/eu/vat.ts", "tests/us/a.spec.ts", False, id="a repository that is one npm package"),
        pytest.param(
            "till/src/main/java/shop/us/Vat.java",
            "till/src/test/java/shop/eu/functional/FlowTest.java",
            True,
            id="functional tests",
        ),
        pytest.param("src/shop/vat.py", "tests/conftest.py", False, id="what no runner collects"),
        pytest.param("src/shop/vat.py", "tests/vat.spec.ts", False, id="a test in another language"),
    ],
)
def test_a_test_stands_for_a_package_or_its_whole_project(source: str, test: str, holds: bool) -> None:
    assert Packages((*SOURCES, source, test)).holds(test, source) is holds


@pytest.mark.parametrize(
    "test",
    [
        "e2e/a_test.go", "web/e2e/a_test.go", "tests/end-to-end/a_test.go", "a/spec/end_to_end/a_test.go",
        "a/Tests/deep/Acceptance/a_test.go", "tests/system/a_test.go", "integration/a_test.go", "system/a_test.go",
        "__tests__/integration/a_test.go",
    ],
)  # fmt: skip
def test_a_test_through_everything_stands_for_every_source(test: str) -> None:
    assert Packages(SOURCES).holds(test, "pkg/deep/vat.go")


@pytest.mark.parametrize("word", ["functional", "regression", "scenarios"])
def test_a_test_through_a_project_stands_for_its_sources_alone(word: str) -> None:
    packages = Packages((*SOURCES, "till/src/eu/vat.py"))

    assert packages.holds(f"till/tests/eu/{word}/test_a.py", "till/src/us/vat.py")
    assert not packages.holds(f"till/tests/eu/{word}/test_a.py", "shop/src/us/vat.py")


@pytest.mark.parametrize("suffix", ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"])
def test_every_test_of_an_npm_package_stands_for_all_of_it(suffix: str) -> None:
    packages = Packages((f"cart/src/eu/vat.{suffix}",))

    assert packages.holds(f"cart/test/eu/a.test.{suffix}", f"cart/src/us/vat.{suffix}")


@pytest.mark.parametrize("root", ["test", "tests", "__tests__", "spec", "specs", "Tests"])
def test_a_directory_of_tests_has_one_of_these_names(root: str) -> None:
    assert Packages(("src/b/a.py",)).holds(f"{root}/flows/test_a.py", "src/shop/vat.py")
    assert not Packages(("src/b/a.py",)).holds(f"{root}s2/flows/test_a.py", "src/shop/vat.py")


def test_a_place_among_tests_says_nothing_where_nobody_could_list_the_files() -> None:
    assert not Packages(None).holds("tests/flows/test_duty.py", "src/shop/vat.py")
    assert Packages(None).holds("tests/test_duty.py", "src/shop/vat.py")
