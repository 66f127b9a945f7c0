"""The metrics, the page that explains them and the alerts on them belong together."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Budget, Look, Metrics
from bot.store.observed import Standing
from bot.web.status import kept_families
from tools.prometheus import prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ALERTS = ROOT / "examples" / "alerts.yml"
PAGE = ROOT / "docs" / "operate.md"
NAME = re.compile(r"\bandon_[a-z_]+")
BINARY = prometheus()


def all_metrics() -> str:
    """Write every metric there is."""
    metrics = Metrics()
    metrics.clock_skew = 0.5
    metrics.budgets[7, "core"] = Budget(4999, 5000, 3600.0)
    metrics.delivered("pull_request", "new", 0.01)
    metrics.looked(Look("pull", "octo/shop", "finished", 0.5, 1.0))
    metrics.wrote("merge-pull-request", "done", "octo/shop")
    metrics.called("read", "200", 0.1)
    metrics.closed(["freeze"], ["freeze"])
    return metrics.exposition(kept_families(Standing(1, 5.0, 0, 6.0, 7.0), 10.0, {"live": 1}, 9.0)).decode()


def samples() -> dict[str, set[str]]:
    """Give the names of every sample with the names of its labels."""
    families = text_string_to_metric_families(all_metrics())
    return {one.name: set(one.labels) for family in families for one in family.samples}


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        yield from group["rules"]


def test_every_metric_is_explained_and_none_that_is_not_there() -> None:
    families = {line.split()[2] for line in all_metrics().splitlines() if line.startswith("# TYPE")}
    there = {name for name in families if not name.endswith("_created")}

    explained = {found.group(1) for found in re.finditer(r"^\| `(andon_\w+)", PAGE.read_text(), re.MULTILINE)}

    assert explained == there


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_there_is(rule: dict[str, Any]) -> None:
    known, expression = samples(), rule["expr"]

    asked = set(NAME.findall(expression))
    labels = set(re.findall(r"(\w+)=~?\"", expression))

    assert asked
    assert asked <= set(known)
    assert labels <= set.union(*(known[name] for name in asked))
    assert expression.count("(") == expression.count(")")


def test_every_alert_is_on_the_page_and_says_what_it_means() -> None:
    page = PAGE.read_text()

    assert {rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in page} == set()
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in rules())


@pytest.mark.skipif(BINARY is None, reason="there is no Prometheus here: `make real-prometheus` fetches one")
def test_a_real_prometheus_takes_the_alerts_and_the_metrics() -> None:
    assert BINARY is not None
    promtool = BINARY.with_name("promtool")

    checked = subprocess.run([promtool, "check", "rules", ALERTS], capture_output=True, text=True, check=False)
    read = subprocess.run(
        [promtool, "check", "metrics"], input=all_metrics(), capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert f"{len(list(rules()))} rules found" in checked.stdout
    assert (read.returncode, read.stderr) == (0, "")
