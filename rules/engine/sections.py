"""The sections of a policy beside its rules: how it merges, stands in line, deploys, verifies and overrides."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from rules.engine.duration import Duration
from rules.engine.reach import SHOWN
from rules.engine.rule import Options

LONGEST_BODY: Final = 10_000
"""Characters of what a policy writes below the first line of a commit."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def _word(value: object) -> object:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("should be a word")
    return value


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.strip() or "\0" in value or len(value) > LONGEST_BODY:
        raise ValueError(f"should be text of at most {LONGEST_BODY} characters")
    return value.strip()


Text = Annotated[
    str, BeforeValidator(_text), WithJsonSchema({"type": "string", "pattern": r"\S", "maxLength": LONGEST_BODY})
]

Word = Annotated[str, BeforeValidator(_word), WithJsonSchema({"type": "string", "pattern": f"^ *{SHOWN}({SHOWN}| )*$"})]


class Merge(Options):
    """When and how andon merges. Without this section it never does."""

    when: Literal["ready", "label"] = Field("ready", description="As soon as it may, or once it carries the label.")
    label: Word = Field("ship", description="The label that asks for the merge, with `when: label`.")
    method: Literal["squash", "merge", "rebase"] = Field("squash", description="How the commits land.")
    via: Literal["merge", "auto-merge"] = Field(
        "merge",
        description="Who merges: andon itself, or GitHub's auto-merge, armed while only GitHub's own requirements are "
        "open. Armed only where a ruleset requires the check `andon` of this App, because GitHub merges whatever the "
        "head is by then; elsewhere, and where nothing is open any more, andon merges itself.",
    )
    title: Word | None = Field(
        None,
        description="The first line of the squashed or merged commit, with `{title}` and `{number}` of the pull "
        "request filled in; GitHub's own by default.",
    )
    body: Text | None = Field(
        None,
        description="What stands below it, with `{title}`, `{number}`, `{body}`, `{author}` and `{url}` filled in; "
        "what the page hides of the description stays out, and whoever wrote a squash together is named below it. "
        "GitHub's own by default.",
    )
    delete_branch: bool = Field(
        default=True,
        description="Whether the branch goes once andon merged it; never one of a fork, or that another open pull "
        "request needs.",
    )
    required_checks: tuple[Word, ...] = Field((), description="Checks that must be green besides what GitHub requires.")
    must_succeed: tuple[Word, ...] = Field(
        (),
        description="Checks for which GitHub's `neutral` and `skipped` are not enough: they must have run and passed.",
    )
    hold_labels: tuple[Word, ...] = Field((), description="Labels that keep it from merging, whatever asks for it.")


def _name(value: object) -> object:
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        raise ValueError("should be a name that andon's operator gave, of letters, digits, `.`, `_` and `-`")
    return value


Name = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"})]


class Verify(Options):
    """What must show that production is well with a release, before it counts as live."""

    deployment: bool = Field(
        default=True,
        description="Whether the deployment's own success is waited for; its failure counts in any case.",
    )
    checks: tuple[Word, ...] = Field(
        (), max_length=20, description="Check runs on the landed commit that must succeed, such as a smoke test."
    )
    workflow: Word | None = Field(
        None, description="A workflow file, such as canary.yml: its newest run on the landed commit must succeed."
    )
    probes: tuple[Name, ...] = Field(
        (), max_length=20, description="Addresses that must answer well, by the names that andon's operator gave them."
    )
    queries: tuple[Name, ...] = Field(
        (), max_length=20, description="Prometheus queries that must be in bounds, by the operator's names for them."
    )
    within: Duration = Field(900, description="By when all of it must have passed; in seconds once read.")
    soak: Duration = Field(600, description="How long all of it must then go on passing; in seconds once read.")

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if not (self.deployment or self.checks or self.workflow or self.probes or self.queries):
            raise ValueError(
                "should name some evidence besides, for nothing is left without the deployment: checks, workflow, "
                "probes or queries"
            )
        return self


class PostMortem(Options):
    """What is written of an incident, so that people learn from it."""

    issue: bool = Field(
        default=True,
        description="Whether andon opens one issue for each incident, with what happened when, and room for the rest.",
    )
    labels: tuple[Word, ...] = Field((), max_length=20, description="The labels that the issue is opened with.")


TOLD_EVENTS = frozenset(
    f"andon-{state}" for state in ("verifying", "live", "failed", "reverting", "reverted", "superseded")
)
"""The events by which workflows are told how a release stands, with `tell: true`."""


class Deploy(Options):
    """How a landed commit is sent to production."""

    via: Literal["deployment", "repository_dispatch", "workflow_dispatch", "push"] = Field(
        "deployment",
        description="What is created on GitHub to start the deployment. With `push` nothing is: what lands is deployed "
        "by itself, and andon follows the deployment that is made of it; without one, the run of `workflow` on it.",
    )
    environment: Word = Field("production", description="The environment that is deployed to.")
    event_type: Word = Field("andon-deploy", description="The event, with `via: repository_dispatch`.")
    workflow: Word = Field("deploy.yml", description="The workflow file, with `via: workflow_dispatch` or `via: push`.")
    ref: Word | None = Field(None, description="The ref to run the workflow on; the base branch by default.")
    within: Duration = Field(3600, description="How long the deployment may take, such as 60m; in seconds once read.")
    verify: Verify | None = Field(
        None,
        description="What must show that production is well with it; without this, that the deployment succeeded is "
        "enough.",
    )
    tell: bool = Field(
        default=False,
        description="Whether workflows are told how a release stands, by the `repository_dispatch` events "
        "`andon-verifying`, `andon-live`, `andon-failed`, `andon-reverting`, `andon-reverted` and `andon-superseded`.",
    )
    on_failure: Literal["revert", "close-line", "nothing"] = Field(
        "revert",
        description="What follows from a release that failed: andon opens its revert, which goes before all others; "
        "or the line stays closed until a person mends production; or the line does not even close for it.",
    )
    post_mortem: PostMortem = Field(PostMortem(), description="What is written of an incident, so that people learn.")

    @model_validator(mode="after")
    def _says_one_thing_by_one_event(self) -> Self:
        if self.via == "repository_dispatch" and self.tell and self.event_type in TOLD_EVENTS:
            raise ValueError(
                f"should have an event-type other than {self.event_type}, by which `tell: true` says how a release "
                "stands: whoever deploys at that event would deploy again; such as andon-deploy"
            )
        return self


class Line(Options):
    """When the line of merges into a branch closes, and how long its head may keep the others waiting."""

    max_undeployed: int = Field(
        5, ge=1, le=1000, description="How many releases may have landed and not be live; then the line closes."
    )
    step_aside: Duration = Field(
        900, description="How long the head of the line may wait for its checks before others go first; in seconds."
    )


class Overrides(Options):
    """Who may let a rule pass with `/andon override`. A person with write access other than the author always may."""

    by_author: bool = Field(default=False, description="Whether authors may let rules pass on their own pull request.")
