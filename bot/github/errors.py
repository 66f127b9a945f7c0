"""What can go wrong on the way to GitHub, as values that the worker knows how to answer."""

from __future__ import annotations

from bot.text.redaction import hide


class Later(Exception):  # noqa: N818 - not an error of anybody: GitHub asks for patience
    """GitHub cannot answer now: unavailable, limited, timed out.

    `retry_at` is a Unix time, None when GitHub named none; `status` is the HTTP status, where one came. `uncertain`
    says that the request may have been carried out although no answer came: a write must not be repeated before its
    effect was looked for.
    """

    def __init__(
        self, why: str, retry_at: float | None = None, *, uncertain: bool = False, status: int | None = None
    ) -> None:
        super().__init__(hide(why))
        self.status = status
        self.why = hide(why)
        self.retry_at = retry_at
        self.uncertain = uncertain


class Refused(Exception):  # noqa: N818 - the caller decides whether this is an error
    """GitHub understood and said no. `status` is the HTTP status, `message` GitHub's own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {hide(message)}")
        self.status = status
        self.message = hide(message)


class Redirected(Refused):
    """GitHub says that it is at another address: `location`, which may be on another host."""

    def __init__(self, status: int, location: str) -> None:
        super().__init__(status, "it is at another address")
        self.location = location


class Gone(Refused):
    """GitHub says 404 or 410: it is not there, or not for this App."""
