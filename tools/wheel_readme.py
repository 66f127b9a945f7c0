"""Writes the README of the wheel: an index shows it far from this repository, where its relative links lead nowhere.

With a `Source` among the project's URLs they lead there; without one, only their words are left.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK: Final = re.compile(r"(?<!!)\[([^\[\]]+)\]\((?![a-z]+:|#)([^()\s]+)\)")


class WheelReadme(MetadataHookInterface):
    """Gives `readme`, which pyproject.toml leaves to this file."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Put the README into the metadata as an index can show it."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source", "")
        metadata["readme"] = {"content-type": "text/markdown", "text": elsewhere(text, source)}


def elsewhere(text: str, source: str) -> str:
    """Write a page for readers who are not in the repository, whose address is `source`, or empty. Pure."""
    address = f"{source.rstrip('/')}/blob/HEAD/"
    return LINK.sub(lambda found: f"[{found[1]}]({address}{found[2]})" if source else found[1], text)
