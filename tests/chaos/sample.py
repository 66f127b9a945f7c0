"""One short schedule, by which forms are compared and timed: open two, push, CI, label, merge, go live."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.chaos.forms import Form

POLICY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship}\ndeploy: {via: deployment}\n"
SMALL, LARGE = "x = 1\n", "".join(f"x_{number} = {number}\n" for number in range(40))


@dataclass(frozen=True, slots=True)
class Sample:
    """The repository and its two pull requests as the schedule leaves them."""

    repository: Repository
    small: PullRequest
    large: PullRequest

    def shown(self) -> list[object]:
        """Tell what people see in the end: merged or not, what the check says, comments, and deployments."""
        shown: list[object] = [deployment.state for deployment in self.repository.deployments]
        for pull in (self.small, self.large):
            run = pull.check_run("andon")
            shown.append((pull.merged, None if run is None else run.conclusion, len(pull.comments)))
        return shown


def played(form: Form) -> Sample:
    """Play the schedule, resting after each step."""
    repository = form.run(_begun(form))
    small = form.run(repository.open_pull_request(files={"a.py": SMALL}))
    large = form.run(repository.open_pull_request(files={"b.py": LARGE}))
    form.run(form.rest())
    form.run(small.push({"a.py": SMALL + "y = 2\n"}))
    form.run(repository.ci.succeeds(small.head))
    form.run(repository.ci.fails(large.head))
    form.run(form.rest())
    form.run(small.label("ship"))
    form.run(form.rest(horizon=60.0))
    form.run(repository.deployments[0].status("success"))
    form.run(form.rest())
    return Sample(repository, small, large)


async def _begun(form: Form) -> Repository:
    form.github.install("octo")
    repository = await form.github.create_repository("octo/shop")
    repository.require_checks("main", ("ci", None))
    await repository.commit("main", {".github/andon.yml": POLICY}, "Let small changes ship")
    await form.rest()
    return repository
