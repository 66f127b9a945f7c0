"""Where the tests of a source file are, by the conventions of each ecosystem."""

from __future__ import annotations

import pytest

from rules.engine.test_mapping import SourceIndex, TestIndex, TestPattern, is_collected, mentions

PAIRS = [
    ("pytest", "src/shop/tax.py", "tests/test_tax.py"),
    ("pytest beside", "shop/tax.py", "shop/tax_test.py"),
    ("pytest in a mirror", "src/shop/eu/tax.py", "tests/eu/test_tax.py"),
    ("pytest with the directory in the name", "src/shop/eu/tax.py", "tests/test_eu_tax.py"),
    ("a private module of Python", "src/shop/_tax.py", "tests/test_tax.py"),
    ("a package of Python", "src/shop/__init__.py", "tests/test_shop.py"),
    ("Django", "shop/models.py", "shop/tests/test_models.py"),
    ("Jest", "src/cart.ts", "src/cart.test.ts"),
    ("Jest in __tests__", "src/cart.js", "src/__tests__/cart.js"),
    ("Vitest", "src/cart.tsx", "src/cart.spec.tsx"),
    ("a directory of TypeScript", "src/cart/index.ts", "src/cart/cart.test.ts"),
    ("mocha", "lib/cart.js", "test/cart.js"),
    ("Vue", "src/Cart.vue", "tests/unit/Cart.spec.ts"),
    ("Go", "pkg/tax/vat.go", "pkg/tax/vat_test.go"),
    ("JUnit", "src/main/java/shop/Tax.java", "src/test/java/shop/TaxTest.java"),
    ("JUnit's integration test", "src/main/java/shop/Tax.java", "src/test/java/shop/TaxIT.java"),
    ("Kotest", "src/main/kotlin/shop/Tax.kt", "src/test/kotlin/shop/TaxSpec.kt"),
    ("RSpec", "app/models/tax.rb", "spec/models/tax_spec.rb"),
    ("minitest", "lib/tax.rb", "test/tax_test.rb"),
    ("minitest with its prefix", "lib/tax.rb", "test/test_tax.rb"),
    ("PHPUnit", "src/Tax.php", "tests/Unit/TaxTest.php"),
    ("xUnit", "src/Shop/Tax.cs", "tests/Shop.Tests/TaxTests.cs"),
    ("NUnit", "Shop/Tax.cs", "Shop.UnitTests/TaxTest.cs"),
    ("cargo", "src/tax.rs", "tests/tax.rs"),
    ("Swift", "Sources/Shop/Tax.swift", "Tests/ShopTests/TaxTests.swift"),
    ("Dart", "lib/src/tax.dart", "test/src/tax_test.dart"),
    ("Elixir", "lib/shop/tax.ex", "test/shop/tax_test.exs"),
    ("GoogleTest", "src/tax.cc", "tests/tax_test.cc"),
]


@pytest.mark.parametrize(("source", "test"), [pytest.param(*pair, id=name) for name, *pair in PAIRS])
def test_a_source_and_its_test_find_each_other(source: str, test: str) -> None:
    assert TestIndex([source, test, "other/unrelated.py"]).tests_of(source) == (test,)
    assert SourceIndex([source, "other/unrelated.py"]).subjects_of(test) == (source,)
    assert is_collected(test)


@pytest.mark.parametrize(
    ("source", "other"),
    [
        pytest.param("a/tax.py", "b/tests/test_tax.py", id="the same name in another package that has its own"),
        pytest.param("src/tax.py", "tests/test_taxes.py", id="a longer name"),
        pytest.param("src/tax.py", "src/tax.test.ts", id="another language"),
        pytest.param("src/tax.py", "docs/test_tax.md", id="a page"),
    ],
)
def test_what_only_looks_alike_is_no_test_of_it(source: str, other: str) -> None:
    assert TestIndex([source, other, "a/tests/test_tax.py"]).tests_of(source) in ((), ("a/tests/test_tax.py",))


@pytest.mark.parametrize(
    "path", ["tests/conftest.py", "tests/tax_checks.py", "src/tax.go", "src/Tax.java", "README.md"]
)
def test_no_runner_collects_it(path: str) -> None:
    assert not is_collected(path)


@pytest.mark.parametrize(
    ("text", "source", "mentioned"),
    [
        pytest.param(b"from shop.tax import vat\n", "src/shop/tax.py", True, id="a module of Python"),
        pytest.param(b"import { vat } from '../src/tax';\n", "src/tax.ts", True, id="a module of TypeScript"),
        pytest.param(b"class FlowTest { Tax tax; }\n", "src/Tax.java", True, id="a class of Java"),
        pytest.param(b"# the tax is high\nimport shop\n", "src/shop/tax.py", False, id="a word in a comment"),
        pytest.param(b"import taxes\n", "src/shop/tax.py", False, id="a longer word"),
        pytest.param(b"} from '@shop/cart'\n", "packages/cart/src/tax.ts", True, id="a package of a monorepo"),
        pytest.param(b"} from 'cart/dist/x'\n", "packages/cart/lib/eu/tax.ts", True, id="a place in such a package"),
        pytest.param(b"} from '@shop/carts'\n", "packages/cart/src/tax.ts", False, id="another such package"),
        pytest.param(b"import 'cart'\n", "packages/cart/src/tax.py", False, id="such a package of another language"),
        pytest.param(b"import 'cart'\n", "cart/src/tax.md", False, id="a package that nobody tests"),
    ],
)
def test_a_test_that_imports_a_source_tests_it(text: bytes, source: str, mentioned: bool) -> None:
    assert mentions(text, source) is mentioned


PATHS = ("app/tax.vb6", "app/vat.vb6", "checks/tax_1.txt", "checks/tax_2.txt", "checks/vat.txt")


@pytest.mark.parametrize(
    ("sources", "tests", "found"),
    [
        pytest.param(
            "app/*.vb6", "checks/{stem}_*.txt", ("checks/tax_1.txt", "checks/tax_2.txt"), id="a glob of tests"
        ),
        pytest.param("app/*.vb6", "checks/vat.txt", ("checks/vat.txt",), id="one test for all"),
        pytest.param("lib/**", "checks/vat.txt", (), id="a glob of other sources"),
    ],
)
def test_the_maintainers_patterns_find_tests_in_any_language(sources: str, tests: str, found: tuple[str, ...]) -> None:
    assert TestIndex(PATHS, (TestPattern(sources, tests),)).tests_of("app/tax.vb6") == found


def test_files_in_languages_without_a_convention_are_no_subjects() -> None:
    assert SourceIndex(["tax.vb6", "tax.py"]).subjects_of("tests/test_tax.py") == ("tax.py",)
