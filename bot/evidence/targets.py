"""What may be asked of production from outside GitHub: addresses and queries that the operator wrote down, by name.

A repository's policy gives names only. An address that a policy could choose would let whoever writes one ask, from
inside the operator's network, whatever stands there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from rules.engine.complaints import problem_of
from rules.engine.duration import Duration
from rules.engine.globs import Glob
from rules.engine.rule import Options
from rules.engine.sections import Name
from rules.engine.tree import Problem, read_tree

LONGEST_SECONDS: Final = 10
"""No answer is waited for longer."""

_PLACEHOLDER: Final = re.compile(r"\{\s*(\w*)\s*\}")
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")


class TargetsError(Exception):
    """The targets cannot be used: each problem with its place in the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.lines = tuple(f"{one.line}:{one.column}: {_at(one)}{one.message}" for one in problems)
        super().__init__("\n".join(self.lines))


def _at(problem: Problem) -> str:
    return f"{problem.path}: " if problem.path else ""


def _pattern(text: str) -> str:
    owner, slash, name = text.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise ValueError("should be OWNER/REPOSITORY, where `*` stands for any name")
    return text.lower()


Repositories = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], Field(min_length=1)]


class _Asked(Options):
    """What every target says: where it is, who may ask, and with what."""

    allow_http: bool = False
    allow_private: bool = False
    url: str
    repositories: Repositories
    timeout: Annotated[Duration, Field(le=LONGEST_SECONDS)] = LONGEST_SECONDS
    bearer_from: str | None = None

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str, info: ValidationInfo) -> str:
        if (wrong := _wrong_with(url, allow_http=info.data.get("allow_http", False))) is not None:
            raise ValueError(wrong)
        return url

    @field_validator("bearer_from")
    @classmethod
    def _is_a_variable(cls, name: str | None) -> str | None:
        if name is not None and _VARIABLE.fullmatch(name) is None:
            raise ValueError("should name a variable, in capitals, that holds the token; never the token itself")
        return name


def _wrong_with(url: str, *, allow_http: bool) -> str | None:
    """Say what is wrong with an address, without repeating it: it may hold a password."""
    try:
        parts = urlsplit(url)
        port, user = parts.port, parts.username
    except ValueError:
        return "is no address: its host or its port cannot be read"
    if user is not None or parts.password is not None:
        return "holds a user or a password: name the variable that holds a token with `bearer-from`"
    if parts.scheme == "http" and not allow_http:
        return "should begin with https:// (`allow-http: true` lets this target go without)"
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        return "should be an address such as https://shop.example.com/healthz"
    if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        return "should hold nothing but printable ASCII without spaces, and no `#`"
    return None


class Probe(_Asked):
    """An address that must answer with a status, and perhaps with some text in it."""

    status: int = Field(200, ge=100, le=599)
    contains: str = ""


class Query(_Asked):
    """A Prometheus query that gives one number, and the bound in which production is well. `url` is Prometheus's own.

    `{environment}` stands for the environment that was deployed to.
    """

    query: str = Field(min_length=1)
    below: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    above: float | None = None

    @field_validator("query")
    @classmethod
    def _has_known_placeholders(cls, query: str) -> str:
        odd = sorted({name for name in _PLACEHOLDER.findall(query) if name not in {"environment", ""}})
        if odd:
            raise ValueError(f"holds {{{odd[0]}}}: the one placeholder is {{environment}}")
        return query

    @model_validator(mode="after")
    def _has_one_bound(self) -> Self:
        if sum(bound is not None for bound in (self.below, self.at_most, self.at_least, self.above)) != 1:
            raise ValueError("should have exactly one of below, at-most, at-least and above")
        return self

    @property
    def threshold(self) -> str:
        """The bound in words, such as `below 0.01`."""
        bounds = {"below": self.below, "at most": self.at_most, "at least": self.at_least, "above": self.above}
        return next(f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None)

    def is_well(self, value: float) -> bool:
        """Tell whether a value is within the bound; what is not a number is not."""
        if self.below is not None:
            return value < self.below
        if self.at_most is not None:
            return value <= self.at_most
        if self.at_least is not None:
            return value >= self.at_least
        return self.above is not None and value > self.above


class _Document(Options):
    probes: dict[Name, Probe] = Field(default_factory=dict)
    queries: dict[Name, Query] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets by their names, and the tokens by the variables that hold them."""

    probes: Mapping[str, Probe] = field(default_factory=dict)
    queries: Mapping[str, Query] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)

    def probe(self, name: str, repository: str) -> Probe | None:
        """Find a probe that a repository (`owner/name`) may use."""
        found = self.probes.get(name)
        return found if found is not None and _may_use(found, repository) else None

    def query(self, name: str, repository: str) -> Query | None:
        """Find a query that a repository (`owner/name`) may use."""
        found = self.queries.get(name)
        return found if found is not None and _may_use(found, repository) else None

    def token_of(self, target: Probe | Query) -> str | None:
        """Give the token that a target is asked with."""
        return self.tokens[target.bearer_from] if target.bearer_from is not None else None


def _may_use(target: _Asked, repository: str) -> bool:
    return any(Glob(pattern).matches(repository.lower()) for pattern in target.repositories)


def read_targets(text: str, env: Mapping[str, str]) -> Targets:
    """Read the operator's targets, YAML as a policy is. Raises TargetsError, and nothing else."""
    tree, found = read_tree(text)
    problems, document = list(found), _Document()
    if not problems and tree.value is not None:
        try:
            document = _Document.model_validate_json(
                json.dumps(tree.plain()), strict=True, by_alias=True, by_name=False
            )
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                problem = problem_of(_Document, tree, "", detail, ())
                if detail["type"] == "value_error":  # its own words alone: what stands there may be a secret
                    problem = Problem(problem.line, problem.column, problem.path, f"{detail['ctx']['error']}.")
                problems.append(problem)
    variables = {
        name for target in (*document.probes.values(), *document.queries.values()) if (name := target.bearer_from)
    }
    problems += [
        Problem(1, 1, "", f"the environment variable {name} is not set: it should hold the token that is sent.")
        for name in sorted(variables)
        if not env.get(name, "").strip()
    ]
    if problems:
        raise TargetsError(tuple(sorted(problems)))
    return Targets(document.probes, document.queries, {name: env[name].strip() for name in variables})
