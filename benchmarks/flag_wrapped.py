"""What `flag-wrapped` costs: milliseconds and added lines per second, by what a pull request looks like."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import partial

from rules.engine.flags.extents import Source
from rules.engine.flags.reading.pattern import parsed
from rules.engine.flags.risk import Risk, RiskClass
from rules.engine.flags.wrapped import judged

SEED = 20_240_501
ROUNDS = 9
MILLISECONDS = 1000

_WORDS = ["total", "price", "rate", "region", "shipping", "order", "cart", "tax", "bill", "amount"]
FLAGS = parsed(("features.has",))
RISK = Risk((), frozenset(RiskClass))


def pull_requests() -> Mapping[str, tuple[Source, ...]]:
    """Write the pull requests anew from the seed: the same bytes each time."""
    chance = random.Random(SEED)  # noqa: S311 - the same bytes each time
    return {
        "30 files, 10 lines each": tuple(_changed(chance, number, 12, 10, flags=False) for number in range(30)),
        "the same, with flags": tuple(_changed(chance, number, 12, 10, flags=True) for number in range(30)),
        "one file dense with flags": (_changed(chance, 0, 30, 300, flags=True),),
        "one file of 3 000 lines": (_changed(chance, 0, 300, 300, flags=False),),
        "one new file of 3 000 lines": (_new(chance, 300),),
        "30 files, three ask for flags": tuple(
            _changed(chance, number, 12, 10, flags=number % 10 == 0) for number in range(30)
        ),
    }


def _function(chance: random.Random, number: int, *, flags: bool) -> list[str]:
    """Write a function of ten lines."""
    first, second = chance.sample(_WORDS, 2)
    ask = f'    if not features.has("{first}"):' if flags else f"    if {first} > {number}:"
    return [
        f"def {first}_{number}({first}, {second}):",
        ask,
        f"        return {second}",
        *(f"    {first} = {chance.choice(_WORDS)}({second} * {at}, key={first})" for at in range(5)),
        f"    return {first}",
        "",
    ]


def _changed(chance: random.Random, number: int, functions: int, added: int, *, flags: bool) -> Source:
    """Write a file whose functions lie at the base, and insert lines in the middle of some."""
    base = [line for at in range(functions) for line in _function(chance, at, flags=flags)]
    head: list[str] = []
    lines: set[int] = set()
    step = max(len(base) // added, 1)
    for at, line in enumerate(base):
        head.append(line)
        if at % step == step // 2 and len(lines) < added and line.startswith("    ") and not line.endswith(":"):
            head.append(f"{line[: len(line) - len(line.lstrip())]}{chance.choice(_WORDS)}({at})")
            lines.add(len(head))
    path = f"src/part_{number}.py"
    return Source(path, _text(head), _text(base), frozenset(lines), (), 0)


def _new(chance: random.Random, functions: int) -> Source:
    head = [line for at in range(functions) for line in _function(chance, at, flags=False)]
    return Source("src/new.py", _text(head), None, frozenset(range(1, len(head) + 1)), (), 0)


def _text(lines: list[str]) -> bytes:
    return "\n".join(lines).encode() + b"\n"


def best(work: Callable[[], object]) -> float:
    """Give the least seconds of processor time that the work took in several rounds."""
    seconds = []
    for _ in range(ROUNDS):
        judged.cache_clear()
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


def main() -> None:
    """Print one line for each pull request."""
    print(f"{'pull request':<30}{'KB':>6}{'added':>7}{'ms':>8}{'lines/s':>9}")
    for name, sources in pull_requests().items():
        seconds = best(partial(judged, sources, FLAGS, RISK))
        size, added = sum(len(one.head) for one in sources), sum(len(one.added) for one in sources)
        print(f"{name:<30}{size / 1000:>6.0f}{added:>7}{seconds * MILLISECONDS:>8.1f}{added / seconds:>9.0f}")


if __name__ == "__main__":
    main()
