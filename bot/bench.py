"""The workbench: what every look at an address has at hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.evidence.probing import Prober
from bot.evidence.targets import Targets
from bot.github.github import GitHub
from bot.judge.judge import Judge
from bot.store.store import Store

LOOK_AGAIN = (3.0, 15.0, 60.0)
"""Seconds until GitHub is asked again for what it has not computed yet; then the sweep is enough."""

SWEEP_SECONDS = 300.0
"""How often every repository with a policy, and the list of failed deliveries, are visited."""


@dataclass(frozen=True, slots=True)
class Bench:
    """GitHub, store, clock (Unix time), where people reach this service if anywhere, seconds a sweep, and the judge.

    `stopwatch` gives seconds that never go back, from any beginning: what durations are measured by. `prober` asks
    production.
    """

    github: GitHub
    store: Store
    clock: Callable[[], float]
    public_url: str = ""
    sweep_every: float = SWEEP_SECONDS
    judge: Judge = field(default_factory=Judge)
    stopwatch: Callable[[], float] = time.monotonic
    prober: Prober = field(default_factory=lambda: Prober(Targets(), time.time))
