"""The rule `flag-wrapped`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, StringConstraints

from rules.engine.behaviour import counted_files, executable, may_behave, outlines
from rules.engine.change_kind import kind_of
from rules.engine.counted import CountedFile
from rules.engine.duration import Duration
from rules.engine.flags.extents import Source
from rules.engine.flags.measured import Measured
from rules.engine.flags.reading.pattern import parse, parsed
from rules.engine.flags.remarks import Remarks
from rules.engine.flags.risk import Risk, RiskClass
from rules.engine.flags.saying.steps import Check, own_check
from rules.engine.flags.tree.nodes import is_known
from rules.engine.flags.wrapped import FileLines, judged
from rules.engine.globs import Glob
from rules.engine.kinds import FileKind, file_kind
from rules.engine.needs import Needs
from rules.engine.pull_request import Change, ChangedFile, PullRequest, Side
from rules.engine.result import Finding, Kind, Mode, Reported, Yielded
from rules.engine.rule import Rule

if TYPE_CHECKING:
    from rules.engine.policy import Policy


def _flag(text: str) -> str:
    """Refuse what cannot be a flag."""
    parse(text)
    return text


FlagPatternText = Annotated[str, StringConstraints(min_length=1), AfterValidator(_flag)]
Pattern = Annotated[str, StringConstraints(min_length=1)]

_NOTHING_NEW: Final = "it changes nothing that could be switched off"
_SECURITY: Final = "security"


def listed_in(policy: Policy) -> FlagWrapped:
    """Give the rule as a policy lists it, or with its defaults where it does not."""
    return next((one.rule for one in policy.rules if isinstance(one.rule, FlagWrapped)), FlagWrapped())


class FlagWrapped(Rule):
    """A risky change reaches production dark: its new lines run only when a feature flag is on.

    ## Why
    Code behind a flag is in production long before it matters there. It is switched on for a few, watched, and
    switched off in seconds when production disagrees: no revert, no deployment, no hurry.

    ## How to fix it
    Ask for a flag where the new lines begin, and leave what was there before as the other branch. An early exit is
    enough: `if not features.has("new-checkout"): return old_checkout(cart)`.

    ## How it judges
    A changed source file is risky by a word of its path, by an import that is used around the added lines, by what
    these call, or because `risky` names it. Of the lines that a pull request adds, those count that run: no comment,
    import, type, closing bracket, move or rename, and not the check of the flag itself. A line is guarded in the branch
    of a flag that is on (`not` turns it, `and` keeps it, `or` does not guard), after an early exit without it, inside a
    flag's component or decorated definition, or where all that uses it is guarded. It is inert while nobody uses it. A
    function, or a file, that does what it did before while every flag is off is guarded as a whole. The rule finds
    something only where a risky file has not one guarded or inert line; with `strict`, also where more than a tenth of
    the lines, but at least six, are exposed. A change is called guarded in full while at most five lines and a quarter
    are exposed, and each of them stands in a file with guarded ones or uses what is guarded.

    What it only remarks stops nothing, ten remarks at most: where a change is guarded in part, its exposed lines in
    risky files and beside flags, each with the smallest step; a flag that is on where nobody answers; a flag whose name
    is put together at run time; a new flag that no changed test names.

    Flags are known by the common libraries, where a file imports one, and by `flags`. Python, JavaScript, TypeScript,
    Go, Java, Kotlin and Ruby are read; lines of other languages are counted as unread and stop nothing. A `security`
    label exempts: a fix must not wait for a switch.
    """

    default_mode: ClassVar[Mode] = Mode.HOLD
    exempt_kinds: ClassVar[Mapping[Kind, str]] = MappingProxyType(
        {
            Kind.DOCS: _NOTHING_NEW,
            Kind.GENERATED: _NOTHING_NEW,
            Kind.DEPENDENCIES: "only versions of dependencies change",
            Kind.MOVE: "moved lines do what they did before",
            Kind.FORMATTING: _NOTHING_NEW,
            Kind.TESTS: "tests do not run in production",
            Kind.REVERT: "a proven revert goes back to what ran before",
        }
    )
    facts: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "risky_files": "The risky source files, each with its class.",
            "behavioural": "The number of added lines that run.",
            "guarded": "Of these, the number that run only with a flag on.",
            "inert": "Of these, the number that nobody uses yet.",
            "exposed": "Of these, the number that run in any case.",
            "unread": "The number of added lines in files that cannot be read.",
            "wrapped": "How much is guarded: `full`, `partial`, `none`, or `not-applicable` where nothing could be.",
            "flags": "The flags that the changed files ask for anew (`added`), and no more (`removed`).",
        }
    )

    flags: tuple[FlagPatternText, ...] = Field(
        (),
        description="How this repository asks for a flag, besides the common libraries: a dotted chain as written in "
        "code, matched at its end, called or not (`features.has`; `useFlags.*` where it gives a bag of them), a "
        "component (`<FeatureFlag>`) or a decorator (`@waffle_flag`); `*` within a name, and `!` in front where true "
        "means off (`!*.isOff`).",
    )
    risky: tuple[Pattern, ...] = Field((), description="Globs of files that are risky besides the built-in classes.")
    classes: tuple[RiskClass, ...] = Field(
        tuple(RiskClass), description="The built-in classes of risk that count; the others are turned off."
    )
    exempt: tuple[Pattern, ...] = Field((), description="Globs of source files that need no flag.")
    strict: bool = Field(
        default=False, description="Whether a partly guarded change is found too: more than 5 lines and 10 % exposed."
    )

    stale_after: Duration = Field(
        5_184_000,
        description="The age, such as 60d, at which a flag that is still asked for is stale: `andon flags` and the API "
        "mark it. It stops nothing.",
    )

    def needs(self, pr: PullRequest) -> Needs:
        """Ask for the changed sources that can be read, on both sides."""
        texts: set[tuple[Side, str]] = set()
        for file in pr.files if self._asks(pr) else ():
            if is_known(file.path) and self._is_judged(pr, file):
                texts.add((Side.HEAD, file.path))
                if file.change is not Change.ADDED:
                    texts.add((Side.BASE, file.previous_path or file.path))
        return Needs(frozenset(texts))

    def _asks(self, pr: PullRequest) -> bool:
        return kind_of(pr) not in self.exempt_kinds and _SECURITY not in {label.lower() for label in pr.labels}

    def _is_judged(self, pr: PullRequest, file: ChangedFile) -> bool:
        is_exempt = any(Glob(pattern).matches(file.path) for pattern in self.exempt)
        return not is_exempt and may_behave(file, file_kind(file, pr.attributes))

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Measure every changed source file, then say which risky ones reach production unguarded."""
        if _SECURITY in {label.lower() for label in pr.labels}:
            yield Reported(Measured().facts(), "The `security` label exempts it: a fix must not wait for a switch.")
            return
        measured = self._measured(pr) if self._asks(pr) else Measured()
        yield Reported(measured.facts(), measured.sentence())
        own = own_check(parsed(self.flags))
        found = [
            _finding(file, measured.seen_check(file.path) or own) for file in measured.unguarded(strict=self.strict)
        ]
        yield from found
        places = frozenset((one.path or "", one.start_line or 0) for one in found)
        yield from Remarks(measured, places, _tests(pr)).all()

    def _measured(self, pr: PullRequest) -> Measured:
        counted = [one for one in counted_files(pr) if self._is_judged(pr, one.file)]
        sources = tuple(source for one in counted if (source := _source(pr, one)) is not None)
        risk = Risk(tuple(Glob(pattern) for pattern in self.risky), frozenset(self.classes))
        found = judged(sources, parsed(self.flags), risk)
        unread = [one for one in counted if found.get(one.file.path) is None]
        lines = sum(len(executable(one, outlines(pr, one.file)[1])) for one in unread)
        risky = {one.file.path: kind for one in unread if (kind := risk.by_path(one.file.path))}
        return Measured(tuple(one for one in found.values() if one is not None), lines, risky)


