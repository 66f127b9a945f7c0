"""The pages hold together: links lead somewhere, what is named exists, and words stand in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "benchmarks/**/*.md")
    for page in ROOT.glob(pattern)
)
THREATS = 27
"""How many threats the page of security answers."""


@lru_cache
def read(page: Path) -> tuple[Token, ...]:
    return tuple(MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8")))


def links(page: Path) -> Iterator[str]:
    for block in read(page):
        for token in block.children or ():
            found = token.attrs.get("href") or token.attrs.get("src")
            if found:
                yield str(found)


@lru_cache
def anchors(page: Path) -> frozenset[str]:
    """Give the anchors that GitHub makes of a page's headings: the second of a name ends in -1."""
    tokens, found = read(page), list[str]()
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            text = "".join(part.content for part in tokens[at + 1].children or ())
            slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
            found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return frozenset(found)


def broken(page: Path) -> list[str]:
    """List the links of a page that lead nowhere in this repository."""
    lost = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            lost.append(link)
    return lost


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: str) -> None:
    assert broken(ROOT / page) == []


def test_a_link_to_a_file_or_a_heading_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# One `two`: three\n# Same\n# Same\n")
    (page := tmp_path / "page.md").write_text(
        "[a](other.md#one-two-three) [b](other.md#same-1) [c](gone.md) [d](other.md#same-2) [e](https://a.test) [f](#g)"
    )

    assert broken(page) == ["gone.md", "other.md#same-2", "#g"]


def test_every_page_of_docs_is_reached_from_the_readme() -> None:
    seen, ahead = set[Path](), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page.suffix == ".md" and page.is_file() and page not in seen:
            seen.add(page)
            ahead += [page.parent / link.partition("#")[0] for link in links(page) if "://" not in link]
        elif page.is_dir() and (page / "README.md") not in seen:
            ahead.append(page / "README.md")

    assert [page for page in PAGES if page.startswith("docs/") and ROOT / page not in seen] == []


def test_every_test_and_module_that_the_page_of_security_names_is_there() -> None:
    named = re.findall(r"`([^`\s]+)`", (ROOT / "docs/security.md").read_text(encoding="utf-8"))
    tests = [name for name in named if "::" in name]
    modules = [name for name in named if re.match(r"(bot|rules|deploy|requirements|app\.yaml)", name) and "/" in name]

    lost = [name for name in tests if not is_there(*name.split("::"))]
    assert (lost, [name for name in modules if not (ROOT / name).exists()]) == ([], [])
    assert (len(tests) > THREATS, len(modules) > THREATS) == (True, True)


def is_there(module: str, test: str) -> bool:
    """Tell whether a module of tests holds a test of that very name."""
    file = ROOT / module
    return (
        file.is_file()
        and re.search(rf"^(async )?def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None
    )


def test_each_threat_has_its_number_and_a_test_that_shows_what_is_done() -> None:
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    threats = text.partition("## What andon cannot stop")[0].split("\n### ")[1:]

    assert [int(threat.partition(".")[0]) for threat in threats] == list(range(1, THREATS + 1))
    assert [threat.partition("\n")[0] for threat in threats if "- `tests/" not in threat] == []


def test_every_word_of_the_glossary_is_told_once_in_one_sentence_and_in_its_order() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        told = re.findall(r"^- \*\*(.+?)\*\*: (.+(?:\n  .+)*)$", part, re.MULTILINE)
        words = [word.lower() for word, _ in told]
        assert words == sorted(set(words))
        assert len(told) == part.count("\n- ")
        assert [word for word, sentence in told if not ends_once(sentence)] == []


def ends_once(sentence: str) -> bool:
    """Tell whether it is one sentence that leads somewhere."""
    return sentence.endswith(".") and "](" in sentence and not re.search(r"[.!?] [A-Z]", sentence)
