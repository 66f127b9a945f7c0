import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.text.escape import LONGEST, code, escaped, formatted

RENDERER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
HARMLESS = {"paragraph_open", "paragraph_close", "inline"}
INERT_INLINE = {"text", "softbreak", "code_inline", "text_special"}

HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="`*_[]()<>!#@|~\\&:/-+. \n\taw1g"),
    st.lists(
        st.sampled_from(
            [
                "[x](http://evil.example)",
                "![x](//e.example/a.png)",
                "<img src=x onerror=alert(1)>",
                "@octo/team",
                "#12",
                "GH-12",
                "octo/shop#3",
                "https://evil.example",
                "www.evil.example",
                "fixes #1",
                "`",
                "``",
                "\u202e",
                "\n\n| a | b |\n|---|---|\n",
                "<!-- andon:v1 -->",
                "<details>",
                "0123456789abcdef0123456789abcdef01234567",
                "a@b.example",
            ]
        )
    ).map("".join),
)


def tokens_of(markdown: str) -> list[tuple[str, str]]:
    return [
        (token.type, token.content)
        for block in RENDERER.parse(f"Result: {markdown} end")
        for token in ([block] if block.type != "inline" else block.children or [])
    ]


def assert_inert(markdown: str) -> None:
    tokens = tokens_of(markdown)
    assert {kind for kind, _ in tokens} <= HARMLESS | INERT_INLINE
    shown = "".join(content if kind in {"text", "text_special"} else "|" for kind, content in tokens)
    assert not re.search(r"@\w|#\d|(?i:gh-\d)|://|(?i:\bwww\.)|\b[0-9a-fA-F]{7,40}\b", shown)


@given(HOSTILE)
@example("`[x](http://evil.example)`")
@example("@octo")
@example("abcdef0")
def test_escaped_text_becomes_nothing_but_text(text: str) -> None:
    assert_inert(escaped(text))


@given(HOSTILE)
@example("a`b`c")
@example("``")
def test_a_code_span_cannot_be_broken_out_of(text: str) -> None:
    span = code(text)

    assert_inert(span)
    assert "\n" not in span
    assert "|" not in span


@given(HOSTILE, HOSTILE)
@example("", "000000``0")
@example("", "@``octo")
@example("a``b", "`c``d`")
def test_a_message_with_a_hostile_path_in_it_stays_inert(path: str, message: str) -> None:
    assert_inert(formatted(f"`{path}` brings 12 of {message}"))


@given(st.text())
def test_one_untrusted_piece_stays_on_one_line_and_short(text: str) -> None:
    shown = escaped(text)

    assert "\n" not in shown
    assert len(shown) <= 3 * LONGEST


def test_a_rules_own_code_spans_survive() -> None:
    assert formatted("`src/billing/` (371) is the largest part.") == "`src/billing/` \\(371\\) is the largest part."


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\x00", "\u2028", "\x1b"])
def test_invisible_signs_do_not_come_through(sign: str) -> None:
    assert sign not in escaped(f"src/{sign}evil.py").replace("\u200b", "" if sign != "\u200b" else "\u200b")
