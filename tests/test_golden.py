"""What people read, word for word: a change of it is seen in review. `python -m tests.golden_cases` writes it anew."""

import pytest
from markdown_it import MarkdownIt

from tests.golden_cases import CASES, GOLDEN, check_of, comment_of, written

INERT = {"text", "text_special", "code_inline", "softbreak", "strong_open", "strong_close"}
OUR_BREAK = ("html_inline", "<br>")
OURS = ("<!-- andon:v1 ", "<details>", "</details>")


@pytest.mark.parametrize("name", sorted(CASES))
def test_comment_and_check_run_read_as_they_were_approved(name: str) -> None:
    approved = (GOLDEN / f"{name}.md").read_text(encoding="utf-8")

    assert written(name) == approved


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md")} == set(CASES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_that_anybody_wrote_becomes_a_link_an_image_or_html(name: str) -> None:
    check = check_of(name)
    for text in (comment_of(name), check.summary, check.text):
        blocks = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)

        inline = {
            token.type for block in blocks for token in block.children or () if (token.type, token.content) != OUR_BREAK
        }
        html = [line for block in blocks if block.type == "html_block" for line in block.content.splitlines() if line]
        assert inline <= INERT
        assert [line for line in html if not line.startswith(OURS)] == []
