"""Every kind of event by its name, and how often each is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.elsewhere import ANYWHERE
from tests.chaos.events import ANY, Event, Phrase, Then
from tests.chaos.on_pulls import OPEN
from tests.chaos.world import Act, World

ACTS: Mapping[str, Act] = {**OPEN, **ANYWHERE}
OFTEN = (
    ("green",) * 6 + ("ci",) * 3 + ("live", "live", "label", "command", "command", "order", "deploy", "swap", "swap")
)
KINDS = (*OFTEN, *ACTS)
"""Every kind of event; what merges depend on is drawn more often."""


MOVED_IN_BETWEEN: Phrase = (("green", ANY, Then.BLINK), ("swap", ANY, Then.BLINK))
"""Another head, on which CI succeeded, comes between the read that a merge rests on and the merge."""

HELD: Phrase = (("label", 1, None), ("green", ANY, None))
QUEUED: Phrase = (("queue", ANY, None), ("green", ANY, Then.REST), ("queue-ci", 1, None), ("queue-ci", ANY, None))
ARMED: Phrase = (("policy", 4, None), ("require", 3, Then.SWEEP), ("green", ANY, Then.SWEEP))
REFUSED: Phrase = (("fault", 1, Then.GO), ("green", ANY, Then.REST))
OVERTAKEN: Phrase = (("green", ANY, Then.BLINK), ("label", 1, Then.BLINK))
LANDED: Phrase = (("green", ANY, Then.REST), ("live", ANY, None))
DISMISSED: Phrase = (("require", 0, None), ("review", ANY, None), ("dismiss", ANY, None))
PHRASES = (LANDED, HELD, MOVED_IN_BETWEEN, MOVED_IN_BETWEEN, OVERTAKEN, QUEUED, ARMED, REFUSED, DISMISSED)


async def play(world: World, event: Event) -> bool:
    """Play one event; False where it cannot happen now."""
    if event.kind in OPEN and not world.pull(event).open:
        return False
    return await ACTS[event.kind](world, event)
