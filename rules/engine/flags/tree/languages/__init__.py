"""The languages that are read for flags: one table each, and nothing else knows them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Grammar
from rules.engine.flags.tree.languages.go import GO
from rules.engine.flags.tree.languages.java import JAVA
from rules.engine.flags.tree.languages.javascript import JAVASCRIPT
from rules.engine.flags.tree.languages.kotlin import KOTLIN
from rules.engine.flags.tree.languages.python import PYTHON
from rules.engine.flags.tree.languages.ruby import RUBY
from rules.engine.syntax import tables

GRAMMARS: Final[Mapping[str, tuple[Grammar, tables.Table]]] = MappingProxyType(
    {
        "py": (PYTHON, tables.PYTHON),
        **dict.fromkeys(("js", "jsx", "mjs", "cjs"), (JAVASCRIPT, tables.TSX)),
        **dict.fromkeys(("ts", "mts", "cts"), (JAVASCRIPT, tables.TYPESCRIPT)),
        "tsx": (JAVASCRIPT, tables.TSX),
        "go": (GO, tables.GO),
        "java": (JAVA, tables.JAVA),
        **dict.fromkeys(("kt", "kts"), (KOTLIN, tables.KOTLIN)),
        **dict.fromkeys(("rb", "rake"), (RUBY, tables.RUBY)),
    }
)
"""By the suffix of a path. JavaScript is read by the TSX grammar, so that both share one table."""
