"""Every kind of change that can happen to a repository: what is there before, and what happens then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.commands.stage import Stage
from simulator import reviewing
from simulator.pull_request import PullRequest
from simulator.repository import Repository
from tests.end_to_end.conftest import lines

POLICY = ".github/andon.yml"
READY = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready}\n"
LABEL = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: label, label: ship, hold-labels: [stop]}\n"
DEPLOY = f"{READY}deploy: {{via: deployment}}\n"
NAMED = "rules: {small-diff: {max-lines: 20}}\nmerge: {when: ready, required-checks: [ci]}\n"
PAIRED = "rules: {pairing: {}}\n"
TOGETHER = "rules: {pairing: {satisfied-by: [co-author]}}\nmerge: {when: label}\n"


@dataclass(slots=True)
class Place:
    """The repository of one row on one of the two stages."""

    stage: Stage
    repository: Repository

    async def open(self, count: int = 5, *, ci: str = "", name: str = "app", **proposal: Any) -> PullRequest:
        """Open a pull request of so many lines; `ci` concludes so."""
        pull = await self.repository.open_pull_request(files={f"{name}.py": lines(count)}, **proposal)
        if ci:
            await self.repository.ci.finishes(pull.head, "ci", ci)
        return pull

    async def policy(self, text: str | None) -> None:
        await self.repository.commit("main", {POLICY: text}, "Set the policy")

    @property
    def first(self) -> PullRequest:
        return self.repository.pulls[1]


Part = Callable[[Place], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of change: what is there before, and what happens.

    Where it is not `heard`, nobody is told of it, and what must come of it is what comes of looking at everything.
    Where it changes nothing that is `seen`, the state stays as it was.
    """

    id: str
    before: Part
    happens: Part
    policy: str | None = READY
    heard: bool = True
    seen: bool = True


def green(count: int = 5, **proposal: Any) -> Part:
    return lambda place: place.open(count, ci="success", **proposal)


def waiting(count: int = 5, **proposal: Any) -> Part:
    return lambda place: place.open(count, **proposal)


async def nothing(_: Place) -> None:
    return


def asking(before: Part, **asked: Any) -> Part:
    """Begin as `before`, on a branch that asks for more."""

    async def begin(place: Place) -> None:
        place.repository.require("main", **asked)
        await before(place)

    return begin


def says(words: str, by: str = "bob") -> Part:
    return lambda place: place.first.comment(by, words)


def commits(text: str | None) -> Part:
    return lambda place: place.policy(text)


async def pushed(place: Place) -> None:
    await place.first.push({"app.py": lines(30)})


async def force_pushed(place: Place) -> None:
    await place.first.force_push({"app.py": lines(30)})


async def labelled(place: Place) -> None:
    await (await place.open()).label("ship")


async def held(place: Place) -> None:
    await (await place.open(ci="success", draft=True)).comment("bob", "/andon hold")


async def empty_push(place: Place) -> None:
    await place.first.push({})


async def to_retarget(place: Place) -> None:
    await place.repository.branch("stable")
    await place.open(30)


def reviewed(state: str) -> Part:
    return lambda place: place.first.review("bob", state)


async def with_an_objection(place: Place) -> None:
    place.repository.require("main", approvals=1)
    pull = await place.open(ci="success")
    await pull.review("carol", "APPROVED")
    await pull.review("bob", "CHANGES_REQUESTED")


async def dismissed(place: Place) -> None:
    reviewing.dismiss(place.first, place.first.now.reviews[-1])


async def with_a_conversation(place: Place) -> None:
    place.repository.require("main", threads=True)
    reviewing.begin_thread(await place.open(ci="success"), "bob")


async def resolved(place: Place) -> None:
    reviewing.resolve(place.first, place.first.now.threads[0])


async def ci_green(place: Place) -> None:
    run = await place.repository.ci.starts(place.first.head, "ci")
    await place.repository.ci.finishes(run.head_sha, "ci", "success")


async def a_status(place: Place) -> None:
    await place.repository.ci.status(place.first.head, "ci", "success")


async def beside_another_failure(place: Place) -> None:
    place.repository.rulesets.clear()
    pull = await place.open(ci="failure")
    await place.repository.ci.fails(pull.head, "lint")


async def with_a_comment(place: Place) -> None:
    pull = await place.open(ci="success")
    await pull.comment("bob", "Looks good")


async def edited(place: Place) -> None:
    await place.first.edit_comment(place.first.comments[0], "/andon merge", by="bob")


async def closed_one(place: Place) -> None:
    pull = await place.open(ci="success")
    await pull.close()


async def merged_by_hand(place: Place) -> None:
    landed = await place.repository.commit("main", {"app.py": lines(30)}, "Merge by hand")
    await place.first.land(landed, place.repository.head, place.stage.github.user("alice"))


def ruled(**asked: Any) -> Part:
    async def happens(place: Place) -> None:
        place.repository.require("main", **asked)

    return happens


async def approved_by_bob(place: Place) -> None:
    pull = await place.open(30)
    await pull.review("bob", "APPROVED")


async def bob_goes(place: Place) -> None:
    place.repository.people.revoke("bob")


async def conflict(place: Place) -> None:
    await place.repository.commit("main", {"app.py": lines(7, "theirs")}, "Be faster")


