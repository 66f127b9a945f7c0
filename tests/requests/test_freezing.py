"""What `/andon freeze` understands: a reason, and until when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.requests.freezing import LONGEST, freeze
from bot.requests.requests import Remark, Verb, requests_in
from rules.engine.pull_request import Account

NOON = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC).timestamp()


def moment(*fields: int) -> float:
    return datetime(*fields, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc] # year, month and so on


@pytest.mark.parametrize(
    ("words", "reason", "until"),
    [
        ("database migration", "database migration", None),
        ("migration until 30m", "migration", NOON + 1800),
        ("migration until 2h", "migration", NOON + 7200),
        ("migration UNTIL 1d", "migration", NOON + 86_400),
        ("migration until 16:00", "migration", moment(2026, 11, 22, 16)),
        ("migration until 16:00 UTC", "migration", moment(2026, 11, 22, 16)),
        ("migration until 08:00", "migration", moment(2026, 11, 23, 8)),
        ("migration until 2026-12-01", "migration", moment(2026, 12, 1)),
        ("migration until 2026-12-01T08:00Z", "migration", moment(2026, 12, 1, 8)),
        ("migration until 2026-12-01T08:00", "migration", moment(2026, 12, 1, 8)),
        ("migration until 2026-12-01T08:00:00+02:00", "migration", moment(2026, 12, 1, 6)),
        ("nothing lands until Ada is back", "nothing lands until Ada is back", None),
        ("wait until Ada is back until 2h", "wait until Ada is back", NOON + 7200),
    ],
)
def test_a_freeze_has_a_reason_and_perhaps_an_end(words: str, reason: str, until: float | None) -> None:
    found = freeze(words, NOON)

    assert (found.reason, found.until, found.fault) == (reason, until, "")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("", "say why, for those who wait"),
        ("until 2h", "say why, for those who wait"),
        ("migration until 25:00", "behind `until` write 30m, 2h, 16:00"),
        ("migration until 0m", "behind `until` write"),
        ("migration until 2026-13-01", "behind `until` write"),
        ("migration until 2026-02-30", "behind `until` write"),
        ("migration until 99999999999999", "behind `until` write"),
        ("migration until 2001-01-01", "it would end before it began"),
        ("migration until 9999-12-31T23:59-14:00", "it would last for more than a year"),
        ("migration until 0001-01-01T00:00+14:00", "it would end before it began"),
        ("x" * (LONGEST + 1), "say why in at most 300 characters"),
    ],
)
def test_what_is_not_understood_freezes_nothing_and_is_said(words: str, fault: str) -> None:
    assert freeze(words, NOON).fault.startswith(fault)


def test_a_comment_that_freezes_is_a_request_with_its_whole_reason() -> None:
    remark = Remark(1, Account("ada", 5), "/andon freeze migration until 2h\n/andon unfreeze\n/andon freeze", NOON)

    found = [(one.verb, one.reason, bool(one.fault)) for one in requests_in(remark)]

    assert found == [
        (Verb.FREEZE, "migration until 2h", False),
        (Verb.UNFREEZE, "", False),
        (Verb.FREEZE, "", True),
    ]
