"""What a name alone tells of a file: each name in the tables, and what only looks like one."""

from __future__ import annotations

import pytest

from rules.engine.attributes import Attributes
from rules.engine.change_kind import kind_of
from rules.engine.comments import code_lines
from rules.engine.kinds import LOCKFILES, MANIFESTS, FileKind, exact_pins, is_manifest, path_kind, pins
from rules.engine.result import Kind
from tests.factories import code, hunk, modified, pull_request

LOCKED = (
    "bun.lock bun.lockb cargo.lock cartfile.resolved composer.lock conan.lock conda-lock.yml deno.lock flake.lock "
    "gemfile.lock go.sum go.work.sum gopkg.lock gradle.lockfile mix.lock npm-shrinkwrap.json package-lock.json "
    "package.resolved packages.lock.json paket.lock pdm.lock pipfile.lock pixi.lock pnpm-lock.yaml podfile.lock "
    "poetry.lock pubspec.lock pylock.toml rebar.lock stack.yaml.lock uv.lock yarn.lock .terraform.lock.hcl"
)
LISTED = (
    "build.gradle build.gradle.kts cargo.toml composer.json gemfile go.mod libs.versions.toml mix.exs package.json "
    "pipfile pnpm-workspace.yaml podfile pom.xml pubspec.yaml pyproject.toml setup.cfg"
)


def test_no_lock_file_and_no_manifest_is_missing_here() -> None:
    assert sorted(LOCKFILES) == sorted(LOCKED.split())
    assert sorted(MANIFESTS) == sorted(LISTED.split())


@pytest.mark.parametrize("name", LOCKED.split())
def test_a_lock_file_is_one_in_any_directory_and_in_any_case(name: str) -> None:
    kinds = {path_kind(path, Attributes()) for path in (name, f"web/{name}", name.upper())}

    assert kinds == {FileKind.LOCKFILE}


REQUIREMENTS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements/dev.txt",
    "requirements.in",
    "requirements/a.in",
)


@pytest.mark.parametrize("name", [*LISTED.split(), *REQUIREMENTS])
def test_a_manifest_is_one_in_any_directory(name: str) -> None:
    assert is_manifest(name)
    assert is_manifest(f"web/{name}")
    assert path_kind(name, Attributes()) is FileKind.CONFIG


@pytest.mark.parametrize("name", ["docs/pip.txt", "requirements/dev/notes.md", "my-package.json", "requirements.inc"])
def test_other_files_are_no_manifests(name: str) -> None:
    assert not is_manifest(name)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.snap", "snapshot"),
        ("a.ambr", "snapshot"),
        ("spec/vcr_cassettes/deep/a.yml", "snapshot"),
        ("src/cassettes/a.yml", "config"),
        ("a.min.css", "minified"),
        ("a.css.map", "minified"),
        ("a.MIN.JS", "minified"),
        ("a.adoc", "docs"),
        ("doc/plan.txt", "docs"),
        ("CHANGELOG", "docs"),
        ("notice.txt", "docs"),
        ("CODEOWNERS", "config"),
        ("conftest.py", "test"),
        ("e2e/a.js", "test"),
        ("a_test.rs", "test"),
        ("a_spec.rb", "test"),
        ("a.cy.ts", "test"),
        ("types.test-d.ts", "test"),
        ("a.bats", "test"),
        ("src/androidTest/A.kt", "test"),
        ("CartIT.java", "test"),
        ("Fit.java", "source"),
        ("Shop.Test/Cart.cs", "test"),
        ("alembic/versions/1_a.py", "migration"),
        ("db/changelog/deep/1.xml", "migration"),
        ("migrations/README", "docs"),
        ("migrations/run", "source"),
        ("Dockerfile.dev", "config"),
        (".eslintrc", "config"),
        (".gitignore", "config"),
        ("a.tfvars", "config"),
        ("a.yaml", "config"),
        ("latest.yamlx", "source"),
    ],
)
def test_a_name_tells_the_kind(path: str, kind: str) -> None:
    assert path_kind(path, Attributes()).value == kind