async def frozen(place: Place) -> None:
    draft = await place.open(1, name="draft", draft=True)
    await draft.comment("bob", "/andon freeze migration")


def deployed(state: str) -> Part:
    async def happens(place: Place) -> None:
        await place.repository.deployments[0].status(state, description="smoke test")

    return happens


async def owners_policy(place: Place) -> None:
    home = await place.stage.github.create_repository(f"{place.repository.owner.login}/.github")
    await home.commit("main", {POLICY: READY}, "One policy for all")
    await place.open(30)


async def owners_policy_changes(place: Place) -> None:
    home = place.stage.github.repository(f"{place.repository.owner.login}/.github")
    assert home is not None
    await home.commit("main", {POLICY: READY.replace("20", "40")}, "Allow more")


async def renamed(place: Place) -> None:
    known, repository = place.stage.github.repositories, place.repository
    del known[repository.full_name.lower()]
    repository.name = "store"
    known[repository.full_name.lower()] = repository
    await place.repository.ci.succeeds(place.first.head, "ci")


async def archived(place: Place) -> None:
    await place.first.label("ship")
    place.repository.settings.archived = True


async def uninstalled(place: Place) -> None:
    installed = place.repository.installation
    assert installed is not None
    await place.first.label("ship")
    del place.stage.github.installations[installed.id]


ROWS = (
    Row("opened", nothing, green()),
    Row("opened and too large", nothing, waiting(30)),
    Row("pushed", waiting(), pushed),
    Row("pushed by force", waiting(), force_pushed),
    Row("pushed without a change", waiting(), empty_push, seen=False),
    Row("aimed at another branch", to_retarget, lambda place: place.first.edit(base="stable")),
    Row("labelled", green(), lambda place: place.first.label("ship"), LABEL),
    Row("labelled to stay", waiting(), lambda place: place.first.label("stop"), LABEL),
    Row("label taken off", labelled, lambda place: place.first.unlabel("ship"), LABEL),
    Row("approved", asking(green(), approvals=1), reviewed("APPROVED")),
    Row("approved, and only a rule asks for it", waiting(30), reviewed("APPROVED"), PAIRED),
    Row("changes asked for", asking(green(), approvals=1), reviewed("CHANGES_REQUESTED")),
    Row("an objection dismissed", with_an_objection, dismissed, heard=False),
    Row("a conversation resolved", with_a_conversation, resolved, heard=False),
    Row("CI red, then green", lambda place: place.open(ci="failure"), ci_green),
    Row("CI green beside another failure", beside_another_failure, ci_green, NAMED),
    Row("a status", waiting(), a_status),
    Row("/andon merge", green(), says("/andon merge"), LABEL),
    Row("/andon hold", waiting(), says("/andon hold for now")),
    Row("/andon unhold", held, says("/andon unhold")),
    Row("/andon recheck", waiting(30), says("/andon recheck")),
    Row("/andon override", green(30), says("/andon override small-diff hotfix")),
    Row("/andon paired by somebody else", waiting(30), says("/andon paired"), TOGETHER),
    Row("/andon fix-forward", waiting(), says("/andon fix-forward mends it")),
    Row("/andon freeze", waiting(), says("/andon freeze migration")),
    Row("/andon unfreeze", frozen, says("/andon unfreeze")),
    Row("/andon and no such word", waiting(), says("/andon dance")),
    Row("a command by somebody without access", green(), says("/andon merge", "mallory"), LABEL),
    Row("a comment edited into a command", with_a_comment, edited, LABEL),
    Row("closed", green(30), lambda place: place.first.close()),
    Row("opened again", closed_one, lambda place: place.first.reopen()),
    Row("merged by hand", waiting(30), merged_by_hand, DEPLOY),
    Row("out of draft", green(draft=True), lambda place: place.first.ready()),
    Row("made a draft", waiting(30), lambda place: place.first.convert_to_draft()),
    Row("a stricter policy", waiting(), commits(READY.replace("20", "3"))),
    Row("a laxer policy", green(30), commits(READY.replace("20", "40"))),
    Row("a wrong policy", waiting(), commits("rules: {small-dif: hold}\n")),
    Row("a first policy", green(), commits(READY), None),
    Row("the policy goes", waiting(30), commits(None)),
    Row("the owner's policy", owners_policy, owners_policy_changes, None),
    Row("a check more is required", waiting(), ruled(checks=(("ci", None), ("e2e", None))), heard=False),
    Row(
        "a check less is required",
        asking(green(), checks=(("ci", None), ("e2e", None))),
        ruled(checks=(("ci", None),)),
        heard=False,
    ),
    Row("more approvals are required", asking(waiting(), approvals=1), ruled(approvals=2), heard=False),
    Row("an approver loses access", approved_by_bob, bob_goes, PAIRED, heard=False),
    Row("the base moves into a conflict", waiting(), conflict),
    Row("a freeze, and one that waits", frozen, green()),
    Row("a release that is deployed", green(), deployed("success"), DEPLOY),
    Row("a release that fails", green(), deployed("failure"), DEPLOY),
    Row("a repository under a new name", waiting(), renamed),
    Row("a repository that is archived", green(), archived, LABEL, seen=False),
    Row("the App is taken off", green(), uninstalled, LABEL, seen=False),
)
