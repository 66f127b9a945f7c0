import pytest

from bot.release.telling import TOLD, event_type
from rules.engine.policy import PolicyError, read_policy
from rules.engine.sections import TOLD_EVENTS, Deploy, Verify


def deploy(text: str) -> Deploy | None:
    return read_policy(f"deploy: {text}\n", "policy").deploy


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as raised:
        read_policy(f"deploy: {{verify: {text}}}\n", "policy")
    return raised.value.lines()


def test_without_a_section_nothing_is_verified() -> None:
    found = deploy("{via: deployment}")

    assert found is not None
    assert found.verify is None


def test_evidence_is_read_with_its_durations_in_seconds() -> None:
    found = deploy("{verify: {checks: [smoke], workflow: canary.yml, probes: [checkout], queries: [error-rate]}}")

    assert found is not None
    assert found.verify == Verify(
        checks=("smoke",), workflow="canary.yml", probes=("checkout",), queries=("error-rate",)
    )
    assert found.verify is not None
    assert (found.verify.within, found.verify.soak) == (900, 600)


@pytest.mark.parametrize("evidence", ["checks: [a]", "workflow: a.yml", "probes: [a]", "queries: [a]"])
def test_any_other_evidence_is_enough_where_no_deployment_is_waited_for(evidence: str) -> None:
    found = deploy(f"{{verify: {{deployment: false, {evidence}}}}}")

    assert found is not None
    assert found.verify is not None
    assert found.verify.deployment is False


def test_no_evidence_at_all_is_an_error() -> None:
    (line,) = problems("{deployment: false}")

    assert line == (
        "policy:1:18: deploy.verify: should name some evidence besides, for nothing is left without the deployment: "
        "checks, workflow, probes or queries, got a mapping."
    )


@pytest.mark.parametrize("name", ["https://shop.example.com", "169.254.169.254/latest", "a b", "-a", "''", "[a]", "7"])
def test_a_probe_is_a_name_and_never_an_address(name: str) -> None:
    (line,) = problems(f"{{probes: [{name}]}}")

    assert "deploy.verify.probes[0]: should be a name that andon's operator gave" in line


def test_a_word_that_is_unknown_is_named_with_the_one_that_was_meant() -> None:
    (line,) = problems("{query: [a]}")

    assert line == 'policy:1:19: deploy.verify.query: no such option. Did you mean "queries"?'


def test_more_than_twenty_names_are_refused() -> None:
    (line,) = problems(f"{{queries: [{', '.join('abcdefghijklmnopqrstu')}]}}")

    assert "deploy.verify.queries: should be no longer than 20" in line


def test_an_event_by_which_it_is_told_how_a_release_stands_starts_no_deployment() -> None:
    with pytest.raises(PolicyError) as raised:
        deploy("{via: repository_dispatch, event-type: andon-live, tell: true}")

    (line,) = raised.value.lines()
    assert line == (
        "policy:1:9: deploy: should have an event-type other than andon-live, by which `tell: true` says how a release "
        "stands: whoever deploys at that event would deploy again; such as andon-deploy, got a mapping."
    )


@pytest.mark.parametrize(
    "harmless",
    [
        "{via: repository_dispatch, event-type: andon-live}",
        "{via: repository_dispatch, tell: true}",
        "{via: deployment, event-type: andon-live, tell: true}",
    ],
)
def test_such_an_event_may_be_named_where_nothing_is_told_or_sent_by_it(harmless: str) -> None:
    assert deploy(harmless) is not None


def test_all_events_by_which_it_is_told_are_known_to_the_policy() -> None:
    assert {event_type(state) for state in TOLD} == TOLD_EVENTS
