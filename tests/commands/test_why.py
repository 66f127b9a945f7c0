"""`andon why`: what it prints, how it exits, and what it never does with a token."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.evaluation.why import told
from tests.evaluation.test_why import CI, FOUND, HELD, record

Serves = Callable[..., AbstractContextManager[str]]
SPENT = {"reading": 120, "judging": 8, "writing": 40}
MEASURED = {"actions": [], "milliseconds": SPENT, "snapshot": "f" * 64, "base": "b" * 40, "base_branch": "main"}
TIMES = {"id": 1, "at": 1_795_341_733.0, "last_at": 1_795_341_793.0, "looks": 3}


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, answers: Mapping[str, tuple[int, Any]], heard: list[str | None], *given: Any) -> None:
        self._answers, self._heard = answers, heard
        super().__init__(*given)

    def do_GET(self) -> None:
        self._heard.append(self.headers.get("Authorization"))
        status, answer = self._answers.get(self.path, (404, {"error": f"{self.path} is not there."}))
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@contextmanager
def serving(heard: list[str | None], **answers: tuple[int, Any]) -> Iterator[str]:
    """Answer the parts of one pull request as the API does."""
    paths = {f"/api/repos/octo/shop/pulls/12/{part}": answer for part, answer in answers.items()}
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, paths, heard)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def answer_of(of: Mapping[str, Any]) -> dict[str, Any]:
    return {**MEASURED, **told(of), "evaluation": {**TIMES, "last": None}}


def why(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(
        main, ["why", "octo/shop#12", *arguments], env={"ANDON_URL": None, "API_TOKEN": None, **(env or {})}
    )


def test_the_text_tells_the_next_step_then_rules_readiness_line_actions_and_times() -> None:
    refused = {"action": "merge-pull-request", "what": "merge it", "result": "refused", "said": "Not yet"}
    line = {
        "place": 2,
        "lane": "normal",
        "since": 1_795_341_733.0,
        "may_merge": False,
        "waits_for": ["behind #9"],
        "passes": [],
    }
    wait = {**CI, "since": 1_795_341_733.0, "usually": 360.0, "late": False}
    of = {
        **HELD,
        "waiting_for": [wait],
        "line": line,
        "actions": [refused],
        "policy": "main@1",
        "kind": "change",
        "version": "0.1.0",
    }

    with serving([], why=(200, answer_of(of) | {"actions": [refused]})) as url:
        result = why("--server", url)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "octo/shop#12 at aaaaaaaaaaaa: held",
        "Next: the author: Split it",
        "      or a maintainer writes `/andon override small-diff <reason>`",
        "By the policy main@1 it is held; kind: change.",
        "Rules",
        "  ✋ small-diff  hold  31 effective lines, limit 20",
        "      app.py:1–31: 11 over the limit of 20",
        "        → Split it",
        "Readiness",
        "  nobody: `ci` is running, since 2026-11-22 10:02:13 UTC (usually 6 min)",
        "The line",
        "  place 2, since 2026-11-22 10:02:13 UTC",
        "  behind #9",
        "Actions",
        "  merge it: refused: “Not yet”",
        "Evaluated 2026-11-22 10:02:13 UTC, and 2 more times with the same result, last 2026-11-22 10:03:13 UTC.",
        "It rested on snapshot ffffffffffff, with main at bbbbbbbbbbbb.",
        "Reading took 120 ms, judging 8 ms, writing 40 ms; andon 0.1.0.",
    ]


def test_json_is_what_the_service_said() -> None:
    with serving([], why=(200, answer_of(HELD))) as url:
        result = why("--server", url, "--format", "json")

    assert json.loads(result.stdout) == answer_of(HELD)


@pytest.mark.parametrize(
    ("of", "code"),
    [(record(), 0), (record(state="merged"), 0), (HELD, 1), (record(merges=False, waiting_for=[CI]), 3)],
    ids=["merges", "merged", "held", "only waits"],
)
def test_ci_hears_by_the_exit_code_where_it_asks_for_that(of: dict[str, Any], code: int) -> None:
    with serving([], why=(200, answer_of(of))) as url:
        asked, silent = why("--server", url, "--exit-code"), why("--server", url)

    assert (asked.exit_code, silent.exit_code) == (code, 0)


def test_the_history_has_one_line_for_each_evaluation_below_its_day() -> None:
    first = {**TIMES, "standing": "held", "changed": ["first evaluation"], "exit_code": 1}
    later = {
        **TIMES,
        "at": TIMES["at"] + 86_400,
        "looks": 1,
        "standing": "merges",
        "changed": ["a", "b"],
        "exit_code": 0,
    }

    with serving([], **{"decisions?limit=20": (200, {"decisions": [later, first], "before": None})}) as url:
        result = why("--server", url, "--history", "--exit-code")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "octo/shop#12: 2 evaluations, times in UTC",
        "2026-11-22",
        "  10:02 UTC first evaluation → held (found 3 times until 10:03 UTC)",
        "2026-11-23",
        "  10:02 UTC a; b → merges",
    ]


def test_the_history_reads_page_after_page() -> None:
    one = {**TIMES, "looks": 1, "standing": "held", "changed": ["first evaluation"], "exit_code": 1}
    pages = {
        "decisions?limit=100": (200, {"decisions": [{**one, "changed": ["second"]}], "before": 7}),
        "decisions?limit=100&before=7": (200, {"decisions": [one], "before": None}),
    }

    with serving([], **pages) as url:
        result = why("--server", url, "--history", "all")

    assert [line.split(" UTC ")[1] for line in result.stdout.splitlines()[2:]] == [
        "first evaluation → held",
        "second → held",
    ]


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [
        (("octo/shop#12", "--history"), 20),
        (("--history", "octo/shop#12"), 20),
        (("--history", "2", "octo/shop#12"), 2),
        (("octo/shop#12", "--history=101"), 100),
    ],
)
def test_the_history_is_as_long_as_it_is_asked_for_and_says_where_there_is_more(
    arguments: tuple[str, ...], limit: int
) -> None:
    one = {**TIMES, "looks": 1, "standing": "held", "changed": ["first evaluation"], "exit_code": 1}
    page = {"decisions": [one] * limit, "before": 7}
    rest = {"decisions": [one], "before": 6}

    with serving([], **{f"decisions?limit={limit}": (200, page), "decisions?limit=1&before=7": (200, rest)}) as url:
        result = CliRunner().invoke(main, ["why", "--server", url, *arguments], env={"API_TOKEN": None})

    count = 101 if limit == 100 else limit
    assert result.stdout.splitlines()[0] == (
        f"octo/shop#12: the last {count} evaluations, `--history all` lists the others too, times in UTC"
    )


@pytest.mark.parametrize("arguments", [("octo/shop#12", "--history", "0"), ("octo/shop#12", "--history", "x"), ()])
def test_what_is_asked_for_wrongly_is_said_with_the_cure(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["why", *arguments])

    assert result.exit_code == 2
    assert "write one from 1 on, or all" in result.stderr or "write owner/repo#12" in result.stderr


def test_the_token_is_sent_as_the_api_wants_it_and_the_address_may_come_from_the_environment() -> None:
    heard: list[str | None] = []

    with serving(heard, why=(200, answer_of(HELD))) as url:
        result = why(env={"ANDON_URL": f"{url}/", "API_TOKEN": "secret"})

    assert (result.exit_code, heard) == (0, ["Bearer secret"])


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (401, {"error": "Send the token."}, "andon: Send the token. Set API_TOKEN to it."),
        (404, {"error": "Nothing is recorded."}, "andon: Nothing is recorded."),
        (500, {"error": "andon failed, not you."}, "andon: andon failed, not you."),
        (302, {}, "andon: the service answered 302"),
        (200, [], "andon: the service answered 200"),
        (404, {"error": "a\x1b[31m\nforged"}, "andon: a�[31m�forged"),
    ],
)
def test_what_the_service_refuses_is_an_error_in_its_words(status: int, answer: Any, said: str) -> None:
    heard: list[str | None] = []

    with serving(heard, why=(status, answer)) as url:
        result = why("--server", url, "--exit-code")

    assert (result.exit_code, result.stderr.rstrip("\n")) == (2, said)
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--server", "http://127.0.0.1:1"),
            "start `andon serve` there, or name where it runs by --server or ANDON_URL",
        ),
        (("--server", "ftp://andon"), "is no address of a service: write https://andon.example.com"),
        (("--server", "http://andon.example.com"), "would send API_TOKEN for all to read: write https://"),
        (("--at", "soon"), "--at: 'soon' is no moment: write a time such as 2026-11-22T10:00Z"),
    ],
)
def test_what_cannot_be_asked_is_an_error_with_the_cure(arguments: tuple[str, ...], said: str) -> None:
    result = why(*arguments, env={"API_TOKEN": "secret"})

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(
    "place", ["octo/shop", "octo/shop#0", "octo/shop#x", "../shop#1", "octo/..#1", "octo/sh?op#1", "a/b/c#1"]
)
def test_what_is_no_pull_request_is_an_error_with_the_cure(place: str) -> None:
    result = CliRunner().invoke(main, ["why", place])

    assert result.exit_code == 2
    assert "write owner/repo#12" in result.stderr


def test_text_from_outside_cannot_move_the_cursor() -> None:
    hostile = {**FOUND, "sentence": "a\x1b[2Jb\nforged", "fixes": ["c\x07d"]}

    with serving([], why=(200, answer_of({**HELD, "rules": [hostile]}))) as url:
        result = why("--server", url)

    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    assert "  ✋ small-diff  hold  a�[2Jb�forged" in result.stdout.splitlines()
