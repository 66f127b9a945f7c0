from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.evidence.evidence import (
    LOOK_SECONDS,
    MOST_APART,
    RETRY_SECONDS,
    Evidence,
    Failed,
    Healthy,
    Kind,
    Production,
    State,
    Terms,
    TimedOut,
    Waiting,
    Watch,
    as_json,
    in_words,
    verdict,
    watch_of,
    watched,
)

NOON = 1_767_268_800.0
TERMS = Terms(within=900, soak=600)
P, F, U, W = State.PASSED, State.FAILED, State.UNKNOWN, State.PENDING


def seen(kind: Kind, state: State, at: float, **fields: Any) -> Evidence:
    names = {Kind.PROBE: "checkout", Kind.QUERY: "error-rate", Kind.CHECK: "smoke"}
    return Evidence(names.get(kind, kind.value), kind, state, at=at, **fields)


def watch(kind: Kind, *looks: tuple[float, State]) -> Watch:
    """Look at one piece of evidence at so many seconds after noon."""
    so_far = Watch()
    for seconds, state in looks:
        so_far = watched(so_far, [seen(kind, state, NOON + seconds)], NOON + seconds)
    return so_far


def judged(kind: Kind, *looks: tuple[float, State]) -> Production:
    return verdict(watch(kind, *looks), TERMS, NOON, NOON + looks[-1][0])


def soaking(*more: tuple[float, State]) -> tuple[tuple[float, State], ...]:
    """Pass for the first minute after noon, then go on as told."""
    return (*((float(seconds), P) for seconds in range(0, 61, 15)), *more)


PASSING = tuple((float(seconds), P) for seconds in range(0, 601, 15))


@pytest.mark.parametrize(
    ("kind", "looks", "expected"),
    [
        (Kind.QUERY, PASSING, Healthy()),
        (Kind.QUERY, PASSING[:-1], Waiting(NOON + 600)),
        (Kind.QUERY, [(0, P)], Waiting(NOON + LOOK_SECONDS)),
        (Kind.QUERY, [(0, W)], Waiting(NOON + LOOK_SECONDS)),
        (Kind.QUERY, [(0, U)], Waiting(NOON + LOOK_SECONDS)),
        (Kind.QUERY, [(0, F)], Waiting(NOON + LOOK_SECONDS)),
        (Kind.QUERY, [(890, U)], Waiting(NOON + 900)),
        (Kind.PROBE, [(0, F)], Waiting(NOON + RETRY_SECONDS)),
        (Kind.PROBE, [(0, F), (5, F), (10, F)], Waiting(NOON + 10 + LOOK_SECONDS)),
        (Kind.PROBE, soaking((75, F)), Waiting(NOON + 75 + RETRY_SECONDS)),
        (Kind.PROBE, soaking((75, F), (80, F), (85, P)), Waiting(NOON + 85 + LOOK_SECONDS)),
        (Kind.QUERY, soaking((75, U)), Waiting(NOON + 75 + LOOK_SECONDS)),
    ],
    ids=[
        "healthy once it passed for the whole soak",
        "not a look before",
        "passing once is not yet healthy",
        "pending is waited for",
        "unknown is waited for",
        "what never passed may still start",
        "no longer than the time that is left",
        "a probe is tried again soon",
        "a probe that never passed may still start",
        "one lost request during the soak is no failure",
        "nor are two",
        "unknown during the soak is no failure",
    ],
)
def test_what_counts(kind: Kind, looks: list[tuple[float, State]], expected: Production) -> None:
    assert judged(kind, *looks) == expected


@pytest.mark.parametrize("kind", [Kind.DEPLOYMENT, Kind.CHECK, Kind.WORKFLOW])
def test_what_somebody_called_failed_fails_at_once(kind: Kind) -> None:
    judgement = judged(kind, (0, F))

    assert isinstance(judgement, Failed)
    assert judgement.first.kind is kind


def test_a_query_out_of_bounds_during_the_soak_fails_by_one_look() -> None:
    judgement = judged(Kind.QUERY, *soaking((75, F)))

    assert isinstance(judgement, Failed)
    assert judgement.first.at == NOON + 75


def test_a_probe_fails_during_the_soak_by_three_looks_in_a_row() -> None:
    judgement = judged(Kind.PROBE, *soaking((75, F), (80, F), (85, F)))

    assert isinstance(judgement, Failed)
    assert (judgement.first.at, judgement.first.misses) == (NOON + 85, 3)


def test_a_look_that_passed_or_is_unknown_begins_the_count_anew() -> None:
    counted = watch(Kind.PROBE, *soaking((75, F), (80, F), (85, U), (90, F), (95, F)))

    assert [one.misses for one in counted.evidence] == [2]
    assert counted.first_failing is None


def test_what_still_fails_when_the_time_is_over_has_failed() -> None:
    before = judged(Kind.QUERY, (0, F), (899, F))
    after = judged(Kind.QUERY, (0, F), (899, F), (900, F))

    assert before == Waiting(NOON + 900)
    assert isinstance(after, Failed)
    assert after.first.at == NOON


