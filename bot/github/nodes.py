"""What came of a GraphQL connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = Any


def nodes(connection: Mapping[str, Json] | None) -> Sequence[Json]:
    """Return the nodes of a connection that came; GraphQL puts null where one may not be read."""
    return [node for node in (connection or {}).get("nodes") or () if node]
