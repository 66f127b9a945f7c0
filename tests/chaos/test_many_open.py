"""A hundred and twenty open pull requests at once; `python -m benchmarks.many_open` plays a thousand."""

from collections.abc import Iterator
from math import ceil

import pytest

from tests.chaos.campaign import quietly
from tests.chaos.many_open import CHECKED, OVERVIEW, SNAPSHOT, play

COUNT = 120
PAGE = 50
LARGE = COUNT // 20


@pytest.fixture(autouse=True)
def _quietly() -> Iterator[None]:
    with quietly():
        yield


def test_a_push_to_the_base_is_one_read_for_fifty_and_no_write() -> None:
    acts = play(COUNT)

    _, first = next(acts)
    _, pushed = next(acts)
    acts.close()

    assert (first.calls[CHECKED], first.writes) == (COUNT, COUNT + LARGE)
    assert first.seconds < 120
    assert (pushed.calls[OVERVIEW], pushed.calls[SNAPSHOT], pushed.writes) == (ceil(COUNT / PAGE), 0, 0)
    assert pushed.seconds < 15
    assert (first.overstepped, pushed.overstepped, first.refused + pushed.refused) == ((), (), 0)
