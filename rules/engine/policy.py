"""Reads `.github/andon.yml`: text to a Policy, or to a PolicyError that names every problem at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, Literal, NamedTuple, TypeVar

from pydantic import Field, ValidationError

from rules.engine.complaints import guess, one_of, problem_of, shown
from rules.engine.globs import Glob
from rules.engine.known import broken_rules, known_rules
from rules.engine.reach import COMMON, Reach
from rules.engine.result import Mode
from rules.engine.rule import Options, Rule
from rules.engine.sections import Deploy, Line, Merge, Overrides, Word
from rules.engine.tree import MOST, Node, Problem, read_tree

POLICY_PATH: Final = ".github/andon.yml"  # where a repository keeps its policy
RECOMMENDED: Final = "andon:recommended"
OWNER: Final = "owner"  # what a policy extends that builds on its owner's
_NO_OWNER: Final = (
    f"there is no owner's policy here to build on: {POLICY_PATH} in the owner's repository `.github`, where andon may "
    "read it; that file itself cannot extend it."
)
_MODES: Final = tuple(mode.value for mode in Mode)

Section = TypeVar("Section", bound=Options)


class PolicyError(Exception):
    """The policy cannot be used. `problems` lists all that is wrong, in the order of the text."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(self.lines()))

    def lines(self) -> tuple[str, ...]:
        """Write each problem as `file:line:column: key: what to do`."""
        return tuple(
            f"{self.source}:{one.line}:{one.column}: {one.path + ': ' if one.path else ''}{one.message}"
            for one in self.problems
        )


class Document(Options):
    """The top of the file, without its rules."""

    extends: Literal["andon:recommended", "owner"] | None = Field(
        None,
        description="What it builds on. `andon:recommended`: every rule there is, each in its own default mode. "
        "`owner`: the policy in the owner's repository `.github`. A rule listed here replaces the one below it, whole.",
    )
    branches: tuple[Word, ...] = Field((), description="Base branches it governs, as globs; the default branch alone.")
    merge: Merge | None = Field(None, description="When and how andon merges. Without this section it never does.")
    deploy: Deploy | None = Field(None, description="How a landed commit is sent to production; without it, it is not.")
    line: Line = Field(Line(), description="When the line of merges into a branch closes, and whom it passes by.")
    overrides: Overrides = Field(Overrides(), description="Who may let a rule pass with `/andon override`.")


class Listed(NamedTuple):
    """One rule as a policy lists it."""

    name: str
    mode: Mode
    rule: Rule
    reach: Reach = Reach()


@dataclass(frozen=True, slots=True)
class Policy:
    """What one repository asks of its pull requests. `branches` empty means the default branch alone."""

    rules: tuple[Listed, ...]
    branches: tuple[str, ...] = ()
    merge: Merge | None = None
    deploy: Deploy | None = None
    source: str = RECOMMENDED
    overrides: Overrides = field(default_factory=Overrides)
    line: Line = field(default_factory=Line)

    def governs(self, branch: str, default_branch: str) -> bool:
        """Say whether pull requests into `branch` are held against this policy."""
        if not self.branches:
            return branch == default_branch
        return any(Glob(pattern).matches(branch) for pattern in self.branches)


def recommended(known: Mapping[str, type[Rule]] | None = None) -> Policy:
    """Give the preset `andon:recommended`: every rule there is, each in its own default mode."""
    rules = known_rules() if known is None else known
    return Policy(tuple(Listed(name, rule.default_mode, rule()) for name, rule in rules.items()))


def read_policy(
    text: str, source: str, known: Mapping[str, type[Rule]] | None = None, *, owner: Policy | None = None
) -> Policy:
    """Read a policy. Raises PolicyError, and nothing else.

    `source` names the text in errors and verdicts; `owner` is what `extends: owner` builds on.
    """
    rules = known_rules() if known is None else known
    tree, problems = read_tree(text)
    found = list(problems)
    if problems and tree.value is None:
        raise PolicyError(source, found)
    root = _mapping(tree, "", found)
    listed = _rules(root.value.get("rules") if isinstance(root.value, dict) else None, rules, found)
    top = _validated(Document, _only(root, root.keys.keys() - {"rules"}), "", found, extra=("rules",))
    if top is not None and top.extends == OWNER and owner is None:
        found.append(_without_owner(root))
    if found or top is None:
        raise PolicyError(source, _distinct(found))
    own = Policy(tuple(listed), top.branches, top.merge, top.deploy, source, top.overrides, top.line)
    if top.extends is None:
        return own
    if owner is None or top.extends != OWNER:
        return replace(own, rules=_over(recommended(rules), own))
    overrides = top.overrides if "overrides" in top.model_fields_set else owner.overrides
    line = top.line if "line" in top.model_fields_set else owner.line
    return replace(_over_owner(own, owner), overrides=overrides, line=line)


