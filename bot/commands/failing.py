"""The scenes in which a release fails in production, and how it is brought back."""

from __future__ import annotations

from typing import Any

from bot.commands.acting import (
    CHECK,
    Actors,
    check_words,
    code,
    deployment_of,
    expect,
    say,
    until_check,
    until_release,
)
from simulator.issues import Issue
from simulator.pull_request import PullRequest

SMOKE = "smoke"
DEPLOYED = "deploy: {via: deployment, environment: production}"
VERIFIED = f"""\
deploy:
  via: deployment
  environment: production
  verify: {{checks: [{SMOKE}], within: 1m, soak: 1s}}
  on-failure: revert
"""


async def fails_and_is_taken_back(actors: Actors) -> None:
    """Let a release fail: the line closes, the revert lands and is live, and the line opens."""
    await _verify(actors)
    waiting = await actors.repository.open_pull_request(
        files={"demo/later.py": code("later", 3)}, title="Say it later", author="carol"
    )
    say("carol", f"opens #{waiting.number}; her CI takes its time")
    bad = await _fails(actors, "oops")
    line = await _until_line(actors, "closed")
    say("the line", f"is closed: {line['closings'][0]['words']}")
    await actors.repository.ci.succeeds(waiting.head, CHECK)
    say("CI", f"is green on #{waiting.number} as well")
    await _until_waits(actors, waiting, "production is unhealthy")
    revert = await _revert_of(actors, bad)
    await actors.repository.ci.succeeds(revert.head, CHECK)
    say("CI", f"is green on #{revert.number}, where nothing but checks is required")
    await _restored(actors, bad, revert)
    await actors.stage.until(f"#{waiting.number} is merged", lambda: waiting.merged)
    say("the bot", f"merged #{waiting.number}, which had waited")


async def fails_where_approval_is_required(actors: Actors) -> None:
    """Let a release fail where the revert needs an approval: it is asked for, given, and production is restored."""
    actors.repository.require_approvals("main", 1)
    say("a maintainer", "requires one approval on main")
    bad = await _fails(actors, "again", approved_by="bob")
    revert = await _revert_of(actors, bad)
    await actors.repository.ci.succeeds(revert.head, CHECK)
    await _until_waits(actors, revert, "one approval restores production")
    expect(not revert.merged, "andon never approves, and merges nothing that lacks an approval")
    await revert.review("bob", "APPROVED")
    say("bob", f"approves #{revert.number}")
    await _restored(actors, bad, revert)


async def _verify(actors: Actors) -> None:
    """Have the policy ask for a smoke test in production."""
    text = actors.policy.replace(DEPLOYED, VERIFIED)
    await actors.repository.commit("main", {".github/andon.yml": text}, "Ask production before anything is live")
    say("a maintainer", f"has the policy ask for more: verify: {{checks: [{SMOKE}], within: 1m, soak: 1s}}")


async def _fails(actors: Actors, name: str, approved_by: str = "") -> PullRequest:
    """Merge and deploy a change that fails its smoke test in production."""
    pull = await actors.repository.open_pull_request(files={f"demo/{name}.py": code(name, 3)}, title=f"Try {name}")
    say("alice", f"opens #{pull.number}")
    await until_check(actors, pull, "success")
    if approved_by:
        await pull.review(approved_by, "APPROVED")
        say(approved_by, "approves it")
    await actors.repository.ci.succeeds(pull.head, CHECK)
    await actors.stage.until(f"#{pull.number} is merged", lambda: pull.merged)
    await (await deployment_of(actors, pull)).status("success")
    await until_release(actors, pull, "verifying")
    say("the bot", f"merged and deployed #{pull.number}, and asks whether production is well")
    await actors.repository.ci.fails(str(pull.merge_commit), SMOKE)
    await until_release(actors, pull, "reverting")
    failed = await actors.told(f"pulls/{pull.number}")
    say("production", f"is not: {failed['release']['detail']}")
    issue = await _post_mortem(actors, pull, "")
    say("the bot", f"opened issue #{issue.number}: {issue.title}")
    return pull


async def _revert_of(actors: Actors, bad: PullRequest) -> PullRequest:
    found = [one for one in actors.repository.pulls.values() if one.head_branch.startswith(f"revert-{bad.number}-")]
    expect(len(found) == 1, f"one pull request takes #{bad.number} back, not {len(found)}")
    [revert] = found
    say("the bot", f"opened #{revert.number}: {revert.now.title}")
    return revert


async def _restored(actors: Actors, bad: PullRequest, revert: PullRequest) -> None:
    """Wait until the revert is live, the line is open, and the post-mortem says so."""
    await actors.stage.until(f"#{revert.number} is merged", lambda: revert.merged)
    say("the bot", f"merged #{revert.number} before all others: {check_words(revert)}")
    await _passes(actors, revert)
    await until_release(actors, bad, "reverted")
    await _until_line(actors, "open")
    say("the line", "is open again")
    issue = await _post_mortem(actors, bad, "Production was restored")
    line = next(line for line in issue.body.splitlines() if "Production was restored" in line)
    say("the bot", f"completed issue #{issue.number}: {line.replace('*', '')}")


async def _passes(actors: Actors, pull: PullRequest) -> None:
    """Let its deployment and its smoke test succeed, and wait until it is live."""
    await (await deployment_of(actors, pull)).status("success")
    await actors.repository.ci.succeeds(str(pull.merge_commit), SMOKE)
    await until_release(actors, pull, "live")
    say("production", f"#{pull.number} is live, by its deployment and the check {SMOKE}")


async def _until_line(actors: Actors, state: str) -> Any:  # noqa: ANN401 - JSON as the API gives it
    async def reached() -> bool:
        return bool((await actors.told("line?branch=main"))["state"] == state)

    await actors.stage.until(f"the line is {state}", reached)
    return await actors.told("line?branch=main")


async def _until_waits(actors: Actors, pull: PullRequest, words: str) -> None:
    """Wait until a pull request says that it waits for something in these words, and tell it."""

    async def reasons() -> list[str]:
        return [wait["what"] for wait in (await actors.told(f"pulls/{pull.number}")).get("waiting_for", ())]

    async def said() -> bool:
        return any(words in reason for reason in await reasons())

    await actors.stage.until(f"#{pull.number} waits: {words}", said)
    expect(not pull.merged, f"#{pull.number} waits")
    reason = next(reason for reason in await reasons() if words in reason)
    say("the bot", f"lets #{pull.number} wait: {reason.partition(' (')[0]}")


async def _post_mortem(actors: Actors, bad: PullRequest, words: str) -> Issue:
    """Wait for the one issue about a failed release, and until it says something."""

    def found() -> list[Issue]:
        issues = (one for one in actors.repository.issues.values() if f"release of #{bad.number} " in one.title)
        return [one for one in issues if words in one.body]

    await actors.stage.until(f"the post-mortem of #{bad.number} says so: {words}", lambda: bool(found()))
    expect(len(found()) == 1, "one issue for one incident")
    return found()[0]
