"""What this process counts and measures, in the form that Prometheus reads. No name of a repository by default.

Source of the form: Prometheus, "Exposition formats". What each metric means is listed in docs/operate.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cachetools import LRUCache
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

INSTALLATIONS_KEPT: Final = 4096
ACKS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LOOKS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
DECISIONS: Final = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
CALLS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

Family = GaugeMetricFamily | CounterMetricFamily


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an address that ended: of what kind, where, how, and how many seconds it took.

    `waited` is how long it was wanted before it ended, None where nothing but a timer wanted it.
    """

    kind: str
    repository: str
    outcome: str
    seconds: float
    waited: float | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What GitHub said is left of an installation's hour for one resource, and when (Unix time) it begins anew."""

    remaining: int
    limit: int
    reset_at: float


class Metrics:
    """Counts in a registry of its own. `names_repositories` fills the label `repository`, which is empty otherwise."""

    def __init__(self) -> None:
        self.names_repositories = False
        self.clock_skew: float | None = None
        self.stalled = False
        self.budgets: LRUCache[tuple[int, str], Budget] = LRUCache(INSTALLATIONS_KEPT)
        self._registry = CollectorRegistry()
        self._deliveries = self._counter("deliveries", "Deliveries by event and answer.", "event", "answer")
        self._acks = self._histogram("ack_seconds", "Seconds until a delivery was answered.", "answer", ACKS)
        self._looks = self._counter("looks", "Looks that ended, by outcome.", "kind", "outcome", "repository")
        self._look_seconds = self._histogram("look_seconds", "Seconds that a look took.", "kind", LOOKS)
        decided = "Seconds from a delivery, or from what a sweep found, to the end of its look."
        self._decided = self._histogram("decision_seconds", decided, "kind", DECISIONS)
        self._writes = self._counter("writes", "Writes to GitHub, by result.", "action", "result", "repository")
        self._calls = self._counter("github_calls", "Requests to GitHub, by answer.", "kind", "status")
        self._call_seconds = self._histogram("github_seconds", "Seconds that a request took.", "kind", CALLS)
        closed = "Lines that are closed now, by cause."
        self._closed = Gauge("andon_lines_closed", closed, ["by"], registry=self._registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"andon_{name}", meaning, labels, registry=self._registry)

    def _histogram(self, name: str, meaning: str, label: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"andon_{name}", meaning, [label], buckets=buckets, registry=self._registry)

    def delivered(self, event: str, answer: str, seconds: float) -> None:
        """Count one delivery and how many seconds its answer took."""
        self._deliveries.labels(event, answer).inc()
        self._acks.labels(answer).observe(seconds)

    def looked(self, look: Look) -> None:
        """Count one look that ended."""
        self._looks.labels(look.kind, look.outcome, self._named(look.repository)).inc()
        self._look_seconds.labels(look.kind).observe(look.seconds)
        if look.waited is not None:
            self._decided.labels(look.kind).observe(look.waited)

    def wrote(self, action: str, result: str, repository: str) -> None:
        """Count one write to GitHub: done, refused by it, or failed on the way."""
        self._writes.labels(action, result, self._named(repository)).inc()

    def called(self, kind: str, status: str, seconds: float) -> None:
        """Count one request to GitHub; the status is `none` where no answer came."""
        self._calls.labels(kind, status).inc()
        self._call_seconds.labels(kind).observe(seconds)

    def closed(self, causes: Iterable[str], all_causes: Iterable[str]) -> None:
        """Say by what lines are closed now: one cause for each closed line."""
        counted = dict.fromkeys(all_causes, 0)
        for cause in causes:
            counted[cause] += 1
        for cause, count in counted.items():
            self._closed.labels(cause).set(count)

    def exposition(self, kept: Iterable[Family] = ()) -> bytes:
        """Write everything as Prometheus reads it, with what was read from elsewhere."""
        others = CollectorRegistry()
        others.register(_Given((*kept, *self._said())))
        return generate_latest(self._registry) + generate_latest(others)

    def _said(self) -> Iterator[Family]:
        yield gauge("stalled", "1 while work waits and no look has ended well for too long.", float(self.stalled))
        if self.clock_skew is not None:
            yield gauge("clock_skew_seconds", "GitHub's clock minus this machine's.", self.clock_skew)
        left = GaugeMetricFamily(
            "andon_github_remaining", "Requests or points left of the hour.", labels=["installation", "resource"]
        )
        for (installation, resource), budget in sorted(self.budgets.items()):
            left.add_metric([str(installation), resource], budget.remaining)
        yield left

    def _named(self, repository: str) -> str:
        return repository if self.names_repositories else ""


class _Given(Collector):
    """Gives what was read already."""

    def __init__(self, families: tuple[Family, ...]) -> None:
        self._families = families

    def collect(self) -> Iterator[Family]:
        """Give every family."""
        yield from self._families


def gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    """Make a gauge without labels."""
    return GaugeMetricFamily(f"andon_{name}", meaning, value=value)


def counter(name: str, meaning: str, label: str, values: Iterable[tuple[str, float]]) -> CounterMetricFamily:
    """Make a counter with one label."""
    family = CounterMetricFamily(f"andon_{name}", meaning, labels=[label])
    for said, value in values:
        family.add_metric([said], value)
    return family
