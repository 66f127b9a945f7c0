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
class Mends:
    """How the nodes of a grammar are mended that names fewer parts than others do.

    A node's field is found in `places`, by its kind alone or behind that of what it stands in (`outer.inner`); the
    first of `ordered` nodes has one, the rest the other; in `valued` ones what follows a `=` is the `value`.
    Of nodes called alike, `words` tells some apart by their first word, `names` others by what they stand in.
    `outer` nodes are left out, `shells` too where they hold one other; the first that they hold has their place. A
    block `trailing` behind a call is the call's own; a value in `adopting` nodes belongs to what it follows. Pieces of
    `templates` begin with a name of this kind behind a lone `$`. A `!` in front of one of the `chains` turns all of it,
    as a node of the kind `turning`.
    """

    places: Mapping[str, str]
    ordered: Mapping[str, tuple[str, str]]
    valued: frozenset[str]
    words: Mapping[str, Mapping[bytes, str]]
    names: Mapping[str, str]
    outer: frozenset[str]
    shells: frozenset[str]
    trailing: frozenset[str]
    adopting: frozenset[str]
    templates: Mapping[str, str]
    chains: frozenset[str]
    turning: str


class Conditional(NamedTuple):
    """What an element of markup that shows something only if says by convention, by words of names.

    `conditions` are attributes that hold the condition, those of `gates` only where a word of `named` is in the name
    of the element; with a word of `unlike` there it is none. `then` and `other` are attributes that hold the sides.
    """

    conditions: frozenset[str]
    gates: frozenset[str]
    named: frozenset[str]
    unlike: frozenset[str]
    then: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """One language: node types of its grammar by what they mean.

    What branches: `branches` decide what runs; `clauses` are further branches inside one, in order; `steps` are the
    branches that control passes through to what follows; `filters` hold a condition on the rest of what they stand in.
    `switches` choose among `arms` by a subject, each given with the place of it, or of an arm's labels, in lists of
    `labels`; control `falls` from some arms into the next; of the labels, a name that only `catches` takes anything.
    `blocks` hold statements; of these `bodies` hold members, and what is `always` in one runs even after an exit.
    `passing` nodes only pass control on, `statements` stop where their condition is false, and so do calls that are
    named as one that `fails_unless` what it is given first holds.

    What names: `assigns` bind a name to a value, of which `rebinds` declare none; `binders` and `parameters` bind one
    to something unknown; `tuples` list several on either side, `patterns` take values apart, in `lists` by place, in
    `renaming` under another name. `members` read one name of an object; `computed` ones read it by an expression. In
    `keys` what comes first names what follows; those of `hands_on` hand it on. `type_names` are names that are only
    ever types. `fields` of the object itself have their own kind of name, or stand behind `own`, or with `implicit`
    alone, or behind the name that a method gives its `receiver`; `literals` fill them. A name is `shared` with other
    files where these need no import.

    What runs not: `dropped` nodes are comments and types, `imports` name what is imported, with the module in a text
    where `spelled`; `idle` words begin statements that do nothing, `idle_marks` are decorators that do not either.
    `transparent` nodes have the truth of what is inside; methods called `equals` compare, those called `nots` turn.
    Those that `passes` give what they are asked of, calls that are `prompt` what their block does, those that `feeds`
    are named as give their block what they are asked of first; reading a name calls `getters`.
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
    arms: Mapping[str, str] = field(default_factory=dict)
    attributes: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    binders: Mapping[str, str] = field(default_factory=dict)
    bodies: frozenset[str] = frozenset()
    catches: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    components: Mapping[str, str] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    conditional: Conditional | None = None
    decorated: frozenset[str] = frozenset()
    decorators: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()
    equals: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    fails_unless: frozenset[str] = frozenset()
    falls: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    filters: frozenset[str] = frozenset()
    getters: frozenset[str] = frozenset()
    hands_on: frozenset[str] = frozenset()
    idle: frozenset[bytes] = frozenset()
    idle_marks: frozenset[str] = frozenset()
    implicit: bool = False
    implicit_calls: bool = False
    imported: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    last_returns: bool = False
    lists: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    loads: frozenset[bytes] = frozenset()
    lone: frozenset[str] = frozenset()
    markup: frozenset[str] = frozenset()
    mends: Mends | None = None
    methods: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    never_returns: frozenset[str] = frozenset()
    nots: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()
    own: str | None = None
    parameters: frozenset[str] = frozenset()
    passes: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    prompt: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    rebinds: frozenset[str] = frozenset()
    receiver: str = ""
    renaming: frozenset[str] = frozenset()
    shared: bool = False
    shorthands: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    switches: Mapping[str, str] = field(default_factory=dict)
    tuples: frozenset[str] = frozenset()
    type_names: frozenset[str] = frozenset()


def words(text: str) -> frozenset[str]:
    """Cut a list of node types into its words."""
    return frozenset(text.split())