def extends_owner(text: str) -> bool:
    """Tell whether a policy builds on the owner's, as far as that much of it can be read."""
    root = read_tree(text)[0].value
    named = root.get("extends") if isinstance(root, dict) else None
    return named is not None and named.value == OWNER


def _without_owner(root: Node) -> Problem:
    inside = root.value if isinstance(root.value, dict) else {}
    place = inside["extends"]
    return Problem(place.line, place.column, "extends", _NO_OWNER)


def _over(below: Policy, own: Policy) -> tuple[Listed, ...]:
    """Put the rules of one policy over those of another: a rule that both list is the upper one's, whole."""
    return tuple({one.name: one for one in (*below.rules, *own.rules)}.values())


def _over_owner(own: Policy, owner: Policy) -> Policy:
    return replace(
        own,
        rules=_over(owner, own),
        branches=own.branches or owner.branches,
        merge=own.merge or owner.merge,
        deploy=own.deploy or owner.deploy,
        source=f"{own.source}, over {owner.source}",
    )


def _distinct(problems: Sequence[Problem]) -> list[Problem]:
    """Keep the first problem of each place: an alias, once named, needs no second complaint about its value."""
    places: dict[tuple[int, int], Problem] = {}
    for problem in problems:
        places.setdefault((problem.line, problem.column), problem)
    return list(places.values())


def _mapping(node: Node, path: str, found: list[Problem]) -> Node:
    """Take a mapping as it is, nothing as an empty one, and complain about anything else."""
    if isinstance(node.value, dict):
        return node
    if node.value is not None:
        found.append(Problem(node.line, node.column, path, f"should be a mapping of options, got {shown(node)}."))
    return Node({}, node.line, node.column, {})


def _only(node: Node, keys: Collection[str]) -> Node:
    inside = node.value if isinstance(node.value, dict) else {}
    return Node({name: value for name, value in inside.items() if name in keys}, node.line, node.column, node.keys)


def _rules(node: Node | None, known: Mapping[str, type[Rule]], found: list[Problem]) -> list[Listed]:
    if node is None:
        return []
    mapping = _mapping(node, "rules", found)
    entries = mapping.value if isinstance(mapping.value, dict) else {}
    listed = []
    for name, value in islice(entries.items(), len(known) + MOST):  # beyond, so many are wrong already
        path = f"rules.{name}"
        if name in known:
            one = _listed(name, known[name], value, found)
            listed += [one] if one else []
        else:
            why = broken_rules().get(name)
            found.append(Problem(*mapping.keys[name], path, why or f"no such rule.{guess(name, known)}"))
    return listed


def _listed(name: str, rule: type[Rule], node: Node, found: list[Problem]) -> Listed | None:
    path = f"rules.{name}"
    if isinstance(node.value, str):
        mode = _mode(node, path, found)
        return Listed(name, mode, rule()) if mode else None
    options = _mapping(node, path, found)
    inside = options.value if isinstance(options.value, dict) else {}
    mode = _mode(inside["mode"], f"{path}.mode", found) if "mode" in inside else rule.default_mode
    common = {"mode", *COMMON}
    read = _validated(rule, _only(options, inside.keys() - common), path, found, extra=("mode", *COMMON))
    reach = _validated(Reach, _only(options, COMMON), path, found)
    return Listed(name, mode, read, reach) if mode and read and reach else None


def _mode(node: Node, path: str, found: list[Problem]) -> Mode | None:
    if isinstance(node.value, str) and node.value in _MODES:
        return Mode(node.value)
    found.append(Problem(node.line, node.column, path, one_of(_MODES, node)))
    return None


def _validated(
    model: type[Section], node: Node, path: str, found: list[Problem], *, extra: Sequence[str] = ()
) -> Section | None:
    """Validate as strict JSON: quoted numbers are not numbers, lists become tuples."""
    try:
        return model.model_validate_json(json.dumps(node.plain()), strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        found += [problem_of(model, node, path, detail, extra) for detail in error.errors(include_url=False)[:MOST]]
        return None
