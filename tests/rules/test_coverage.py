"""Reports of which lines ran, as test runners write them."""

from __future__ import annotations

import pytest

from rules.engine.coverage import Coverage, CoverageError, read_coverage

COBERTURA = b"""<?xml version="1.0"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage><packages><package><classes><class filename="shop/tax.py"><methods/><lines>
<line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>"""
LCOV = b"TN:\nSF:./shop/tax.py\nDA:1,4\nDA:2,0\nend_of_record\n"
GO = b"mode: set\nexample.org/shop/tax.go:1.13,1.20 1 7\nexample.org/shop/tax.go:2.2,3.4 2 0\n"


@pytest.mark.parametrize(
    ("report", "path", "lines"),
    [
        pytest.param(COBERTURA, "shop/tax.py", {1: True, 2: False}, id="Cobertura with its usual doctype"),
        pytest.param(LCOV, "shop/tax.py", {1: True, 2: False}, id="LCOV"),
        pytest.param(GO, "shop/tax.go", {1: True, 2: False, 3: False}, id="a Go profile under its import path"),
        pytest.param(b"\xef\xbb\xbf" + LCOV, "shop/tax.py", {1: True, 2: False}, id="a byte order mark"),
        pytest.param(LCOV.replace(b"./", b"/builds/app/"), "shop/tax.py", {1: True, 2: False}, id="an absolute path"),
        pytest.param(LCOV, "src/shop/tax.py", {1: True, 2: False}, id="a path from below the root"),
        pytest.param(LCOV + LCOV.replace(b"2,0", b"2,1"), "shop/tax.py", {1: True, 2: True}, id="a line that ran once"),
        pytest.param(LCOV.replace(b"shop/", b"shop\\"), "shop/tax.py", {1: True, 2: False}, id="a path of Windows"),
        pytest.param(LCOV, "other/pay.py", {}, id="a file that is not in the report"),
        pytest.param(LCOV, "shop/tax.py.bak/tax.py", {}, id="a file of the same name elsewhere"),
        pytest.param(b"TN:\nDA:7,1\n" + LCOV, "shop/tax.py", {1: True, 2: False}, id="a line before any file"),
        pytest.param(
            b"SF:a.py\nBRDA:1,0,0,1\nDA:3,1,abc\nDA:4,-1\nLF:9\n", "a.py", {3: True, 4: False}, id="LCOV's rest"
        ),
        pytest.param(b"\n \n" + GO + b"\nmode: set\nb.go:1.1,1.2 1 1\n", "b.go", {1: True}, id="Go profiles joined"),
        pytest.param(
            COBERTURA.replace(b'number="2"', b'number="x"'), "shop/tax.py", {1: True}, id="a line whose number is none"
        ),
        pytest.param(
            COBERTURA.replace(b'hits="0"', b""), "shop/tax.py", {1: True}, id="a line of which nobody says if it ran"
        ),
        pytest.param(COBERTURA.replace(b"filename", b"name"), "", {}, id="lines of no file"),
    ],
)
def test_a_report_says_which_lines_ran(report: bytes, path: str, lines: dict[int, bool]) -> None:
    assert read_coverage(report).of(path) == lines


def test_of_two_names_the_longer_fits_better_and_the_same_name_best() -> None:
    coverage = Coverage({"tax.py": {1: True}, "shop/tax.py": {2: True}, "lib/src/shop/tax.py": {3: True}})

    assert coverage.of("src/shop/tax.py") == {3: True}
    assert coverage.of("eu/shop/tax.py") == {2: True}
    assert coverage.of("tax.py") == {1: True}


def test_a_block_of_a_go_profile_is_read_to_its_last_line_and_no_further_than_one_can_be() -> None:
    coverage = read_coverage(b"mode: count\na.go:2.1,4.1 1 3\nb.go:1.1,999999999.1 1 0\n")

    assert coverage.files["a.go"] == {2: True, 3: True, 4: True}
    assert (min(coverage.files["b.go"]), len(coverage.files["b.go"])) == (1, 100_001)


def test_a_report_is_read_up_to_64_megabytes() -> None:
    largest = LCOV + b" " * (64 * 1024 * 1024 - len(LCOV))

    assert read_coverage(largest).of("shop/tax.py") == {1: True, 2: False}
    with pytest.raises(CoverageError, match=r"^the report is larger than 64 MB$"):
        read_coverage(largest + b" ")


def test_a_name_that_fits_two_files_is_not_guessed() -> None:
    coverage = Coverage({"a/tax.py": {1: True}, "b/tax.py": {1: False}})

    assert coverage.of("tax.py") == {}


BOMB = b'<!DOCTYPE coverage [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><coverage>&b;</coverage>'
OUTSIDE = b'<!DOCTYPE coverage [<!ENTITY a SYSTEM "file:///etc/hostname">]><coverage>&a;</coverage>'


@pytest.mark.parametrize(
    ("report", "message"),
    [
        pytest.param(
            BOMB,
            r"the report declares things of its own \(an internal DTD\), which is not read$",
            id="entities that grow",
        ),
        pytest.param(
            OUTSIDE,
            r"the report declares things of its own \(an internal DTD\), which is not read$",
            id="an entity from outside",
        ),
        pytest.param(b"<coverage>", "the report is not well-formed XML: ", id="a report cut off"),
        pytest.param(
            b"<html></html>", "the XML report is not Cobertura: its root is not <coverage>$", id="another document"
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="nonsense"?><coverage/>',
            "the report cannot be read: unknown encoding",
            id="encoding",
        ),
        pytest.param(b"", "the report is neither Cobertura XML nor LCOV nor a Go cover profile$", id="an empty file"),
        pytest.param(b"mode: set\nnonsense\n", "line 2 of the Go profile is no block", id="a broken Go profile"),
    ],
)
def test_what_is_no_plain_report_is_refused(report: bytes, message: str) -> None:
    with pytest.raises(CoverageError, match=f"^(?:{message})"):
        read_coverage(report)
