"""Writes what was counted as JSON values: what the API and `andon dora --format json` give. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dora.counting import Batch, Frequency, Metrics, Recovery, SmallPays, Spread, Week
from bot.dora.delivered import Delivered
from bot.dora.intervals import Share
from bot.dora.words import OPEN, answer, does_small_pay

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked about. `recorded_since` is when the first release there landed that is recorded (Unix time).

    `environments` are all that are recorded there; `branch` is None for all of them.
    """

    repositories: Sequence[str]
    environment: str
    branch: str | None
    recorded_since: float | None
    environments: Sequence[str]


def as_json(counted: Metrics, scope: Scope) -> Json:
    """Write the metrics of one period; its keys are stable."""
    period = counted.period
    return {
        "period": {"since": period.since, "until": period.until, "zone": str(period.zone), "days": period.days},
        "repositories": list(scope.repositories),
        "environment": scope.environment,
        "environments": list(scope.environments),
        "branch": scope.branch,
        "recorded_since": scope.recorded_since,
        "under_way": counted.under_way,
        "deployment_frequency": _frequency(counted.frequency),
        "lead_time": _spread(counted.lead),
        "change_fail_rate": _share(counted.failed),
        "failed_deployment_recovery_time": _recovery(counted.recovery),
        "rework_rate": _share(counted.rework),
        "batch_size": {
            **_numbers(counted.measured),
            "groups": [_batch(batch) for batch in counted.batches],
            "small_pays": _small_pays(counted.small_pays),
        },
        "releases": [_release(one) for one in counted.releases],
    }


def _numbers(share: Share) -> Json:
    return {"n": share.n, "of": share.of}


def _share(share: Share) -> Json:
    low, high = share.interval or (None, None)
    return {**_numbers(share), "rate": share.rate, "low": low, "high": high}


def _spread(spread: Spread) -> Json:
    return {**_numbers(spread.known), "p50_seconds": spread.p50, "p90_seconds": spread.p90}


def _frequency(frequency: Frequency) -> Json:
    return {
        "deployments": frequency.deployments,
        "per_day": frequency.per_day,
        "per_week": frequency.per_week,
        "days_with": _numbers(frequency.days_with),
        "p50_per_day": frequency.daily.p50,
        "p90_per_day": frequency.daily.p90,
        "days": [
            {"day": part.start.isoformat(), "whole": part.whole, "deployments": count} for part, count in frequency.days
        ],
        "weeks": [_week(week) for week in frequency.weeks],
    }


def _week(week: Week) -> Json:
    return {
        "week": week.part.start.isoformat(),
        "whole": week.part.whole,
        "deployments": week.deployments,
        "change_fail_rate": _share(week.failed),
        "lead_time": _spread(week.lead),
    }


def _recovery(recovery: Recovery) -> Json:
    return {
        **_numbers(recovery.recovered),
        "p50_seconds": OPEN if recovery.p50_open else recovery.p50,
        "p90_seconds": OPEN if recovery.p90_open else recovery.p90,
        "open": [
            {"repository": one.repository, "number": one.number, "sha": one.sha, "since": one.hurt_at}
            for one in recovery.open
        ],
    }


def _batch(batch: Batch) -> Json:
    return {
        "above": batch.above,
        "up_to": batch.up_to,
        "change_fail_rate": _share(batch.failed),
        "lead_time": _spread(batch.lead),
    }


def _small_pays(pays: SmallPays) -> Json:
    low, high = pays.apart or (None, None)
    return {
        "answer": answer(pays),
        "sentence": does_small_pay(pays),
        "up_to": pays.up_to,
        "small": _share(pays.small),
        "large": _share(pays.large),
        "difference": {"low": low, "high": high},
    }


def _release(one: Delivered) -> Json:
    return {
        "repository": one.repository,
        "number": one.number,
        "sha": one.sha,
        "environment": one.environment,
        "branch": one.branch,
        "first_push_at": one.first_push_at,
        "merged_at": one.merged_at,
        "deployed_at": one.reached_at,
        "live_at": one.live_at,
        "failed_at": one.failed_at,
        "restored_at": one.restored_at,
        "lead_seconds": one.lead_seconds,
        "recovery_seconds": one.recovery_seconds,
        "failed": one.failed_at is not None,
        "rework": one.rework,
        "reverts": one.reverts,
        "lines": one.lines,
        "files": one.files,
    }
