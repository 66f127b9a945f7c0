"""Says what was counted in words that people read. Pure."""

from __future__ import annotations

from typing import Final

from bot.dora.counting import SmallPays
from bot.dora.intervals import Share

NO_DATA: Final = "no data"
OPEN: Final = "open"

_TOO_FEW: Final = "Too few to tell whether small pays here"
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float) -> str:
    """Write a duration in its two largest units: `3 d 4 h`, `12 min`."""
    left, parts = round(seconds), list[str]()
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {unit}" if count else "")
    return " ".join(part for part in parts[:2] if part) or "0 s"


def percent(rate: float) -> str:
    """Write a share as a whole percentage; one decimal below ten."""
    hundredths = rate * 100
    return f"{hundredths:.1f} %" if 0 < hundredths < 10 else f"{hundredths:.0f} %"  # noqa: PLR2004 - as the docstring says


def share(of: Share) -> str:
    """Write a share with its numbers and its interval: `2/20 (10 %; 95 %: 2.8 % to 30 %)`."""
    if of.rate is None or of.interval is None:
        return NO_DATA
    low, high = of.interval
    return f"{of.n}/{of.of} ({percent(of.rate)}; 95 %: {percent(low)} to {percent(high)})"


def answer(pays: SmallPays) -> str:
    """Name in a word or two whether small pays."""
    if not pays.small.of and not pays.large.of:
        return NO_DATA
    return {True: "yes", False: "no", None: "too few to tell"}[pays.answer]


def does_small_pay(pays: SmallPays) -> str:
    """Answer in one sentence whether small pays here."""
    if pays.up_to is None:
        return "No data: of no release both the size and the outcome are known."
    if not pays.large.of:
        return f"{_TOO_FEW}: none has more than {pays.up_to} lines, and {share(pays.small)} failed."
    small, large = f"up to {pays.up_to} lines {share(pays.small)} failed", f"above {share(pays.large)}"
    match pays.answer:
        case True:
            return f"Small pays here: {small}, {large}."
        case False:
            return f"Small does not pay here: {small}, {large}."
        case None:
            return f"{_TOO_FEW}: {small}, {large}."
