"""Releases that production must speak for: each row a short story in virtual time, and how it must end."""

from __future__ import annotations

import pytest

from tests.end_to_end.release_steps import (
    HOUR,
    RULES,
    End,
    Row,
    Step,
    checks,
    deploys,
    production,
    runs,
    sets,
    ships,
    told,
    waits,
)

SOAK = 120.0


def verified_by(evidence: str, *, via: str = "deployment") -> str:
    """Write a `deploy:` section that asks for evidence, within ten minutes and two minutes long."""
    return f"{{via: {via}, on-failure: close-line, verify: {{{evidence}, within: 10m, soak: 2m}}}}"


def row(name: str, evidence: str, *steps: Step, end: End) -> Row:
    """Make a story of one release that is deployed well and then looked at."""
    return Row(name, verified_by(evidence), (ships("a"), deploys("a", "success"), *steps), end)


def live() -> End:
    return End({"a": "live"})


def failed(*words: str) -> End:
    return End({"a": "failed"}, "closed", issues=1, words=words)


ALL = "checks: [smoke], workflow: canary.yml, probes: [checkout], queries: [error-rate]"
NOT_SHOWN = "production did not show within 10 minutes that it is well; missing:"

ROWS = (
    row("a check that passes", "checks: [smoke]", checks("a", "success"), waits(SOAK + 30), end=live()),
    row(
        "a soak that is not over",
        "checks: [smoke]",
        checks("a", "success"),
        waits(SOAK / 2),
        end=End({"a": "verifying"}),
    ),
    row(
        "a check that fails",
        "checks: [smoke]",
        checks("a", "failure"),
        end=failed("the check `smoke` gave failure, and should be success"),
    ),
    row(
        "a check that was cancelled",
        "checks: [smoke]",
        checks("a", "cancelled"),
        waits(900.0),
        end=failed(NOT_SHOWN, "it ended as cancelled, which says nothing of production"),
    ),
    row(
        "a check that was cancelled and is run again",
        "checks: [smoke]",
        checks("a", "cancelled"),
        checks("a", "success"),
        waits(SOAK + 30),
        end=live(),
    ),
    row("a check that timed out", "checks: [smoke]", checks("a", "timed_out"), end=failed("gave timed_out")),
    row(
        "a check that flaps: it failed and is run again",
        "checks: [smoke]",
        checks("a", "failure"),
        checks("a", "success"),
        waits(900.0),
        end=failed("the check `smoke` gave failure"),
    ),
    row(
        "a check that fails during the soak",
        "checks: [smoke]",
        checks("a", "success"),
        waits(SOAK / 2),
        checks("a", "failure"),
        end=failed("the check `smoke` gave failure"),
    ),
    row("a check that never comes", "checks: [smoke]", waits(900.0), end=failed(NOT_SHOWN, "the check `smoke`")),
    row(
        "another check that passes",
        "checks: [smoke]",
        checks("a", "success", check="smoke-test"),
        waits(900.0),
        end=failed(NOT_SHOWN),
    ),
    row("a workflow that passes", "workflow: canary.yml", runs("a", "success"), waits(SOAK + 30), end=live()),
    row(
        "a workflow that was aborted",
        "workflow: canary.yml",
        runs("a", "cancelled"),
        waits(900.0),
        end=failed(NOT_SHOWN, "it ended as cancelled, which says nothing of production"),
    ),
    row(
        "a workflow of another file",
        "workflow: canary.yml",
        runs("a", "success", file="tests.yml"),
        waits(900.0),
        end=failed(NOT_SHOWN, "the workflow `canary.yml`"),
    ),
    row("an address that answers", "probes: [checkout]", waits(SOAK + 60), end=live()),
    row(
        "an address that flaps once",
        "probes: [checkout]",
        waits(30.0),
        production(status=503),
        waits(4.0),
        production(status=200),
        waits(SOAK + 60),
        end=live(),
    ),
    row(
        "an address that answers no more",
        "probes: [checkout]",
        waits(30.0),
        production(status=503),
        waits(SOAK),
        end=failed("the probe `checkout` gave HTTP 503, and should be HTTP 200"),
    ),
    row("a workflow that fails", "workflow: canary.yml", runs("a", "failure"), end=failed("`canary.yml` gave failure")),
    row("a value within its bound", "queries: [error-rate]", waits(SOAK + 60), end=live()),
    row(
        "a value that leaves its bound",
        "queries: [error-rate]",
        waits(30.0),
        production(value="0.34"),
        waits(60.0),
        end=failed("the query `error-rate` gave 0.34, and should be below 0.01"),
    ),
    row(
        "no number, for ever",
        "queries: [error-rate]",
        production(value="NaN"),
        waits(1500.0),
        end=failed("production did not", "the query `error-rate`"),
    ),
    row(
        "no number for a while",
        "queries: [error-rate]",
        waits(30.0),
        production(value="NaN"),
        waits(60.0),
        production(value="0"),
        waits(2 * SOAK),
        end=live(),
    ),
    row("what nobody defined", "probes: [payments]", waits(900.0), end=failed("andon's operator defined no probe")),
    row(
        "a deployment that fails during the soak",
        "probes: [checkout]",
        waits(30.0),
        deploys("a", "failure", said="rolled back by the cluster"),
        end=failed("rolled back by the cluster"),
    ),
    row(
        "a deployment that a newer one replaced during the soak",
        "probes: [checkout]",
        waits(30.0),
        deploys("a", "inactive"),
        waits(SOAK + 60),
        end=live(),
    ),
    row(
        "all kinds of evidence",
        ALL,
        checks("a", "success"),
        runs("a", "success"),
        waits(2 * SOAK),
        end=live(),
    ),
    row(
        "all kinds of evidence but one",
        ALL,
        checks("a", "success"),
        waits(900.0),
        end=failed(NOT_SHOWN, "the workflow `canary.yml`"),
    ),
    row(
        "a policy that asks for no evidence any more",
        "checks: [smoke]",
        sets(f"{RULES}deploy: {{via: deployment}}\n"),
        waits(60.0),
        end=live(),
    ),
    row(
        "a policy that cannot be read any more",
        "checks: [smoke]",
        checks("a", "success"),
        sets("rules: ["),
        waits(HOUR),
        end=End(
            {"a": "failed"}, "closed", words=("it no longer says how to deploy, or cannot be read", "a person must act")
        ),
    ),
    Row(
        "an address that answers only after a while",
        verified_by("probes: [checkout]"),
        (
            ships("a"),
            production(status=503),
            deploys("a", "success"),
            waits(120.0),
            production(status=200),
            waits(2 * SOAK),
        ),
        live(),
    ),
    Row(
        "a deployment that nothing reports, with an event",
        verified_by("deployment: false, probes: [checkout]", via="repository_dispatch"),
        (ships("a"), waits(SOAK + 60)),
        live(),
    ),
    Row(
        "a deployment that nothing reports, with a workflow of the same run",
        verified_by("deployment: false, workflow: deploy.yml", via="workflow_dispatch"),
        (ships("a"), runs("a", "success", file="deploy.yml"), waits(2 * SOAK)),
        live(),
    ),
    Row(
        "a deployment by a workflow, and a check",
        verified_by("checks: [smoke]", via="workflow_dispatch"),
        (ships("a"), deploys("a", "success"), checks("a", "success"), waits(SOAK + 60)),
        live(),
    ),
    Row(
        "a later one that is live while the first is still looked at",
        verified_by("checks: [smoke]"),
        (
            ships("a", "b"),
            deploys("a", "success"),
            deploys("b", "success"),
            checks("b", "success"),
            waits(SOAK + 60),
            checks("a", "success"),
            waits(SOAK + 60),
        ),
        End({"a": "live", "b": "live"}, starts=2),
    ),
    Row(
        "two that fail at once in production",
        verified_by("checks: [smoke]"),
        (
            ships("a", "b"),
            deploys("a", "success"),
            deploys("b", "success"),
            checks("b", "failure"),
            checks("a", "failure"),
        ),
        End({"a": "failed", "b": "failed"}, "closed", 2, issues=1),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_release_ends_as_production_has_it(row: Row) -> None:
    assert told(row) == row.end
