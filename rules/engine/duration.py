"""How long something is, as a policy writes it: `90s`, `15m`, `2h`, `60d`; in seconds once read."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

_DURATION: Final = re.compile(r"([1-9][0-9]{0,5})(s|m|h|d)")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(value: object) -> int:
    """Read a duration. Raises ValueError with what it should be."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("should be a duration such as 90s, 15m, 2h or 60d")
    return int(found[1]) * _UNITS[found[2]]


Duration = Annotated[
    int, BeforeValidator(seconds), WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"})
]
