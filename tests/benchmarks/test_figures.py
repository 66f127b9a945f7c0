"""How a figure is held against its floor and its target, and kept."""

from __future__ import annotations

import hashlib
import hmac
import importlib
import inspect
import json
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import ALL
from benchmarks.figures import Figure, append, at_least, at_most, kept, line
from benchmarks.loader import Load, _requests

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("figure", "is_met", "words"),
    [
        (Figure("acks", 300, "/s", at_least(0.3), 1000), True, ["300 /s", "1,000", "0.30", "≥ 0.3", "met"]),
        (Figure("acks", 299, "/s", at_least(0.3), 1000), False, ["299 /s", "NOT MET"]),
        (Figure("verdict", 165, "ms", at_most(1.1), 150), True, ["1.10", "≤ 1.1", "met"]),
        (Figure("calls", 9, "", at_most(8)), False, ["9", "≤ 8", "NOT MET"]),
        (Figure("idle", 99, "MiB", at_most(100), 40, of_ratio=False), True, ["99 MiB", "2.48", "≤ 100", "met"]),
        (Figure("a floor", 5.0, "ms"), None, ["5 ms"]),
    ],
)
def test_a_target_is_one_of_the_ratio_where_there_is_a_floor_and_else_of_the_value(
    figure: Figure, is_met: bool | None, words: list[str]
) -> None:
    written = line(figure)

    assert figure.is_met is is_met
    assert [word for word in words if word not in written] == []


def test_each_run_is_one_line_of_the_history_with_every_figure(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    figures = [Figure("acks", 300, "/s", at_least(0.3), 1000), Figure("a floor", 5.0, "ms")]

    for quick in (True, False):
        append(kept(figures, quick=quick), history)

    runs = [json.loads(run) for run in history.read_text(encoding="utf-8").splitlines()]
    assert [run["quick"] for run in runs] == [True, False]
    assert [(one["what"], one["value"], one["floor"], one["met"]) for one in runs[1]["figures"]] == [
        ("acks", 300, 1000, True),
        ("a floor", 5.0, None, None),
    ]
    assert {"date", "commit", "cores", "python"} < set(runs[1])


def test_every_benchmark_has_a_measure_that_takes_a_run() -> None:
    modules = [importlib.import_module(f"benchmarks.{name}") for name in ALL]

    assert [list(inspect.signature(module.measure).parameters) for module in modules] == [["run"]] * len(ALL)


def test_what_is_sent_is_signed_and_a_delivery_of_its_own_each_time() -> None:
    load = Load("http://127.0.0.1:80/webhook", "secret", "star", ["one", "two"], 1.0)

    sent = list(islice(_requests(load), 4))

    heads = [request.partition(b"\r\n\r\n")[0].decode().splitlines() for request in sent]
    assert [request.rpartition(b"\r\n\r\n")[2] for request in sent] == [b"one", b"two", b"one", b"two"]
    signature = hmac.new(b"secret", b"one", hashlib.sha256).hexdigest()
    assert f"X-Hub-Signature-256: sha256={signature}" in heads[0]
    assert len({head[-1] for head in heads}) == 4
