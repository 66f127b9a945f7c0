"""What rules ask for beyond the diff, and how it is filled in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rules.engine.evaluate import needs_of
from rules.engine.needs import LARGEST_TEXT, Needs, before
from rules.engine.policy import Listed, Policy
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Side
from rules.engine.result import Mode
from rules.engine.rule import Rule
from tests.factories import added, changed, code, deleted, hunk, modified, pull_request
from tests.rules.given_tests import between

BOTH = frozenset(((Side.HEAD, "a.py"), (Side.BASE, "a.py")))


class Asks(Rule):
    """Ask for what a test wants."""

    path: str = "a.py"

    def needs(self, pr: PullRequest) -> Needs:
        if self.path == "broken":
            raise LookupError(pr.repository)
        return Needs(frozenset(((Side.HEAD, self.path),)), tree=self.path == "b.py")


def policy(*paths: str, mode: Mode = Mode.WARN) -> Policy:
    return Policy(tuple(Listed(f"asks-{path}", mode, Asks(path=path)) for path in paths))


def test_the_needs_of_all_rules_are_joined() -> None:
    needs = needs_of(policy("a.py", "b.py", "broken"), pull_request())

    assert needs == Needs(frozenset(((Side.HEAD, "a.py"), (Side.HEAD, "b.py"))), tree=True)


def test_a_rule_that_is_off_needs_nothing() -> None:
    assert not needs_of(policy("a.py", mode=Mode.OFF), pull_request(added("a.py", code(2))))


@pytest.mark.parametrize(
    ("pr", "fetched"),
    [
        pytest.param(pull_request(modified("a.py", add=["x"])), ("a.py",), id="a modified file"),
        pytest.param(pull_request(added("a.py", ["x"])), (), id="a new file, which the diff shows whole"),
        pytest.param(pull_request(deleted("a.py", ["x"])), (), id="a deleted file, which the diff shows whole"),
        pytest.param(pull_request(), ("a.py",), id="a file that did not change"),
        pytest.param(
            pull_request(changed("b.py", hunk(["+x"]), change=Change.RENAMED, previous_path="a.py")),
            ("b.py",),
            id="a renamed file, from its new place",
        ),
    ],
)
def test_only_what_the_diff_does_not_show_is_fetched(pr: PullRequest, fetched: tuple[str, ...]) -> None:
    assert Needs(BOTH).to_fetch(pr) == fetched


def test_both_sides_of_a_modified_file_follow_from_its_text_at_the_head() -> None:
    pr = between({"a.py": "one\ntwo\nthree\n"}, {"a.py": "one\nzwei\nthree\n"})

    filled = Needs(BOTH).filled(pr, {"a.py": b"one\nzwei\nthree\n"}, None)

    assert filled.texts[Side.BASE, "a.py"] == b"one\ntwo\nthree\n"
    assert filled.texts[Side.HEAD, "a.py"] == b"one\nzwei\nthree\n"


def test_without_the_changed_lines_there_is_no_base() -> None:
    file = ChangedFile("a.py", Change.MODIFIED, 1, 1, None)

    filled = Needs(BOTH).filled(pull_request(file), {"a.py": b"x\n"}, None)

    assert filled.texts == {(Side.HEAD, "a.py"): b"x\n"}


def test_a_text_that_does_not_fit_the_diff_gives_no_base() -> None:
    pr = between({"a.py": "one\ntwo\n"}, {"a.py": "one\nzwei\n"})

    filled = Needs(BOTH).filled(pr, {"a.py": b"of another commit\n"}, None)

    assert (Side.BASE, "a.py") not in filled.texts


@pytest.mark.parametrize(("size", "read"), [(LARGEST_TEXT, True), (LARGEST_TEXT + 1, False)])
def test_a_giant_is_not_kept(size: int, read: bool) -> None:
    filled = Needs(BOTH).filled(pull_request(), {"a.py": b"x" * size}, None)

    assert ((Side.HEAD, "a.py") in filled.texts) is read


def test_a_new_file_has_no_base_and_a_deleted_one_no_head() -> None:
    new, gone = (Needs(BOTH).filled(pull_request(one("a.py", ["x"])), {}, None).texts for one in (added, deleted))

    assert new == {(Side.HEAD, "a.py"): b"x\n"}
    assert gone == {(Side.BASE, "a.py"): b"x\n"}


def test_the_list_of_files_is_kept_only_where_somebody_asked() -> None:
    tree = frozenset(("a.py",))

    assert Needs(tree=True).filled(pull_request(), {}, tree).tree == tree
    assert Needs().filled(pull_request(), {}, tree).tree is None


@given(some.lists(some.sampled_from("abc")), some.lists(some.sampled_from("abc")))
def test_undoing_a_diff_gives_back_what_was_there(old: list[str], new: list[str]) -> None:
    one, other = "".join(f"{line}\n" for line in old), "".join(f"{line}\n" for line in ["x", *new])
    (file,) = between({"a.py": one}, {"a.py": other}).files

    assert before(file, other.encode()) == one.encode()
