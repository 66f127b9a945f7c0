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
    ],
)
def test_a_report_says_which_lines_ran(report: bytes, path: str, lines: dict[int, bool]) -> None:
    assert read_coverage(report).of(path) == lines


def test_a_name_that_fits_two_files_is_not_guessed() -> None:
    coverage = Coverage({"a/tax.py": {1: True}, "b/tax.py": {1: False}})

    assert coverage.of("tax.py") == {}


BOMB = b'<!DOCTYPE coverage [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><coverage>&b;</coverage>'
OUTSIDE = b'<!DOCTYPE coverage [<!ENTITY a SYSTEM "file:///etc/hostname">]><coverage>&a;</coverage>'


@pytest.mark.parametrize(
    ("report", "message"),
    [
        pytest.param(BOMB, "declares things of its own", id="entities that grow"),
        pytest.param(OUTSIDE, "declares things of its own", id="an entity from outside"),
        pytest.param(b"<coverage>", "not well-formed", id="a report cut off"),
        pytest.param(b"<html></html>", "its root is not <coverage>", id="another document"),
        pytest.param(
            b'<?xml version="1.0" encoding="nonsense"?><coverage/>', "not well-formed|cannot be read", id="encoding"
        ),
        pytest.param(b"", "neither Cobertura", id="an empty file"),
        pytest.param(b"mode: set\nnonsense\n", "line 2 of the Go profile is no block", id="a broken Go profile"),
    ],
)
def test_what_is_no_plain_report_is_refused(report: bytes, message: str) -> None:
    with pytest.raises(CoverageError, match=message):
        read_coverage(report)