@pytest.mark.parametrize("state", [U, W])
def test_what_never_came_is_missing_when_the_time_is_over(state: State) -> None:
    judgement = judged(Kind.QUERY, (900, state))

    assert isinstance(judgement, TimedOut)
    assert [one.name for one in judgement.missing] == ["error-rate"]


def test_no_evidence_at_all_is_not_health() -> None:
    looked = watched(Watch(), [], NOON)

    assert looked.healthy_since is None
    assert verdict(looked, TERMS, NOON, NOON + 900) == TimedOut(())


def test_one_piece_that_is_missing_keeps_the_others_from_counting() -> None:
    both = [seen(Kind.PROBE, P, NOON), seen(Kind.QUERY, U, NOON)]
    looked = watched(watched(Watch(), both, NOON), both, NOON + 15)

    assert (looked.healthy_since, looked.soaked) == (None, 0)


def test_time_in_which_something_is_unknown_is_no_time_of_health() -> None:
    looked = watch(Kind.QUERY, (0, P), (15, P), (30, U), (45, P), (60, P))

    assert (looked.healthy_since, looked.soaked) == (NOON, 30)


def test_what_nobody_watched_counts_for_a_minute_at_the_most() -> None:
    looked = watch(Kind.QUERY, (0, P), (7200, P))

    assert looked.soaked == MOST_APART


def test_what_is_unknown_now_is_not_live_however_long_it_was_well() -> None:
    looked = watch(Kind.QUERY, *PASSING, (615, U))

    assert verdict(looked, TERMS, NOON, NOON + 615) == Waiting(NOON + 615 + LOOK_SECONDS)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    looked = watch(Kind.QUERY, (0, P), (15, P), (10, P))

    assert looked.soaked == 15


def test_a_soak_that_stands_still_ends() -> None:
    looks = soaking(*((float(seconds), U) for seconds in range(75, 2401, 15)))

    assert judged(Kind.QUERY, *looks[:-1]) == Waiting(NOON + 2400)
    judgement = judged(Kind.QUERY, *looks)
    assert isinstance(judgement, TimedOut)
    assert [one.state for one in judgement.missing] == [U]


def test_the_first_failing_is_the_first_of_those_that_fail_now() -> None:
    looked = Watch()
    for seconds, probe, query in [(0, F, P), (5, F, P), (10, F, F), (15, P, F)]:
        both = [seen(Kind.PROBE, probe, NOON + seconds), seen(Kind.QUERY, query, NOON + seconds)]
        looked = watched(looked, both, NOON + seconds)

    assert looked.first_failing is not None
    assert (looked.first_failing.name, looked.first_failing.at) == ("error-rate", NOON + 15)


def test_a_check_that_failed_is_named_before_a_query_that_might_have_recovered() -> None:
    one = watched(Watch(), [seen(Kind.QUERY, F, NOON), seen(Kind.CHECK, W, NOON)], NOON)
    looked = watched(one, [seen(Kind.QUERY, F, NOON + 15), seen(Kind.CHECK, F, NOON + 15)], NOON + 15)

    judgement = verdict(looked, TERMS, NOON, NOON + 15)

    assert isinstance(judgement, Failed)
    assert judgement.first.name == "smoke"


def test_what_was_seen_is_kept_whole() -> None:
    looked = watch(Kind.PROBE, *soaking((75, F), (80, F), (85, F)))

    kept = json.loads(json.dumps(as_json(looked)))

    assert watch_of(kept) == looked
    assert watch_of(None) == Watch()


def evidence(kind: Kind, **fields: Any) -> Evidence:
    return replace(seen(kind, F, NOON), **fields)


@pytest.mark.parametrize(
    ("production", "words"),
    [
        (
            Failed(evidence(Kind.QUERY, value="0.034", threshold="below 0.01")),
            "the query `error-rate` gave 0.034, and should be below 0.01",
        ),
        (
            Failed(evidence(Kind.PROBE, said="no answer came in time")),
            "the probe `checkout` failed: no answer came in time",
        ),
        (
            Failed(evidence(Kind.DEPLOYMENT, value="error", threshold="success", said="disk full")),
            "the deployment gave error, and should be success: disk full",
        ),
        (
            TimedOut(
                (evidence(Kind.QUERY, said="no series answers the query"), replace(evidence(Kind.CHECK), state=W))
            ),
            (
                "production did not show within 15 minutes that it is well; missing: "
                "the query `error-rate` (no series answers the query), the check `smoke` (pending)"
            ),
        ),
        (TimedOut(()), "production was not seen to stay well for 10 minutes"),
    ],
)
def test_it_says_what_failed_with_its_value_and_its_threshold(production: Failed | TimedOut, words: str) -> None:
    assert in_words(production, TERMS) == words
