"""Each row of the fault suite in its small form: what must hold holds; how fast it is, `make chaos` tells.

Rows whose promise other tests of every change hold by other means are played by `make chaos` alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import sqlite_in
from tests.faults import (
    bad_days,
    flaps,
    forgotten,
    full_disk,
    hostile,
    ingest,
    kill,
    many_open,
    paused,
    skew,
    soak,
    strangers,
    taken_over,
    told_to_stop,
    unheard,
)
from tests.faults.beside import Job, play, seconds_left
from tests.faults.figures import Figure, Place

PACES = ("a second", "p99", "slowest")
"""Words in what tells how fast something is."""


def missed(figures: list[Figure]) -> list[Figure]:
    """List what is not as it should be, but for how fast it is: other tests run beside this one."""
    return [figure for figure in figures if not figure.met and not any(pace in figure.what for pace in PACES)]


async def test_what_is_acknowledged_under_load_is_committed(url: str, tmp_path: Path) -> None:
    figures = await ingest.measured(ingest.SMALL, Place(tmp_path, url))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_kill_minus_nine_under_load_loses_nothing_and_doubles_nothing(url: str, tmp_path: Path) -> None:
    figures = await kill.measured(kill.SMALL, Place(tmp_path, url))

    assert missed(figures) == []


async def test_strangers_keep_nobody_waiting_and_take_little_memory(tmp_path: Path) -> None:
    figures = await strangers.measured(strangers.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


async def test_while_the_disk_is_full_nothing_is_acknowledged_and_it_goes_on_afterwards(
    url: str, tmp_path: Path
) -> None:
    figures = await full_disk.measured(full_disk.SMALL, Place(tmp_path, url))

    assert missed(figures) == []


async def test_what_is_forgotten_is_taken_up_again_from_github(tmp_path: Path) -> None:
    figures = await forgotten.measured(forgotten.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


async def test_told_to_stop_in_the_midst_of_work_it_gives_its_leases_back(tmp_path: Path) -> None:
    figures = await told_to_stop.measured(told_to_stop.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_with_a_clock_that_is_ten_minutes_wrong_it_works_and_says_so(tmp_path: Path) -> None:
    figures = await skew.measured(skew.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


async def test_hostile_changes_are_never_small_by_error(tmp_path: Path) -> None:
    figures = await hostile.measured(hostile.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_production_that_flaps_has_one_incident_and_at_most_one_revert(tmp_path: Path) -> None:
    figures = await flaps.measured(flaps.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_a_long_time_fills_neither_memory_nor_database(tmp_path: Path) -> None:
    figures = await soak.measured(soak.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


async def test_an_instance_that_stood_still_until_its_lease_ran_out_does_nothing_twice(
    postgresql_url: str, tmp_path: Path
) -> None:
    figures = await paused.measured(paused.SMALL, Place(tmp_path, postgresql_url))

    assert missed(figures) == []


async def test_what_a_killed_process_held_is_taken_over_by_another_within_its_lease(
    postgresql_url: str, tmp_path: Path
) -> None:
    figures = await taken_over.measured(taken_over.SMALL, Place(tmp_path, postgresql_url))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_days_on_which_calls_fail_show_no_wrong_green(tmp_path: Path) -> None:
    figures = await bad_days.measured(bad_days.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_where_no_delivery_arrives_the_sweep_finds_each_change(tmp_path: Path) -> None:
    figures = await unheard.measured(unheard.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


@pytest.mark.chaos
async def test_a_push_to_the_base_of_many_pull_requests_meets_no_limit(tmp_path: Path) -> None:
    figures = await many_open.measured(many_open.SMALL, Place(tmp_path, sqlite_in(tmp_path)))

    assert missed(figures) == []


ALONE = Job("pace", "sqlite", 10, alone=True)
FIRST, SECOND = Job("first", "sqlite", 4, alone=False), Job("second", "sqlite", 2, alone=False)


def test_what_is_left_counts_each_that_is_alone_and_the_others_beside_each_other() -> None:
    left = [seconds_left(jobs, 2) for jobs in ([ALONE, FIRST, SECOND], [FIRST, SECOND], [ALONE], [])]

    assert left == [14, 4, 10, 0]


TELLS = """
import sys
with open(sys.argv[1], "a") as told: told.write(f"{sys.argv[3]} begins\\n")
print("a headline\\n" + sys.argv[3])
with open(sys.argv[1], "a") as told: told.write(f"{sys.argv[3]} ends\\n")
sys.exit(sys.argv[3] == "second")
"""


async def test_rows_that_are_alone_run_first_and_one_that_misses_its_target_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    came = await play([FIRST, SECOND, ALONE], 2, ("-c", TELLS, str(tmp_path / "told")))

    begun = (tmp_path / "told").read_text().split("\n")
    assert came == 1
    assert begun[:2] == ["pace begins", "pace ends"]
    assert {"first ends", "second ends"} <= set(begun[2:])
    assert "2 left; 0 min so far, about 0 to go" in capfd.readouterr().out
