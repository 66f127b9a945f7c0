"""How fast diffs are read: MB/s over a kept corpus, beside a plain `bytes.splitlines` over the same bytes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import partial

from rules.engine.diff import parse_diff

SEED = 20_240_501
ROUNDS = 7
MEGABYTE = 1e6

_WORDS = b"total = order.price * rate + shipping if region in known else fallback return None # rounded up".split()


def corpus() -> Mapping[str, bytes]:
    """Write the diffs anew from the seed: the same bytes each time."""
    chance = random.Random(SEED)  # noqa: S311 - the same bytes each time
    return {
        "many tiny files": b"".join(_tiny(chance, number) for number in range(8_000)),
        "every kind of header": b"".join(_odd(chance, number) for number in range(8_000)),
        "large hunks": b"".join(_large(chance, number) for number in range(12)),
        "one giant line": _file(b"bundle.js", [b"+" + b"x" * 4_000_000]),
    }


def _line(chance: random.Random, sign: bytes) -> bytes:
    return sign + b"    " * chance.randrange(4) + b" ".join(chance.choices(_WORDS, k=chance.randrange(1, 9)))


def _file(name: bytes, lines: list[bytes]) -> bytes:
    """Write one file of a diff that has one hunk."""
    old = sum(line[:1] != b"+" for line in lines)
    new = sum(line[:1] != b"-" for line in lines)
    head = b"diff --git a/%b b/%b\nindex 1f3a5c7e9..2b4d6f8a0 100644\n--- a/%b\n+++ b/%b\n" % ((name,) * 4)
    return head + b"@@ -7,%d +7,%d @@ def somewhere():\n" % (old, new) + b"\n".join(lines) + b"\n"


def _tiny(chance: random.Random, number: int) -> bytes:
    signs = [b" ", b"-", b"+", b" "]
    return _file(b"packages/part_%d/module_%d.py" % (number % 90, number), [_line(chance, sign) for sign in signs])


def _large(chance: random.Random, number: int) -> bytes:
    signs = chance.choices([b" ", b"-", b"+"], k=8_000)
    return _file(b"src/large_%d.py" % number, [_line(chance, sign) for sign in signs])


def _odd(chance: random.Random, number: int) -> bytes:
    """Write a new file, a rename, a change of mode, a quoted name or a binary file, in turn."""
    name = b"some/place/file_%d" % number
    new = b"@@ -0,0 +1 @@\n" + _line(chance, b"+") + b"\n"
    match number % 5:
        case 0:
            head = b"diff --git a/%b b/%b\nnew file mode 100644\nindex 0000000..2b4d6f8\n--- /dev/null\n+++ b/%b\n"
            return head % (name, name, name) + new
        case 1:
            head = b"diff --git a/%b b/%b.new\nsimilarity index 100%%\nrename from %b\nrename to %b.new\n"
            return head % ((name,) * 4)
        case 2:
            return b"diff --git a/%b b/%b\nold mode 100644\nnew mode 100755\n" % (name, name)
        case 3:
            return (
                _file(name, [_line(chance, b"+")])
                .replace(b"a/" + name, b'"a/%b\\303\\274"' % name)
                .replace(b"b/" + name, b'"b/%b\\303\\274"' % name)
            )
        case _:
            head = b"diff --git a/%b b/%b\nindex 1f3a5c7..2b4d6f8 100644\nBinary files a/%b and b/%b differ\n"
            return head % ((name,) * 4)


def best(work: Callable[[], object]) -> float:
    """Give the least seconds of processor time that the work took in several rounds."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds)


def main() -> None:
    """Print one line for each part of the corpus."""
    print(f"{'diffs of':<22}{'MB':>6}{'MB/s':>8}{'splitlines MB/s':>17}{'of it':>7}")
    for name, data in corpus().items():
        read, split = best(partial(parse_diff, data)), best(data.splitlines)
        size = len(data) / MEGABYTE
        print(f"{name:<22}{size:>6.1f}{size / read:>8.0f}{size / split:>17.0f}{split / read:>7.2f}")


if __name__ == "__main__":
    main()
