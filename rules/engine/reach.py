"""What every rule takes beside its own options: the paths that it judges, and the kinds of change that it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, Literal, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema

from rules.engine.globs import Glob
from rules.engine.pull_request import ChangedFile, PullRequest, Totals
from rules.engine.result import Kind
from rules.engine.rule import Options, Rule

SHOWN: Final = r"[\p{L}\p{M}\p{N}\p{P}\p{S}]"  # what `str.isprintable` takes beside the space, for JSON Schema
_MOST: Final = 100  # patterns of one rule
_NAMED: Final = 3  # patterns that a reason repeats

Exemption = Literal[
    "revert",
    "removal",
    "move",
    "formatting",
    "dependencies",
    "generated",
    "docs",
    "tests",
    "!revert",
    "!removal",
    "!move",
    "!formatting",
    "!dependencies",
    "!generated",
    "!docs",
    "!tests",
]


def _pattern(value: object) -> object:
    if not isinstance(value, str) or value in ("", "!") or not value.isprintable():
        raise ValueError("should be a glob")
    if value.endswith("/"):
        raise ValueError(f"names a directory, which is never a file: write `{value}**`")
    return value


PathPattern = Annotated[
    str,
    BeforeValidator(_pattern),
    WithJsonSchema({"type": "string", "pattern": rf"^(?!!?$)(?!.*/$)({SHOWN}| )*$"}),
]


class Reach(Options):
    """How far one rule reaches. A policy gives it beside the rule's mode and own options."""

    paths: tuple[PathPattern, ...] = Field(
        (),
        max_length=_MOST,
        description="Globs of the files that it sees, with `!` in front to leave out; the last that matches decides, "
        "as in .gitattributes. All files where the list is empty or begins with `!`. Name tests too, where they count.",
    )
    exempt_kinds: tuple[Exemption, ...] = Field(
        (),
        max_length=len(get_args(Exemption)),
        description="Kinds of change that it does not judge besides those that it never does; with `!` in front, one "
        "that it judges after all.",
    )

    def exemption(self, rule: Rule, kind: Kind) -> str:
        """Say why a rule does not judge a kind of change, or nothing where it does."""
        reason = rule.exempt_kinds.get(kind, "")
        for word in self.exempt_kinds:
            if word.removeprefix("!") == kind.value:
                reason = "" if word.startswith("!") else f"the policy exempts the kind of change `{kind.value}`"
        return reason

    def beside(self, pr: PullRequest) -> str:
        """Say that nothing of a pull request is in reach, or nothing where something is or could be.

        A file that could not be listed could be in reach: then the rule itself says what it does not know.
        """
        if not self.paths or any(map(self._sees, pr.files)) or len(pr.files) != pr.totals.files or not pr.files:
            return ""
        more = len(self.paths) - _NAMED
        named = ", ".join(f"`{pattern}`" for pattern in self.paths[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"no changed file is among its paths ({named})"

    def narrowed(self, pr: PullRequest) -> PullRequest:
        """Leave out the files that the rule does not see, and take them off the totals.

        What is missing from the list of files stays missing. A renamed file is in reach by either of its names.
        """
        if not self.paths:
            return pr
        kept: list[ChangedFile] = []
        gone: list[ChangedFile] = []
        for file in pr.files:
            (kept if self._sees(file) else gone).append(file)
        totals = Totals(
            files=pr.totals.files - len(gone),
            added=pr.totals.added - sum(file.added for file in gone),
            deleted=pr.totals.deleted - sum(file.deleted for file in gone),
        )
        return replace(pr, files=tuple(kept), totals=totals)

    def _sees(self, file: ChangedFile) -> bool:
        return any(self._reaches(path) for path in (file.path, file.previous_path) if path is not None)

    def _reaches(self, path: str) -> bool:
        reached = self.paths[0].startswith("!")
        for pattern in self.paths:
            if Glob(pattern.removeprefix("!"), anywhere=True).matches(path):
                reached = not pattern.startswith("!")
        return reached


COMMON: Final = tuple(field.alias or name for name, field in Reach.model_fields.items())
"""The options that every rule takes, as a policy spells them."""
