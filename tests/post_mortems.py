"""The post-mortems that are kept word for word; run as a module, it writes them anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.evidence.evidence import Evidence, Kind, State
from bot.postmortem.facts import Facts, Failed, Said, Suspect
from bot.postmortem.incident import Incident
from bot.postmortem.issue import body, title
from tests.golden_cases import GOLDEN

FIRST, SECOND, MENDED = "a" * 40, "b" * 40, "c" * 40
NOON: Final = 1_767_268_800.0
"""2026-01-01 12:00:00 UTC."""

PROBE = Evidence("checkout", Kind.PROBE, State.FAILED, "503", "200 to 299", NOON + 700, "Service Unavailable", misses=3)
BEGAN = Incident(FIRST, 482, NOON + 720, (FIRST,))
FAILED = Failed(
    sha=FIRST,
    number=482,
    landed_at=NOON,
    failed_at=NOON + 720,
    deploying_at=NOON + 5,
    environment="production",
    detail="the probe `checkout` gave 503, and should be 200 to 299: Service Unavailable",
    first=PROBE,
    revert=484,
    revert_opened_at=NOON + 723,
    revert_merged_at=NOON + 900,
)
LARGE = Suspect(
    number=482,
    is_in=True,
    lines=212,
    files=9,
    risky=2,
    wrapped="partial",
    flags=("checkout-v2",),
    said=(
        Said("small-diff", "212 effective lines (limit 200).", overridden=True),
        Said("flag-wrapped", "2 risky files: 31 of 40 lines that run are behind a flag, 9 are not."),
    ),
)
SMALL = Suspect(481, is_in=False, lines=12, files=1, wrapped="not-applicable", said=(Said("small-diff", "12 lines."),))
BEGUN = Facts(BEGAN, "main", (FAILED,), (SMALL, LARGE), line_closed_at=NOON + 720)
RESTORED = replace(
    BEGUN,
    incident=replace(BEGAN, members=(FIRST, SECOND), restored_at=NOON + 4500, restored_by=MENDED),
    failed=(
        FAILED,
        Failed(SECOND, 483, NOON + 60, NOON + 1000, NOON + 64, "production", "the deployment reported failure"),
    ),
    restored_number=484,
)
EVIL = "`</details><!-- --> @octo/team #12 [x](//evil.example) ![x](//e.example/a.png) https://evil.example \n\n# | a |"
HOSTILE = replace(
    BEGUN,
    branch=EVIL,
    failed=(
        replace(
            FAILED,
            environment=EVIL,
            detail=EVIL,
            first=replace(PROBE, name=EVIL, value=EVIL, threshold=EVIL, said=EVIL),
        ),
    ),
    suspects=(replace(LARGE, flags=(EVIL,), said=(Said(EVIL, EVIL, overridden=True),)),),
)
CASES: Final = {"begun": BEGUN, "restored": RESTORED, "hostile": HOSTILE}
PLACE: Final = GOLDEN / "post-mortem"


def written(name: str) -> str:
    """Write one issue whole."""
    return f"{title(CASES[name])}\n\n{body(CASES[name])}"


def main() -> None:
    """Write every golden file of a post-mortem anew."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in CASES:
        (PLACE / f"{name}.md").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
