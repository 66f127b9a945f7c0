"""Reports in an archive that a stranger packed: read where they are plain, refused where they are not."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from bot.github.coverage_archive import LARGEST_UNPACKED, MOST_ENTRIES, MOST_REPORTS, joined, read_archive
from rules.engine.coverage import Coverage
from simulator.actions import archive

REPORT = (
    '<coverage><class filename="src/tax.py"><line number="1" hits="1"/><line number="2" hits="0"/></class></coverage>'
)
LCOV = "SF:/home/ci/src/tax.py\nDA:2,3\n"
BOMB = '<!DOCTYPE a [<!ENTITY b "x">]>' + REPORT
TAX = ("src/tax.py",)


def packed(content: bytes, packing: int) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", packing) as zipped:
        zipped.writestr("coverage.xml", content)
    return into.getvalue()


def test_reports_of_every_format_are_joined_line_by_line() -> None:
    read = read_archive(archive({"a/coverage.xml": REPORT, "b/lcov.info": LCOV}), TAX)

    assert read == Coverage({"src/tax.py": {1: True, 2: True}})


def test_a_line_ran_where_any_report_says_so_whatever_a_later_one_says() -> None:
    ran, missed = Coverage({"tax.py": {1: True}}), Coverage({"tax.py": {1: False}})

    assert joined([ran, missed], ("tax.py",)) == joined([missed, ran], ("tax.py",)) == ran


def test_only_the_lines_of_the_paths_asked_for_are_kept() -> None:
    assert read_archive(archive({"coverage.xml": REPORT}), ("src/other.py",)) == Coverage({"src/other.py": {}})


def test_a_report_that_names_the_path_exactly_hides_no_other() -> None:
    read = joined([Coverage({"tax.py": {1: False}}), Coverage({"/ci/tax.py": {1: True}}, ("broken",))], ("tax.py",))

    assert read == Coverage({"tax.py": {1: True}}, ("broken",))


def test_a_path_that_no_report_names_is_not_taken_for_one_that_ends_alike() -> None:
    read = joined([Coverage({"/ci/tax.py": {1: True}})], ("tax.py", "src/tax.py"))

    assert (read.of("tax.py"), read.of("src/tax.py")) == ({1: True}, {})


def test_a_report_that_starts_deeper_than_the_repository_is_understood() -> None:
    assert joined([Coverage({"shop/tax.py": {1: True}})], ("src/shop/tax.py",)).of("src/shop/tax.py") == {1: True}


def test_a_path_that_no_system_could_have_is_left_out() -> None:
    assert joined([Coverage({"a/" * 3000 + "tax.py": {1: True}})], ("tax.py",)) == Coverage({"tax.py": {}})


def test_a_path_that_climbs_out_and_an_archive_within_are_left_alone() -> None:
    files: dict[str, str | bytes] = {
        "../../etc/coverage.xml": REPORT,
        "inner.zip": archive({"coverage.xml": LCOV}),
        "/abs/page.html": "<html>",
    }

    assert read_archive(archive(files), TAX) == Coverage({"src/tax.py": {1: True, 2: False}})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the artifact is no whole zip archive"),
        (archive({"coverage.xml": REPORT})[:-30], "the artifact is no whole zip archive"),
        (archive({str(at): b"" for at in range(MOST_ENTRIES + 1)}), "the artifact holds more than 1000 files"),
        (archive({f"{at}.xml": REPORT for at in range(MOST_REPORTS + 1)}), "the artifact holds more than 20 reports"),
        (packed(b" " * (LARGEST_UNPACKED + 1), zipfile.ZIP_DEFLATED), "the artifact unpacks to more than 32 MB"),
        (packed(REPORT.encode(), zipfile.ZIP_LZMA), "the artifact is packed in another way than GitHub packs"),
        (packed(REPORT.encode(), zipfile.ZIP_BZIP2), "the artifact is packed in another way than GitHub packs"),
        (archive({"readme.md": "hello"}), "the artifact holds no report"),
        (archive({"coverage.xml": BOMB}), "the report declares things of its own (an internal DTD)"),
        (archive({"coverage.xml": b"\x1f\x8b\x08"}), "the report is neither Cobertura XML nor LCOV"),
    ],
    ids=[
        "nothing", "cut short", "too many files", "too many reports", "a bomb", "packed by LZMA", "packed by bzip2",
        "no report", "an XML bomb", "compressed within",
    ],
)  # fmt: skip
def test_what_is_no_plain_archive_of_reports_is_said_in_words(content: bytes, why: str) -> None:
    read = read_archive(content, TAX)

    assert not any(read.files.values())
    assert [words.startswith(why) for words in read.unread] == [True]


def test_an_archive_that_lies_about_its_sizes_or_sums_is_refused() -> None:
    honest = bytearray(packed(REPORT.encode(), zipfile.ZIP_STORED))
    at = honest.index(b"hits")
    honest[at : at + 4] = b"HITS"

    read = read_archive(bytes(honest), TAX)

    assert read == Coverage({}, ("the artifact is no whole zip archive",))


def test_an_encrypted_entry_is_refused() -> None:
    content = bytearray(archive({"coverage.xml": REPORT}))
    flags = content.rindex(b"PK\x01\x02") + 8
    content[flags : flags + 2] = struct.pack("<H", struct.unpack("<H", content[flags : flags + 2])[0] | 1)

    [why] = read_archive(bytes(content), TAX).unread

    assert why.endswith("or encrypted")


def test_one_broken_report_spoils_no_other() -> None:
    read = read_archive(archive({"a.xml": REPORT, "b.xml": "<coverage>", "c.xml": "<coverage>"}), TAX)

    assert read.files == {"src/tax.py": {1: True, 2: False}}
    assert len(read.unread) == 1


def test_what_a_report_puts_into_an_error_is_shortened_and_made_visible() -> None:
    encoding = "x" * 300
    read = read_archive(archive({"a.xml": f'<?xml version="1.0" encoding="{encoding}"?><coverage/>'}), TAX)

    [why] = read.unread
    assert len(why) <= 200
    assert why.isprintable()
