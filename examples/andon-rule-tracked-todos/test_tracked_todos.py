"""What the rule says of lines that leave something for later."""

from datetime import UTC, datetime

import pytest
from andon_rule_tracked_todos import TrackedTodos

from rules.engine.attributes import Attributes
from rules.engine.hunk import Hunk
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Totals
from rules.engine.result import Finding, Reported, Unknown


def pull_request(*files: ChangedFile) -> PullRequest:
    """Build a pull request of these files."""
    return PullRequest(
        repository="octo/shop",
        base="b" * 40,
        head="a" * 40,
        fetched_at=datetime(2030, 1, 2, tzinfo=UTC),
        files=files,
        totals=Totals(len(files), sum(file.added for file in files), 0),
        attributes=Attributes({}),
    )


def added(path: str, *lines: str) -> ChangedFile:
    """Build a new file."""
    body = "\n".join(f"+{line}" for line in lines).encode()
    return ChangedFile(path, Change.ADDED, len(lines), 0, (Hunk(0, 0, 1, len(lines), body),))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("# TODO: tidy up", True),
        ("x = 1  # FIXME", True),
        ("# TODO(#12): tidy up", False),
        ("# TODO SHOP-12 tidy up", False),
        ("# TODO see https://example.org/octo/shop/issues/12", False),
        ("todos = list()", False),
        ("METHOD = 1", False),
    ],
)
def test_a_marker_without_an_issue_is_found_in_its_line(line: str, found: bool) -> None:
    said = list(TrackedTodos().check(pull_request(added("src/a.py", "x = 0", line))))

    assert [(one.path, one.start_line) for one in said if isinstance(one, Finding)] == [("src/a.py", 2)] * found
    assert [one.facts for one in said if isinstance(one, Reported)] == [{"untracked": int(found)}]


def test_prose_may_say_what_it_likes() -> None:
    said = list(TrackedTodos().check(pull_request(added("docs/a.md", "TODO: write this"))))

    assert [type(one) for one in said] == [Reported]


def test_as_many_as_are_allowed_pass() -> None:
    pr = pull_request(added("a.py", "# TODO: one", "# TODO: two"))

    assert [type(one) for one in TrackedTodos(allowed=2).check(pr)] == [Reported]
    assert [type(one) for one in TrackedTodos(allowed=1).check(pr)] == [Reported, Finding, Finding]


def test_a_file_that_could_not_be_read_is_no_pass() -> None:
    pr = pull_request(ChangedFile("a.py", Change.MODIFIED, 5, 0, None))

    assert [type(one) for one in TrackedTodos().check(pr)] == [Reported, Unknown]
