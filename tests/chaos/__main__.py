"""`python -m tests.chaos`: thousands of seeded schedules, and any one of them again."""

from __future__ import annotations

import argparse
import sys

from tests.chaos.campaign import Campaign, quiet, table
from tests.chaos.events import read
from tests.chaos.many import FORMS, searched


def main() -> int:
    """Play what is asked for; exit 1 where a law was broken, or where something never occurred."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="what they are drawn from")
    parser.add_argument("--first", type=int, default=0, help="how many of them were played before")
    parser.add_argument("--breaches", type=int, default=1, help="after how many broken laws to end")
    parser.add_argument("--processes", type=int, default=2, help="how many at once")
    parser.add_argument("--form", choices=FORMS, default="memory", help="in memory, or with sockets, git and a file")
    parser.add_argument("--replay", metavar="WORDS", help="play one schedule, as a failure prints it")
    asked = parser.parse_args()
    return replayed(asked.form, asked.replay) if asked.replay else searched(asked)


def replayed(form: str, words: str) -> int:
    """Play one schedule again."""
    quiet()
    campaign, schedule = Campaign(FORMS[form]), read(words)
    try:
        campaign.play(schedule)
    except Exception:  # noqa: BLE001 - whatever it is, it is what was asked for
        told = campaign.found.told if campaign.found else ""
        print(told)  # noqa: T201 - a command-line tool
        return 1
    print(f"{schedule.lines}\nno law is broken\n\n{table(campaign.tally)}")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main())
