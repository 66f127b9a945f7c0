"""What each language calls the parts that decide whether a line runs: the shape of a table for one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Branch(NamedTuple):
    """Where the parts of a branching node are: a field, or `@n` for the n-th kept child; empty where there is none.

    A `negated` one takes the first part where the condition is false, as `unless` does.
    """

    condition: str
    then: str
    other: str = ""
    negated: bool = False


class Pair(NamedTuple):
    """Where the target and the value of an assignment are, or the object and the name of a member, by field names."""

    target: str
    value: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language: node types of its grammar by what they mean.

    What branches: `branches` decide what runs; `clauses` are further branches inside one, in order; `steps` are the
    branches that control passes through to what follows; `filters` hold a condition on the rest of what they stand in.
    `blocks` hold statements; of these `bodies` hold members, and what is `always` in one runs even after an exit.
    `passing` nodes only pass control on, `statements` stop where their condition is false.

    What names: `assigns` bind a name to a value, `binders` and `parameters` bind one to something unknown; `tuples`
    list several on either side, `patterns` take values apart, in `lists` by place, in `renaming` under another name.
    `members` read one name of an object; `computed` ones read it by an expression. In `keys` what comes first names
    what follows; those of `hands_on` hand it on. `type_names` are names that are only ever types. `fields` of the
    object itself have their own kind of name, or stand behind `own`, or with `implicit` alone. A name is `shared` with
    other files where these need no import.

    What runs not: `dropped` nodes are comments and types, `imports` name what is imported, with the module in a text
    where `spelled`; `idle` words begin statements that do nothing, `idle_marks` are decorators that do not either.
    `transparent` nodes have the truth of what is inside; methods called `equals` compare.
    """

    catalogue: str
    branches: Mapping[str, Branch]
    blocks: frozenset[str]
    functions: frozenset[str]
    classes: frozenset[str]
    exits: frozenset[str]
    calls: frozenset[str]
    members: Mapping[str, Pair]
    assigns: Mapping[str, Pair]
    names: frozenset[str]
    dropped: frozenset[str]
    logic: frozenset[str]
    comparisons: frozenset[str]
    negations: frozenset[str]
    transparent: frozenset[str]
    strings: frozenset[str]
    operators: Mapping[str, str]
    true: frozenset[str]
    false: frozenset[str]
    steps: frozenset[str]
    empty: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    binders: Mapping[str, str] = field(default_factory=dict)
    bodies: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    components: Mapping[str, str] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    decorated: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()
    equals: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    filters: frozenset[str] = frozenset()
    hands_on: frozenset[str] = frozenset()
    idle: frozenset[bytes] = frozenset()
    idle_marks: frozenset[str] = frozenset()
    implicit: bool = False
    implicit_calls: bool = False
    imported: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    last_returns: bool = False
    lists: frozenset[str] = frozenset()
    loads: frozenset[bytes] = frozenset()
    lone: frozenset[str] = frozenset()
    markup: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    never_returns: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()
    own: str | None = None
    parameters: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    renaming: frozenset[str] = frozenset()
    shared: bool = False
    shorthands: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    tuples: frozenset[str] = frozenset()
    type_names: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """Cut a list of node types into its words."""
    return frozenset(text.split())
