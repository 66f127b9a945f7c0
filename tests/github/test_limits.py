import pytest

from bot.github.errors import Later
from bot.github.limits import WRITES_AT_ONCE, WRITES_PER_SECOND, Answer, Lane, limited_until

NOW = 1_000.0
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1600"}


@pytest.mark.parametrize(
    ("answer", "until"),
    [
        pytest.param(Answer(403, SPENT, "API rate limit exceeded"), 1600, id="primary limit as 403"),
        pytest.param(Answer(429, SPENT, ""), 1600, id="primary limit as 429"),
        pytest.param(Answer(403, {"retry-after": "30"}, "secondary rate limit"), 1030, id="secondary with Retry-After"),
        pytest.param(Answer(429, {"retry-after": "30"}, ""), 1030, id="secondary as 429 with Retry-After"),
        pytest.param(Answer(403, {}, "You have exceeded a secondary rate limit"), 1060, id="secondary without a time"),
        pytest.param(Answer(429, {}, ""), 1060, id="a bare 429"),
        pytest.param(Answer(403, {}, "You have triggered an abuse detection mechanism"), 1060, id="its older words"),
        pytest.param(Answer(200, SPENT, "RATE_LIMITED API rate limit exceeded"), 1600, id="GraphQL primary as 200"),
        pytest.param(Answer(200, {}, "You have exceeded a secondary rate limit"), 1060, id="GraphQL secondary as 200"),
        pytest.param(Answer(429, {"retry-after": "soon"}, ""), 1060, id="a Retry-After that is no number"),
        pytest.param(
            Answer(403, {**SPENT, "x-ratelimit-reset": "10"}, "rate limit"), 1000, id="a reset in the past is now"
        ),
    ],
)
def test_every_form_of_a_rate_limit_is_known_with_its_end(answer: Answer, until: float) -> None:
    assert limited_until(answer, NOW) == until


@pytest.mark.parametrize(
    "answer",
    [
        Answer(403, {"x-ratelimit-remaining": "4999"}, "Resource not accessible by integration"),
        Answer(404, SPENT, "Not Found"),
        Answer(200, {"x-ratelimit-remaining": "0"}, ""),
        Answer(200, {}, "FORBIDDEN Resource not accessible by integration"),
        Answer(502, {}, "Server Error"),
    ],
)
def test_another_refusal_is_no_rate_limit(answer: Answer) -> None:
    assert limited_until(answer, NOW) is None


async def test_a_closed_lane_lets_nothing_pass_and_says_until_when() -> None:
    lane = Lane(lambda: NOW)
    lane.close_until(NOW + 600)

    with pytest.raises(Later) as refused:
        await lane.enter()

    assert refused.value.retry_at == NOW + 600


async def test_a_lane_opens_again_by_itself() -> None:
    moments = [NOW]
    lane = Lane(lambda: moments[0])
    lane.close_until(NOW + 600)
    moments[0] = NOW + 601

    await lane.enter()

    assert lane.closed_until < moments[0]


def test_writes_beyond_the_burst_are_paced_below_githubs_points_per_minute() -> None:
    lane = Lane(lambda: NOW)

    pauses = [lane._take() for _ in range(int(WRITES_AT_ONCE) + 150)]  # noqa: SLF001 - pauses are all it decides

    assert pauses[: int(WRITES_AT_ONCE)] == [0.0] * int(WRITES_AT_ONCE)
    assert pauses[-1] == pytest.approx(150 / WRITES_PER_SECOND)
    assert (WRITES_AT_ONCE + 60 * WRITES_PER_SECOND) * (5 + 1) <= 900
