"""Parses a text within bounds: some texts would keep a grammar busy for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

_CHUNK: Final = 65_536  # bytes that the parser is handed at a time
_LEAST_STEPS: Final = 100
_BYTES_A_STEP: Final = 8  # 540 real files took one step for 70 bytes, words of one letter take one for 13


class Standing(Protocol):
    """A cursor that always stands on a node, which those of a tree do; their type leaves it open."""

    node: Node
    field_id: int | None
    field_name: str | None

    def goto_first_child(self) -> bool:
        """Go down, and say whether there was somewhere to go."""

    def goto_next_sibling(self) -> bool:
        """Go on, and say whether there was somewhere to go."""

    def goto_parent(self) -> bool:
        """Go up, and say whether there was somewhere to go."""


def standing(tree: Tree) -> Standing:
    """Give a cursor at the root of a tree: told once that it stands somewhere, nothing is asked at each node."""
    return cast("Standing", tree.walk())


def parse(parser: Parser, text: bytes) -> Tree | None:
    """Parse a text; None where that takes more steps than such a text can be worth.

    Steps are counted, no time is taken, so the same text always ends the same. The Kotlin grammar has texts of 800
    bytes that it never comes to an end with.
    """
    steps = _LEAST_STEPS + len(text) // _BYTES_A_STEP
    taken = 0

    def goes_too_far(_offset: int, _has_error: bool) -> bool:  # noqa: FBT001 - the parser calls it so
        nonlocal taken
        taken += 1
        return taken > steps

    try:
        return parser.parse(lambda at, _point: text[at : at + _CHUNK], progress_callback=goes_too_far)
    except ValueError:  # what the parser says when it was stopped
        parser.reset()
        return None
