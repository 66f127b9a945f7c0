"""The names by which the tests of Kotlin ask for flags."""

from __future__ import annotations

FLAGS = ("features.has", "!features.missing", "@Gate", "whenEnabled", "features.variant")