@pytest.mark.parametrize(
    ("path", "line", "only"),
    [
        (".github/workflows/ci.yml", b"      - uses: actions/checkout@v4", True),
        (".github/actions/x/action.yaml", b"uses: actions/checkout@v4", True),
        ("action.yml", b"  uses: a/b@v1 # why", True),
        ("my-action.yml", b"  uses: a/b@v1", False),
        (".github/workflows/ci.yml", b"run: uses: x", False),
        (".pre-commit-config.yaml", b"    rev: v1.2", True),
        (".pre-commit-config.yaml", b"-   rev: v1.2", True),
        (".pre-commit-config.yaml", b"    repo: evil", False),
        ("shop.gemspec", b"  s.add_development_dependency 'rack'", True),
        ("shop.gemspec", b"  s.add_dependency 'rack'", True),
        ("shop.gemspec", b"  s.files = 1", False),
    ],
)
def test_a_line_that_only_names_a_dependency_is_known_by_its_file(path: str, line: bytes, only: bool) -> None:
    assert pins(path, [line]) is only
    assert pins(path, [line, b"more()"]) is False


@pytest.mark.parametrize(
    ("line", "exact"),
    [
        (b"wheel==0.36.2", True),
        (b"wheel == 0.36.2 \\", True),
        (b"uvicorn[standard]==0.30 ; python_version > '3.6'", True),
        (b"    --hash=sha256:ab \\", True),
        (b"# via -r dev.in", True),
        (b"", True),
        (b"wheel>=0.36.2", False),
        (b"-r other.txt", False),
        (b"wheel @ https://example.org/wheel.whl", False),
    ],
)
def test_requirements_are_exact_as_tools_write_them(line: bytes, exact: bool) -> None:
    assert exact_pins("requirements/dev.txt", [b"pip==1.0", line]) is exact
    assert exact_pins("notes.txt", [line]) is False


COMMENTS = {
    "//": "c cc cpp cxx h hh hpp hxx m mm cs java kt kts scala groovy gradle swift go rs js jsx mjs cjs ts tsx mts cts "
    "dart proto zig scss less sass jsonc json5 sol thrift v sv vue svelte php tf hcl fs fsx",
    "#": "php tf hcl rb sh bash zsh fish pl pm r toml jl ex exs tcl cmake nix awk rake gemspec conf cfg env properties "
    "graphql gql dockerfile yml yaml mk makefile gnumakefile coffee nim py pyi pyx pxd",
    "--": "sql lua hs elm",
    ";": "lisp el clj cljs cljc scm ini asm",
    "%": "erl hrl tex",
    "'": "vb bas",
}
BLOCKS = {
    ("/*", "*/"): "c cc cpp ts js go java php tf hcl sql css",
    ("<!--", "-->"): "html htm xml xhtml svg xaml csproj props targets",
    ("(*", "*)"): "fs fsx ml mli",
}


@pytest.mark.parametrize(("mark", "name"), [(mark, name) for mark, names in COMMENTS.items() for name in names.split()])
def test_a_comment_to_the_end_of_its_line_is_no_code(mark: str, name: str) -> None:
    _, found = code_lines(f"src/a.{name}", hunk([f"+{mark} why", "+run", f"+ {mark}"]))

    assert [line.text for line in found] == [b"run"]


@pytest.mark.parametrize(
    ("start", "end", "name"), [(*marks, name) for marks, names in BLOCKS.items() for name in names.split()]
)
def test_a_comment_of_several_lines_is_no_code(start: str, end: str, name: str) -> None:
    _, found = code_lines(f"src/a.{name}", hunk([f"+{start} why", "+because", f"+of that {end}", "+run"]))

    assert [line.text for line in found] == [b"run"]


INDENTED = "yml yaml mk makefile gnumakefile coffee nim py pyi pyx pxd hs elm fs fsx pug haml slim styl"
FREE = "js rb php html sql css lua lisp erl ml vb unknown"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, Kind.CHANGE) for name in INDENTED.split()),
        *(
            (name, Kind.FORMATTING)
            for name in ["js", "rb", "php", "html", "sql", "css", "lua", "lisp", "erl", "ml", "vb", "unknown"]
        ),
    ],
)
def test_white_space_before_a_line_has_a_meaning_in_some_languages(name: str, kind: Kind) -> None:
    body = code(4)

    pr = pull_request(modified(f"src/a.{name}", remove=body, add=[f"  {line}" for line in body]))

    assert kind_of(pr) is kind


@pytest.mark.parametrize("name", ["pug", "haml", "slim", "styl", "md", "txt"])
def test_a_file_of_other_comments_is_all_code(name: str) -> None:
    lines = ["// a", "# b", "-- c", "; d", "% e", "/* f */", "<!-- g -->"]

    _, found = code_lines(f"src/a.{name}", hunk(f"+{line}" for line in lines))

    assert [line.text.decode() for line in found] == lines
