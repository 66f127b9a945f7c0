"""Proposes a policy from a repository's own history, and says why each number is as it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.backtest.scouting import Seen
from bot.backtest.words import clean, meaning
from bot.dora.words import percent
from bot.text.moments import day_of
from rules.engine.page import MODES
from rules.engine.policy import POLICY_PATH, RECOMMENDED
from rules.engine.result import Kind, Mode
from rules.small_diff import SmallDiff

Told = Mapping[str, Any]

ENOUGH: Final = 50
"""Changes of a known size from which on limits are proposed; with fewer the defaults stay."""

_GENTLE: Final = 0.25  # of all changes that a rule may hold and still begin in `hold`
_WIDTH: Final = 100
_MOST_NAMED: Final = 5
_SIZE: Final = SmallDiff.name()
_PAIRING: Final = "pairing"
_FLAGS: Final = "flag-wrapped"


@dataclass(frozen=True, slots=True)
class Limit:
    """One proposed number, and why."""

    value: int
    why: str


def policy_text(told: Told, seen: Seen) -> str:
    """Write the policy with its reasons as comments."""
    lines = [*_top(told), f"extends: {RECOMMENDED}", "", "rules:"]
    for rule in told["policies"][0]["rules"]:
        lines += [*_rule(rule, told, seen), ""]
    return "\n".join([*lines, *_merge()]) + "\n"


def limits(told: Told) -> tuple[Limit, Limit, Limit]:
    """Propose `max-lines`, `good-lines` and `max-files`."""
    lines, files, defaults = told["sizes"]["own"]["effective_lines"], told["sizes"]["own"]["files"], SmallDiff()
    if lines["of"] < ENOUGH:
        few = f"The default: {lines['of']} changes of a known size are too few to propose another."
        return (
            Limit(defaults.max_lines, few),
            Limit(defaults.good_lines, few),
            Limit(defaults.max_files, few),
        )
    most = _bounded("p90", lines, "effective lines", _Bounds(10, 50, 1000))
    good = _bounded("p50", lines, "effective lines", _Bounds(10, 20, min(defaults.good_lines, most.value)))
    return most, good, _bounded("p90", files, "files that hold effective lines", _Bounds(5, 10, 200))


@dataclass(frozen=True, slots=True)
class _Bounds:
    """To what a number is rounded up, and how small and how large it may be."""

    step: int
    least: int
    most: int


def _bounded(percentile: str, spread: Told, unit: str, bounds: _Bounds) -> Limit:
    """Round a percentile up, and keep it in bounds."""
    value: int = spread[percentile]
    rounded = -(-value // bounds.step) * bounds.step
    share_of = {"p50": "Half of the changes here have", "p90": "90 of 100 changes here have"}[percentile]
    why = f"{share_of} at most {value} {unit}"
    if rounded < bounds.least:
        return Limit(bounds.least, f"{why}; no less than {bounds.least} is proposed.")
    if rounded > bounds.most:
        return Limit(bounds.most, f"{why}; no more than {bounds.most} is proposed.")
    return Limit(rounded, f"{why}{'' if rounded == value else ', rounded up'}.")


def _top(told: Told) -> Iterator[str]:
    yield f"# {POLICY_PATH}, proposed by `andon init` from the history of this repository."
    if told["changes"]:
        days = f"{day_of(told['since'])} to {day_of(told['until'])}"
        yield from _comment(f"It rests on {told['changes']} changes that landed from {days}.", "")
    yield from _comment("Change what you like. andon is silent until it is on the default branch.", "")
    yield ""
    yield from _comment(
        "The preset turns every rule on in its own default mode. A rule that is listed below replaces its entry whole.",
        "",
    )


def _rule(rule: Told, told: Told, seen: Seen) -> Iterator[str]:
    """Write one rule: what it is for, why its mode, then its options, each with its reason."""
    mode, why = _mode(rule, told["changes"], seen)
    for words in (meaning(rule["rule"]), why):
        if words:
            yield from _comment(words, "  ")
    yield f"  {rule['rule']}:"
    yield f"    mode: {mode.value}"
    match rule["rule"]:
        case "small-diff":
            yield from _size(told)
        case "required-tests":
            yield from _tests(seen)
        case "flag-wrapped":
            yield from _flags(seen)
        case "pairing":
            yield from _comment(
                f"The commits of {_of(**told['paired'])} name a second person. The others need an approval, of which "
                "only GitHub knows: where one person works alone, say `observe`.",
                "    ",
            )
        case _:
            pass


def _mode(rule: Told, changes: int, seen: Seen) -> tuple[Mode, str]:
    """Choose a mode to begin with, and say why: not of rules with limits of their own, or that GitHub alone knows."""
    mode = Mode(rule["mode"])
    if not changes or rule["rule"] in (_SIZE, _PAIRING):
        return mode, ""
    stops = rule["would"]["hold"]["held"] + rule["would"]["hold"]["undecided"]
    why = f"In `hold` it would have stopped {_of(stops, changes)}."
    flagless = rule["rule"] == _FLAGS and not seen.flags
    if flagless:
        why += " No call of a flag library that andon knows was found."
    if mode is Mode.HOLD and (flagless or stops > _GENTLE * changes):
        return Mode.WARN, f"{why} So it begins in `warn`: it {MODES[Mode.WARN]}."
    return mode, why


def _of(n: int, of: int) -> str:
    return f"{n} of {of} changes here{f' ({percent(n / of)})' if of else ''}"


def _size(told: Told) -> Iterator[str]:
    bumps = told["kinds"].get(Kind.DEPENDENCIES.value, 0)
    if bumps:
        yield from _comment(
            f"{_of(bumps, told['changes'])} only bump dependencies: they count for none of these.", "    "
        )
    for name, limit in zip(("max-lines", "good-lines", "max-files"), limits(told), strict=True):
        yield from _comment(limit.why, "    ")
        yield f"    {name}: {limit.value}"


def _tests(seen: Seen) -> Iterator[str]:
    if not seen.tests:
        yield from _comment("No test was found by its name. `map` says where they are:", "    ")
        yield '    # map: {"src/**/*.py": "checks/{stem}_check.py"}'
        return
    named = ", ".join(f"{clean(place)} ({count})" for place, count in seen.tests[:_MOST_NAMED])
    more = f" and {len(seen.tests) - _MOST_NAMED} more places" if len(seen.tests) > _MOST_NAMED else ""
    yield from _comment(f"Tests were found in {named}{more}. What lies elsewhere can be named by `map`.", "    ")


def _flags(seen: Seen) -> Iterator[str]:
    if seen.flags:
        named = ", ".join(clean(key) for key in seen.flags[:_MOST_NAMED])
        yield from _comment(f"Known already, by their library: {len(seen.flags)} flags, such as {named}.", "    ")
    if not seen.idioms:
        yield from _comment("How this repository asks for a flag, besides the common libraries:", "    ")
        yield '    # flags: ["features.has"]'
        return
    yield from _comment("These look like questions for a flag. Take the # away from those that are:", "    ")
    yield "    # flags:"
    for idiom in seen.idioms[:_MOST_NAMED]:
        yield f'    #   - "{idiom.chain}"  # {idiom.uses} times, {idiom.keys} names, such as {clean(idiom.example)}'


def _merge() -> Iterator[str]:
    yield from _comment("Without this section andon never merges. Take the # away to let a label ask for it.", "")
    yield "# merge: {when: label, label: ship}"


def _comment(text: str, indent: str) -> Iterator[str]:
    line = f"{indent}#"
    for word in text.split():
        if len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = f"{indent}#"
        line += f" {word}"
    yield line
