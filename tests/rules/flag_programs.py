"""Small programs that ask for flags, made at random, and written in every language that `flag-wrapped` reads.

A program is a body of a function. Every call in it stands on a line of its own, so that each can be judged; every plain
condition is another one, so that nothing follows from two of them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from hypothesis import strategies as st

FLAGS = ("features.has",)
SUFFIXES: Mapping[str, str] = {
    "python": "src/shop.py",
    "typescript": "src/shop.ts",
    "go": "src/shop.go",
    "java": "src/Shop.java",
    "kotlin": "src/Shop.kt",
    "ruby": "app/shop.rb",
}


@dataclass(frozen=True)
class Flag:
    """Asks for a flag."""

    key: str


@dataclass(frozen=True)
class Plain:
    """Asks for something else; the number is given when the program is written."""


@dataclass(frozen=True)
class Not:
    inner: Condition


@dataclass(frozen=True)
class Joint:
    """`and` or `or` of two conditions."""

    word: str
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Held:
    """A flag that a variable holds, bound in a line before."""

    inner: Condition


Condition = Flag | Plain | Not | Joint | Held


@dataclass(frozen=True)
class Call:
    """Does something."""


@dataclass(frozen=True)
class Leave:
    """Returns."""


@dataclass(frozen=True)
class If:
    condition: Condition
    then: tuple[Statement, ...]
    other: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Each:
    """A loop."""

    body: tuple[Statement, ...]


Statement = Call | Leave | If | Each
Program = tuple[Statement, ...]

_flags = st.sampled_from([Flag("one"), Flag("two")])
_leaves = st.one_of(_flags, st.just(Plain()), st.builds(Held, _flags))
conditions: st.SearchStrategy[Condition] = st.recursive(
    _leaves,
    lambda inner: st.one_of(st.builds(Not, inner), st.builds(Joint, st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=3,
)


def _bodies(inner: st.SearchStrategy[Statement]) -> st.SearchStrategy[Program]:
    ends = st.one_of(st.just(()), st.just((Leave(),)))
    return st.builds(lambda some, end: (Call(), *some, *end), st.lists(inner, max_size=3), ends)


def _chain(one: Condition, first: Program, two: Condition, second: Program, other: Program) -> If:
    """Build `if … else if … else …`."""
    return If(one, first, (If(two, second, other),))


statements: st.SearchStrategy[Statement] = st.recursive(
    st.just(Call()),
    lambda inner: st.one_of(
        st.builds(If, conditions, _bodies(inner)),
        st.builds(If, conditions, _bodies(inner), _bodies(inner)),
        st.builds(If, conditions, st.just((Leave(),))),
        st.builds(
            _chain, conditions, _bodies(inner), conditions, _bodies(inner), st.one_of(st.just(()), _bodies(inner))
        ),
        st.builds(Each, _bodies(inner)),
    ),
    max_leaves=8,
)
programs: st.SearchStrategy[Program] = st.lists(statements, min_size=1, max_size=5).map(tuple)


@dataclass(frozen=True)
class Style:
    """How a program is written: what names end in, how deep a level is indented, and what stands behind each line."""

    suffix: str = ""
    indent: int = 4
    remark: str = ""


@dataclass(frozen=True)
class Language:
    """How one language writes the parts of a program."""

    comment: str
    spelled: Mapping[str, str]
    opens: str
    opens_next: str
    opens_else: str
    closes: str
    each: str
    leave: str
    binds: str
    ends: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    depth: int = 1


_C: Mapping[str, str] = {"and": "&&", "or": "||", "not": "!"}
_BRACES = Language(
    comment="//",
    spelled=_C,
    opens="if ({}) {{",
    opens_next="}} else if ({}) {{",
    opens_else="}} else {{",
    closes="}",
    each="for (one in cart) {",
    leave="return",
    binds="val {} = {}",
    ends="",
    before=("fun pay(cart: Cart) {",),
    after=("}",),
)
LANGUAGES: Mapping[str, Language] = {
    "python": Language(
        comment="#",
        spelled={"and": "and", "or": "or", "not": "not "},
        opens="if {}:",
        opens_next="elif {}:",
        opens_else="else:",
        closes="",
        each="for one in cart:",
        leave="return",
        binds="{} = {}",
        ends="",
        before=("def pay(cart):",),
        after=(),
    ),
    "typescript": replace(
        _BRACES,
        each="for (const one of cart) {",
        leave="return;",
        binds="const {} = {};",
        ends=";",
        before=("function pay(cart) {",),
    ),
    "go": replace(
        _BRACES,
        opens="if {} {{",
        opens_next="}} else if {} {{",
        each="for _, one := range cart {",
        binds="{} := {}",
        before=("package shop", "", "func Pay(cart Cart) {"),
    ),
    "java": replace(
        _BRACES,
        each="for (Item one : cart) {",
        leave="return;",
        binds="var {} = {};",
        ends=";",
        before=("class Shop {", "    void pay(Cart cart) {"),
        after=("    }", "}"),
        depth=2,
    ),
    "kotlin": _BRACES,
    "ruby": replace(
        _BRACES,
        comment="#",
        opens="if {}",
        opens_next="elsif {}",
        opens_else="else",
        closes="end",
        each="cart.each do |one|",
        binds="{} = {}",
        before=("def pay(cart)",),
        after=("end",),
    ),
}


@dataclass(frozen=True)
class Written:
    """A program in one language, with a margin as the tests of the rule have it, and the lines of its calls."""

    text: str
    calls: tuple[int, ...]


class _Writer:
    def __init__(self, name: str, style: Style) -> None:
        self.language, self.style = LANGUAGES[name], style
        self.lines: list[str] = []
        self.calls: list[int] = []
        self.plain, self.held = count(), count()

    def put(self, depth: int, text: str, *, sign: str = "+") -> None:
        remark = f"  {self.language.comment} {self.style.remark}" if self.style.remark and sign == "+" else ""
        self.lines.append(f"{sign}{' ' * self.style.indent * depth}{text}{remark}")

    def name(self, word: str) -> str:
        return f"{word}{self.style.suffix}"

    def body(self, program: Sequence[Statement], depth: int) -> None:
        for statement in program:
            self.statement(statement, depth)

    def statement(self, statement: Statement, depth: int) -> None:
        language = self.language
        match statement:
            case Call():
                self.calls.append(len(self.lines) + 1)
                self.put(depth, f"{self.name('call')}({len(self.calls) - 1}){language.ends}")
            case Leave():
                self.put(depth, language.leave)
            case Each(body):
                self.put(depth, language.each)
                self.body(body, depth + 1)
                self.close(depth)
            case If():
                self.branch(statement, depth)

    def branch(self, statement: If, depth: int) -> None:
        """Write a branch and those that follow it by `else if`; what their conditions hold is bound before all."""
        chain, other = [statement], statement.other
        while len(other) == 1 and isinstance(other[0], If):
            chain.append(other[0])
            other = other[0].other
        asked = [self.condition(one.condition, depth) for one in chain]
        for at, (one, text) in enumerate(zip(chain, asked, strict=True)):
            self.put(depth, (self.language.opens_next if at else self.language.opens).format(text))
            self.body(one.then, depth + 1)
        if other:
            self.put(depth, self.language.opens_else.format())
            self.body(other, depth + 1)
        self.close(depth)

    def close(self, depth: int) -> None:
        if self.language.closes:
            self.put(depth, self.language.closes)

    def condition(self, condition: Condition, depth: int) -> str:
        words = self.language.spelled
        match condition:
            case Flag(key):
                return f'features.has("{key}")'
            case Plain():
                return f"{self.name('ask')}({next(self.plain)})"
            case Not(inner):
                return f"{words['not']}({self.condition(inner, depth)})"
            case Joint(word, left, right):
                return f"({self.condition(left, depth)} {words[word]} {self.condition(right, depth)})"
            case Held(inner):
                name = self.name(f"held{next(self.held)}")
                self.put(depth, self.language.binds.format(name, self.condition(inner, depth)))
                return name


def written(program: Program, name: str, style: Style | None = None) -> Written:
    """Write a program as the added lines of a function that was there."""
    writer = _Writer(name, style or Style())
    language = writer.language
    for line in language.before:
        writer.put(0, line, sign=" ")
    writer.put(language.depth, f"start(){language.ends}", sign=" ")
    writer.body(program, language.depth)
    for line in language.after:
        writer.put(0, line, sign=" ")
    return Written("\n".join(writer.lines), tuple(writer.calls))


class _Left(Exception):  # noqa: N818 - no error: the program returned
    """The function returned."""


def runs(program: Program, *, flags: bool) -> frozenset[int]:
    """Number the calls that can run with every flag off, or, with `flags`, whatever the flags say."""
    reached: set[int] = set()
    numbers = iter(count())
    _reach(program, reached, numbers, live=True, flags=flags)
    return frozenset(reached)


def is_tidy(program: Program) -> bool:
    """Say whether every statement can be reached, whatever the flags say."""
    return _is_tidy(program, iter(count()))


def _is_tidy(program: Program, numbers: Iterator[int]) -> bool:
    live = True
    for statement in program:
        if not live:
            return False
        match statement:
            case Each(body) if not _is_tidy(body, numbers):
                return False
            case If(_, then, other) if not (_is_tidy(then, numbers) and _is_tidy(other, numbers)):
                return False
        live = _reach((statement,), set(), numbers, live=True, flags=True)
    return True


def _reach(program: Program, reached: set[int], numbers: Iterator[int], *, live: bool, flags: bool) -> bool:
    """Follow what may run, and say whether the end may be reached."""
    for statement in program:
        match statement:
            case Call():
                number = next(numbers)
                if live:
                    reached.add(number)
            case Leave():
                live = False
            case Each(body):
                _reach(body, reached, numbers, live=live, flags=flags)  # it may run no time at all
            case If(condition, then, other):
                may = _may(condition, flags=flags)
                ends = _reach(then, reached, numbers, live=live and True in may, flags=flags)
                passes = _reach(other, reached, numbers, live=live and False in may, flags=flags)
                live = ends or passes
    return live


def _may(condition: Condition, *, flags: bool) -> frozenset[bool]:
    """Say which truths a condition may have."""
    both = frozenset((True, False))
    may = partial(_may, flags=flags)
    match condition:
        case Flag():
            return both if flags else frozenset((False,))
        case Plain():
            return both
        case Not(inner):
            return frozenset(not one for one in may(inner))
        case Held(inner):
            return may(inner)
        case Joint("and", left, right):
            return frozenset(one and two for one in may(left) for two in may(right))
        case Joint(_, left, right):
            return frozenset(one or two for one in may(left) for two in may(right))


def inverted(program: Program) -> Program:
    """Write a branch at the end as an early return where its condition is false."""
    *rest, last = program
    if isinstance(last, If) and not last.other:
        return (*rest, If(Not(last.condition), (Leave(),)), *last.then)
    return program


def wrapped(program: Program) -> Program:
    """Put everything behind one more flag."""
    return (If(Flag("outer"), program),)


def swapped(program: Program) -> Program:
    """Turn every condition, and exchange its arms."""
    return tuple(_swapped(statement) for statement in program)


def _swapped(statement: Statement) -> Statement:
    match statement:
        case If(condition, then, other) if other:
            return If(Not(condition), swapped(other), swapped(then))
        case If(_, then, _):
            return replace(statement, then=swapped(then))
        case Each(body):
            return Each(swapped(body))
        case _:
            return statement
