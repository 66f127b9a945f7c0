"""What a thousand open pull requests ask of GitHub, in virtual time: `python -m benchmarks.many_open 1000`."""

from __future__ import annotations

import sys
import time

from tests.chaos.campaign import quiet
from tests.chaos.many_open import play


def main() -> None:
    """Print what each act asked for."""
    quiet()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    began = time.process_time()
    for act, asked in play(count):
        print(f"{act}: {asked.seconds:.0f} s, {asked.writes} writes, met {asked.overstepped or 'no limit'}")
        for kind, times in asked.calls.most_common():
            print(f"  {times:6} {kind}")
    print(f"{count} open pull requests, {time.process_time() - began:.0f} s of this processor")


if __name__ == "__main__":
    main()
