"""The GraphQL documents that andon sends: one file each, and the fragments that several of them share."""

from __future__ import annotations

import re
from importlib.resources import files

_SPREAD = re.compile(r"\.\.\.([A-Z]\w+)")
"""A fragment that is spread by its name, which is the name of its file; `... on` and a type is none."""


def document(name: str) -> str:
    """Read one document by the name of its file, with the fragments that it spreads behind it."""
    folder = files(__package__)
    text = folder.joinpath(f"{name}.graphql").read_text(encoding="utf-8")
    spread = sorted(set(_SPREAD.findall(text)))
    fragments = (folder.joinpath("fragments", f"{one}.graphql").read_text(encoding="utf-8") for one in spread)
    return "\n".join([text, *fragments])
