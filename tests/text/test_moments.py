from datetime import UTC, datetime

import pytest

from bot.text.moments import day_of, minute_of, moment, second_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC).timestamp()
TEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-22T10:00Z", TEN),
        ("2026-11-22T10:00", TEN),
        (" 2026-11-22 10:00:00Z ", TEN),
        ("2026-11-22T12:00+02:00", TEN),
        ("2026-11-22", TEN - 10 * 3600),
        ("2h", TEN),
        ("120m", TEN),
        ("3d", NOW - 3 * 86_400),
        (f"{TEN:.3f}", TEN),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, at: float) -> None:
    assert moment(text, NOW) == at


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2h ago", "0m", "2w", "-2h", "1e999", "inf", "nan", "2026-13-01", "99999-01-01", "0" * 400],
)
def test_what_is_no_moment_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no moment: write a time such as 2026-11-22T10:00Z, or how long ago"):
        moment(text, NOW)


def test_moments_are_written_in_utc() -> None:
    assert (day_of(TEN), minute_of(TEN), second_of(TEN)) == ("2026-11-22", "10:00 UTC", "2026-11-22 10:00:00 UTC")
