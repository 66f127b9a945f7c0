from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.text.escape import code, escaped
from bot.text.redaction import HIDDEN, TOKENS_KEPT, Redaction, hide_shapes
from tests.web.given import private_key

SECRET = "canary_webhook-secret:of*32(bytes)"  # every sign that Markdown would escape
TOKEN = "an opaque token of some Enterprise Server"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://h/x?token=canary123&a=1", f"GET https://h/x?token={HIDDEN}&a=1"),
        ("/blob?sv=2&sig=cAnAry%2B12%3D&se=3", f"/blob?sv=2&sig={HIDDEN}&se=3"),
        ("https://ghostcanary@github.com/a", f"https://{HIDDEN}@github.com/a"),
        ("Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==", f"Authorization: Basic {HIDDEN}"),
        ("{'Authorization': 'token canary0123'}", f"{{'Authorization': 'token {HIDDEN}'}}"),
        ("ghs_canary0123 and ghp_canary0123", f"{HIDDEN} and {HIDDEN}"),
    ],
)
def test_what_looks_like_a_secret_goes_and_the_words_around_it_stay(text: str, shown: str) -> None:
    once = hide_shapes(text)

    assert once == shown
    assert hide_shapes(once) == once


@pytest.mark.parametrize(
    "secret",
    [
        *(
            "GHP_CANARY0123",
            "GitHub_Pat_canary0123",
            "EyJcanary0123.canary.canary",
            "https://canary@host",
            "BEARER canary0123",
        ),
        *("Author\u0131zation: basic canary0123", "?acce\u017f\u017f_token=canary0123", "x;\u017fig=canary0123"),
        "-----begin rsa private \u212aey-----\ncanary",
    ],
)
def test_a_secret_is_seen_in_capitals_and_in_letters_that_count_as_the_same(secret: str) -> None:
    shown = hide_shapes(f"before {secret} after")

    assert "canary" not in shown.lower()
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "text",
    [
        "Send `Authorization: Bearer` with the API_TOKEN that andon was started with.",
        "basic formatting, a token bucket, and git clone ssh://git@github.com/octo/shop",
        "see https://example.com/search?q=token&page=2",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert Redaction([SECRET]).text(text) == text


@pytest.mark.parametrize("written", [escaped, code, repr, str.strip])
def test_a_known_secret_is_found_however_it_is_escaped(written: Callable[[str], str]) -> None:
    text = f"before {written(SECRET)} after"

    shown = Redaction([SECRET]).text(text)

    assert HIDDEN in shown
    assert "canary" not in shown
    assert "bytes" not in shown


def test_one_line_of_a_key_is_a_secret_by_itself() -> None:
    line = private_key().splitlines()[5]

    shown = Redaction([private_key()]).text(f"could not parse {line[:70]} of the key")

    assert shown == f"could not parse {HIDDEN} of the key"


def test_a_token_without_any_known_shape_is_hidden_from_when_it_is_minted() -> None:
    redaction = Redaction()
    before = redaction.text(TOKEN)

    redaction.learn_token(TOKEN)

    assert before == TOKEN
    assert redaction.text(f"used {TOKEN} here") == f"used {HIDDEN} here"


@pytest.mark.parametrize("secret", ["8letters", "fifty letters of a secret that no short text can hold"])
def test_a_secret_is_hidden_from_when_it_is_learned_also_where_the_same_text_was_shown_before(secret: str) -> None:
    redaction = Redaction([SECRET])
    before = redaction.text(secret)

    redaction.learn([secret])

    assert (before, redaction.text(secret)) == (secret, HIDDEN)


def test_of_very_many_tokens_the_oldest_are_forgotten_and_the_ones_in_use_are_not() -> None:
    redaction = Redaction()
    redaction.learn_token("first-token")
    redaction.learn_token("used-again-token")
    for number in range(TOKENS_KEPT - 1):
        redaction.learn_token("used-again-token")
        redaction.learn_token(f"token-number-{number}")

    assert redaction.text("first-token used-again-token") == f"first-token {HIDDEN}"


def test_json_keeps_its_form_and_its_numbers() -> None:
    body = {"summary": f"x {SECRET}", "line": 3, "notes": [{"message": SECRET}], "draft": False, "sha": None}

    shown = Redaction([SECRET]).value(body)

    assert shown == {
        "summary": f"x {HIDDEN}",
        "line": 3,
        "notes": [{"message": HIDDEN}],
        "draft": False,
        "sha": None,
    }


@pytest.mark.parametrize("written", [escaped, code])
def test_what_a_stranger_wrote_loses_its_tokens_before_it_is_escaped_so_that_the_filter_changes_nothing_of_it(
    written: Callable[[str], str],
) -> None:
    shown = written("src/ghp_canary0123456789.py")

    assert "canary" not in shown
    assert Redaction([SECRET]).text(shown) == shown
