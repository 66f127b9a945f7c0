"""Lines that moved or changed only their indent."""

from __future__ import annotations

import time

import pytest

from rules.engine.comments import CodeLine, code_lines
from rules.engine.moves import Block, moved, reindented
from tests.factories import code, hunk


def block(lines: list[str], file: int = 0, weight: float = 1) -> Block:
    added = code_lines("a.py", hunk(f"+{line}" for line in lines))[1]
    return Block(file, weight, added)


def counts(removed: list[Block], added: list[Block]) -> tuple[int, int]:
    left, came = moved(removed, added)
    return len(left), len(came)


def test_three_lines_of_substance_make_a_move_and_two_do_not() -> None:
    assert counts([block(code(3))], [block(code(3), file=1)]) == (3, 3)
    assert counts([block(code(2))], [block(code(2), file=1)]) == (0, 0)


def test_short_lines_move_along_but_do_not_make_a_move() -> None:
    short = ["}", "end", "a = 1", "b = 2"]

    assert counts([block(short)], [block(short, file=1)]) == (0, 0)
    assert counts([block([*code(3), *short])], [block([*code(3), *short], file=1)]) == (7, 7)


@pytest.mark.parametrize(
    ("letters", "moves"),
    [("abcdefgh_1j", 3), ("abcdefgh_1", 0), ("äöüßéèêëñç", 3), ("äöüßéèêëñ«»", 0), ("一二三四五六七八九", 0)],
)
def test_letters_and_digits_of_any_script_make_substance_and_signs_do_not(letters: str, moves: int) -> None:
    lines = [f"{letters} {sign}" for sign in "+-*"]

    assert counts([block(lines)], [block(lines, file=1)]) == (moves, moves)


def test_one_removed_block_explains_one_copy_only() -> None:
    copies = [block(code(5), file=number) for number in range(1, 4)]

    assert counts([block(code(5))], copies) == (5, 5)


def test_every_copy_finds_its_own_origin() -> None:
    origins = [block(code(5), file=number) for number in range(20)]
    copies = [block(code(5), file=number) for number in range(20, 40)]

    assert counts(origins, copies) == (100, 100)


def test_text_that_weighed_less_cannot_turn_into_code() -> None:
    assert counts([block(code(5), weight=0)], [block(code(5), file=1)]) == (0, 0)
    assert counts([block(code(5), weight=1)], [block(code(5), file=1, weight=0.5)]) == (5, 5)


def test_lines_that_are_no_neighbours_are_no_block() -> None:
    _, scattered = code_lines("a.py", hunk([f"{sign}{line}" for line in code(4) for sign in ("+", " kept_")]))

    assert counts([block(code(4))], [Block(1, 1, scattered)]) == (0, 0)


def test_a_wrapped_block_is_reindented_and_its_wrapper_is_new() -> None:
    body = code(4)
    removed, added = code_lines(
        "a.js", hunk([*(f"-{line}" for line in body), "+if (on) {", *(f"+  {line}" for line in body), "+}"])
    )

    old, new = reindented(removed, added)

    assert (sorted(old), sorted(new)) == ([0, 1, 2, 3], [1, 2, 3, 4])


def test_swapped_lines_are_not_reindented() -> None:
    def line(text: str) -> CodeLine:
        return CodeLine(1, text.encode(), 1, 0)

    old, new = reindented([line("first()"), line("second()")], [line("second()"), line("first()")])

    assert len(old) == len(new) == 1


def test_repetitive_text_costs_no_more_than_its_length() -> None:
    same = block(["return_the_same_thing()"] * 20_000)
    started = time.process_time()

    moved([same], [block(["return_the_same_thing()"] * 20_000, file=1)])
    reindented(same.lines, same.lines[::-1])

    assert time.process_time() - started < 5


@pytest.mark.parametrize(("stem", "found"), [("abcdefghi", 3), ("abcdefgh", 0)])
def test_a_line_of_substance_has_ten_letters_and_digits(stem: str, found: int) -> None:
    lines = [f"{stem} = {at}"[: len(stem)] + f"-{at}" for at in range(3)]

    assert counts([block(lines)], [block(lines, file=1)]) == (found, found)


@pytest.mark.parametrize(("before", "found"), [(7, 4), (8, 3)])
def test_of_many_places_that_begin_alike_the_first_eight_are_compared(before: int, found: int) -> None:
    short = [block(code(3), file=at) for at in range(before)]

    assert counts([*short, block(code(4), file=90)], [block(code(4), file=99)]) == (found, found)


def test_the_longest_of_several_origins_is_taken() -> None:
    left, came = moved([block(code(3)), block(code(5), file=1), block(code(4), file=2)], [block(code(5), file=9)])

    assert left == {(1, at) for at in range(5)}
    assert came == {(0, at) for at in range(5)}


def test_a_block_may_begin_and_end_inside_others() -> None:
    old = block([*code(2, 100), *code(4), *code(2, 200)])
    new = block([*code(3, 300), *code(4), *code(3, 400)], file=1)

    left, came = moved([old], [new])

    assert left == {(0, at) for at in range(2, 6)}
    assert came == {(0, at) for at in range(3, 7)}


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("abc", "abc", ([0, 1, 2], [0, 1, 2])),
        ("abc", "xabcy", ([0, 1, 2], [1, 2, 3])),
        ("abcd", "acbd", ([0, 1, 3], [0, 2, 3])),
        ("aab", "ab", ([0, 2], [0, 1])),
        ("aa", "aaa", ([0, 1], [0, 1])),
        ("xaay", "aaz", ([], [])),
        ("aaq", "bbq", ([2], [2])),
        ("abba", "ab", ([0, 1], [0, 1])),
        ("", "ab", ([], [])),
        ("edcba", "abcde", ([0], [4])),
    ],
)
def test_equal_lines_are_paired_so_that_their_order_stays(
    old: str, new: str, pairs: tuple[list[int], list[int]]
) -> None:
    left, right = reindented(*([CodeLine(1, sign.encode(), 1, 0) for sign in text] for text in (old, new)))

    assert (sorted(left), sorted(right)) == pairs
