import pytest

from bot.github.limits import Answer, is_of_the_hour, limited_until

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


@pytest.mark.parametrize(
    ("headers", "ends"),
    [
        pytest.param({**SPENT, "x-ratelimit-resource": "graphql"}, True, id="the hour of one resource"),
        pytest.param({**SPENT, "x-ratelimit-resource": "core", "retry-after": "9"}, False, id="a time of its own"),
        pytest.param(SPENT, False, id="of which resource is not said"),
        pytest.param({"x-ratelimit-resource": "core", "x-ratelimit-remaining": "4000"}, False, id="secondary"),
    ],
)
def test_the_end_of_an_hour_is_told_from_what_limits_everything(headers: dict[str, str], *, ends: bool) -> None:
    assert is_of_the_hour(headers) is ends
