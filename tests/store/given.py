"""What tests of the store start from."""

from __future__ import annotations

from bot.address import Hint, PullRequestAt, Repository, Want

SHOP = Repository(7, "octo", "shop")


class Clock:
    """A clock that only a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def pull(number: int, hint: Hint | None = None) -> Want:
    return Want(PullRequestAt(SHOP, number), hint)
