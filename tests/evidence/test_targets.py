from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.evidence.targets import TargetsError, read_targets
from rules.engine.policy import read_policy
from tests.production import targets_text

PROBE = "probes: {checkout: {url: URL, repositories: [octo/shop]}}\n"
QUERY = "queries: {errors: {url: 'https://prometheus.example.com', repositories: [octo/shop], query: QUERY, BOUND}}\n"


def problem(text: str, **env: str) -> str:
    with pytest.raises(TargetsError) as raised:
        read_targets(text, env)
    (line,) = raised.value.lines
    return line


def query(**changed: str) -> str:
    text = QUERY.replace("QUERY", changed.get("query", "up"))
    return text.replace("BOUND", changed.get("bound", "below: 1"))


def test_a_target_is_found_by_its_name_and_for_its_repositories_alone() -> None:
    targets = read_targets(targets_text(8080), {})

    assert targets.probe("checkout", "Octo/Shop") is not None
    assert targets.probe("checkout", "octo/other") is not None
    assert targets.probe("checkout", "mallory/shop") is None
    assert targets.probe("payments", "octo/shop") is None
    assert targets.query("error-rate", "octo/shop") is not None
    assert targets.query("error-rate", "octo/other") is None


def test_the_examples_of_the_manual_are_read() -> None:
    manual = (Path(__file__).parents[2] / "docs/operate.md").read_text(encoding="utf-8")
    targets, policy = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)

    found = read_targets(targets, {"SHOP_HEALTH_TOKEN": "canary-token"})
    deploy = read_policy(policy, "andon.yml").deploy

    assert found.probe("checkout", "octo/shop-eu") is not None
    assert found.queries["error-rate"].threshold == "below 0.01"
    assert deploy is not None
    assert deploy.verify is not None
    assert (deploy.verify.probes, deploy.verify.queries) == (tuple(found.probes), tuple(found.queries))


def test_no_targets_are_none() -> None:
    targets = read_targets("", {})

    assert (dict(targets.probes), dict(targets.queries)) == ({}, {})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://shop.example.com/", "should begin with https:// (`allow-http: true` lets this target go without)."),
        ("ftp://shop.example.com/", "should be an address such as https://shop.example.com/healthz."),
        ("https:///healthz", "should be an address such as https://shop.example.com/healthz."),
        ("file:///etc/passwd", "should be an address such as https://shop.example.com/healthz."),
        ("https://shop.example.com:0/", "should be an address such as https://shop.example.com/healthz."),
        ("https://shop.example.com:x/", "is no address: its host or its port cannot be read."),
        ("'https://[::1/'", "is no address: its host or its port cannot be read."),
        ("'https://shop.example.com/#a'", "should hold nothing but printable ASCII without spaces, and no `#`."),
        ("https://shöp.example.com/", "should hold nothing but printable ASCII without spaces, and no `#`."),
    ],
)
def test_an_address_is_read_strictly(url: str, said: str) -> None:
    line = problem(PROBE.replace("URL", url))

    assert line == f"1:26: probes.checkout.url: {said}"


@pytest.mark.parametrize("url", ["https://octo:hunter22@shop.example.com/", "https://hunter22@shop.example.com/"])
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    line = problem(PROBE.replace("URL", url))

    assert "name the variable that holds a token with `bearer-from`" in line
    assert "hunter22" not in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("probe: {}", '1:1: probe: no such option. Did you mean "probes"?'),
        ("probes: {a b: {}}", "should be a name"),
        (
            PROBE.replace("repositories: [octo/shop]", "repositories: [shop]").replace("URL", "https://a.example"),
            "OWNER/",
        ),
        (PROBE.replace("[octo/shop]", "[octo/shop/x]").replace("URL", "https://a.example"), "OWNER/REPOSITORY"),
        (PROBE.replace("[octo/shop]", "[]").replace("URL", "https://a.example"), "repositories"),
        (PROBE.replace("[octo/shop]", "[octo/shop], status: 99").replace("URL", "https://a.example"), "at least 100"),
        (PROBE.replace("[octo/shop]", "[octo/shop], timeout: 11s").replace("URL", "https://a.example"), "at most 10"),
        (PROBE.replace("[octo/shop]", "[octo/shop], bearer-from: a-b").replace("URL", "https://a.example"), "variable"),
        (query(query="'rate(errors{env=\"{env}\"}[5m])'"), "holds {env}: the one placeholder is {environment}."),
        (query(bound="below: 1, above: 2"), "exactly one of below, at-most, at-least and above."),
        (query(bound="status: 200"), "no such option"),
        (query(bound="below: .nan"), "should be a number"),
        ("probes: [", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(TargetsError) as raised:
        read_targets(text, {})

    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("bound", "well", "ill", "threshold"),
    [
        ("below: 0.01", 0.009, 0.01, "below 0.01"),
        ("at-most: 3", 3, 3.1, "at most 3"),
        ("at-least: 0.99", 0.99, 0.98, "at least 0.99"),
        ("above: 1", 1.5, 1, "above 1"),
    ],
)
def test_a_bound_is_kept_exactly(bound: str, well: float, ill: float, threshold: str) -> None:
    found = read_targets(query(bound=bound), {}).queries["errors"]

    assert (found.is_well(well), found.is_well(ill)) == (True, False)
    assert found.threshold == threshold


def test_a_token_comes_from_the_environment_and_shows_nowhere() -> None:
    text = targets_text(8080, bearer_from="SHOP_TOKEN")

    targets = read_targets(text, {"SHOP_TOKEN": " canary-token "})

    assert targets.token_of(targets.probes["checkout"]) == "canary-token"
    assert targets.token_of(targets.queries["error-rate"]) is None
    assert "canary-token" not in repr(targets)


@pytest.mark.parametrize("env", [{}, {"SHOP_TOKEN": " "}])
def test_a_token_that_is_not_set_stops_the_start(env: dict[str, Any]) -> None:
    line = problem(targets_text(8080, bearer_from="SHOP_TOKEN"), **env)

    assert line == "1:1: the environment variable SHOP_TOKEN is not set: it should hold the token that is sent."
