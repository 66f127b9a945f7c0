"""The policies and the shapes of pull requests that schedules are made of, each with what the model knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.repository import Repository

POLICY = ".github/andon.yml"
HOLD_LABEL = "wip"
SHIP = "ship"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says, in the words of the model, which never reads YAML. `label` asks for a merge where it is set.

    `checked` says that behaviour needs tests and risk needs a flag, `restores` that what fails in production is taken
    back.
    """

    max_lines: int = 20
    merges: bool = True
    label: str = ""
    deploys: bool = True
    checked: bool = False
    via: str = "merge"
    method: str = "squash"
    backlog: int = 5
    restores: bool = False

    @property
    def text(self) -> str:
        """Write it as the policy file."""
        rules = f"small-diff: {{max-lines: {self.max_lines}}}"
        if self.checked:
            rules += ", required-tests: hold, flag-wrapped: hold"
        when = f"when: label, label: {self.label}" if self.label else "when: ready"
        merge = f"merge: {{{when}, method: {self.method}, via: {self.via}, hold-labels: [{HOLD_LABEL}]}}\n"
        failed = "revert" if self.restores else "close-line"
        deploy = f"deploy: {{via: deployment, on-failure: {failed}}}\n" if self.deploys else ""
        line = f"line: {{max-undeployed: {self.backlog}}}\n"
        return f"rules: {{{rules}}}\n{merge if self.merges else ''}{deploy}{line}"


NOTHING = Terms(merges=False)

POLICIES: Mapping[str, Terms] = {
    "ready": Terms(restores=True),
    "label": Terms(label=SHIP),
    "strict": Terms(max_lines=4),
    "loose": Terms(max_lines=200, deploys=False),
    "armed": Terms(via="auto-merge"),
    "checked": Terms(checked=True),
    "silent": NOTHING,
    "capped": Terms(backlog=1, method="merge"),
}
BROKEN = "rules: [small-diff\n"
TEXTS: Mapping[str, str] = {**{name: terms.text for name, terms in POLICIES.items()}, "broken": BROKEN}
TERMS_OF: Mapping[str, Terms] = {**{terms.text: terms for terms in POLICIES.values()}, BROKEN: NOTHING}


def terms_of(text: str | None) -> Terms:
    """Find what a policy file says by its text; where there is none, nothing is merged."""
    return TERMS_OF.get(text, NOTHING) if text is not None else NOTHING


def rows(count: int, name: str) -> str:
    """Write a module of so many lines of code that no other module repeats."""
    return "".join(f"{name}_{index} = {index}\n" for index in range(count))


UNTESTED = "def tax(price):\n    if price > 10:\n        return price / 5\n    return price\n"
RISKY = "from shop import bank\n\n\ndef pay(cart):\n    bank.charge(cart)\n    bank.settle(cart)\n"

SHAPES = ("small", "small", "large", "untested", "risky", "fork", "stacked", "policy", "conflicting", "draft")


async def opened(repository: Repository, shape: str) -> None:
    """Open a pull request of one shape."""
    number = len(repository.pulls) + 1
    own = {f"part_{number}.py": rows(40 if shape == "large" else 5, f"part_{number}")}
    match shape:
        case "untested":
            await repository.open_pull_request(files={f"src/tax_{number}.py": UNTESTED})
        case "risky":
            await repository.open_pull_request(files={f"src/payments/pay_{number}.py": RISKY})
        case "fork":
            await repository.open_pull_request(files=own, fork=True, author=f"guest{number}")
        case "stacked":
            below = repository.pulls[1].head_branch if number > 1 and not repository.pulls[1].fork else "main"
            base = below if below in repository.branches else "main"
            await repository.open_pull_request(files=own, base=base)
        case "policy":
            await repository.open_pull_request(files={POLICY: TEXTS["loose"]}, title=f"Loosen {number}")
        case "conflicting":
            await repository.open_pull_request(files={"shared.py": rows(3, f"shared_{number}")})
        case _:
            await repository.open_pull_request(files=own, draft=shape == "draft")
