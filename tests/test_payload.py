"""Of a delivery only what is asked for is kept, and how it is read changes nothing of what is understood."""

from __future__ import annotations

import json

import pytest

from bot.payload import fields_of


def test_what_nobody_asks_for_is_left_out() -> None:
    body = {"action": "opened", "padding": "x", "pull_request": {"number": 3, "title": "T", "head": {"sha": "a"}}}

    assert fields_of(json.dumps(body)) == {"action": "opened", "pull_request": {"number": 3, "head": {"sha": "a"}}}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"pull_request": 3, "action": "opened"}, id="a number for an object"),
        pytest.param({"repositories": {"name": "shop"}}, id="an object for a list"),
        pytest.param({"installation": "\ud800"}, id="half a surrogate pair"),
        pytest.param({"padding": float("inf")}, id="no number of JSON"),
        pytest.param([1, 2], id="a list"),
        pytest.param(None, id="null"),
    ],
)
def test_what_has_another_form_is_read_as_a_whole(body: object) -> None:
    assert fields_of(json.dumps(body)) == body


@pytest.mark.parametrize("body", ["", '{"action": ', '{"a": 1} 2', '{"a": 01}', '{"a": "\x01"}', "{'a': 1}"])
def test_what_is_not_json_is_said_to_be_not(body: str) -> None:
    with pytest.raises(ValueError, match=r"Expecting|Extra|Invalid|delimiter"):
        fields_of(body)