def _source(pr: PullRequest, one: CountedFile) -> Source | None:
    file = one.file
    head = pr.texts.get((Side.HEAD, file.path))
    if head is None or not is_known(file.path):
        return None
    base = pr.texts.get((Side.BASE, file.previous_path or file.path)) if file.change is not Change.ADDED else None
    added = frozenset(line.number for line in one.added)
    return Source(file.path, head, base, added, file.hunks or (), len(one.deleted))


def _finding(file: FileLines, check: Check | None) -> Finding:
    block = file.blocks[0]
    return Finding(
        f"`{file.path}` ({file.risk}): {_runs(len(file.exposed), file.behavioural)}.",
        block.cure(check),
        file.path,
        block.first,
        block.last,
    )


def _runs(exposed: int, total: int) -> str:
    """Say how many new lines run while no flag is asked for."""
    if total == 1:
        return "its one new line runs with no flag around it"
    return f"{f'all {total}' if exposed == total else f'{exposed} of {total}'} new lines run with no flag around them"


def _tests(pr: PullRequest) -> bytes:
    """Join the lines of tests that the change shows, without those that it takes away."""
    tests = (file for file in pr.files if file_kind(file, pr.attributes) is FileKind.TEST)
    lines = (line for file in tests for hunk in file.hunks or () for line in hunk.lines())
    return b"\n".join(line.text for line in lines if line.sign != "-")
