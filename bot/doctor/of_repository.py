"""Holds how a repository is set up against what its policy needs to be worth something. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.decision import policy_of
from bot.doctor.finding import Finding, Level
from bot.github.read_health import RepositorySeen
from bot.snapshot import CHECK_NAME, PolicyFile
from rules.engine.policy import POLICY_PATH, Policy, PolicyError


def of_repository(seen: RepositorySeen, our_app: int, site: str) -> Iterator[Finding]:
    """Judge one repository; `site` is where GitHub's pages are. One without a policy is left in peace."""
    where = seen.place.full_name
    if seen.policy is None:
        said = f"no {POLICY_PATH} on {seen.branch or 'a default branch'}: andon is silent there"
        yield Finding("policy", Level.OK, said, where=where)
        return
    policy = _read(seen.policy)
    if isinstance(policy, PolicyError):
        said, cure = "; ".join(policy.lines()), f"mend it on {seen.branch}: `andon config check` says the same before"
        yield Finding("policy", Level.WRONG, said, cure, where)
    else:
        yield Finding("policy", Level.OK, f"{policy.source} can be read", where=where)
    pages = f"{site}/{where}/settings"
    yield _required(seen, our_app, pages)
    yield from _who_may_pass(seen, pages)
    yield from _reviews(seen, pages)
    if (
        isinstance(policy, Policy)
        and policy.merge is not None
        and policy.merge.via == "auto-merge"
        and not seen.auto_merge
    ):
        said = "auto-merge is not allowed, and the policy lets GitHub merge"
        yield Finding("auto-merge", Level.WRONG, said, f"tick “Allow auto-merge” at {pages}", where)


def _read(file: PolicyFile) -> Policy | PolicyError:
    try:
        return policy_of(file)
    except PolicyError as error:
        return error


def _required(seen: RepositorySeen, our_app: int, pages: str) -> Finding:
    """Say whether our check is required, and from nobody else: whoever may push can report a check of any name."""
    where = seen.place.full_name
    sources = {one.app_id for one in (*seen.ruled, *seen.protection.checks) if one.name == CHECK_NAME}
    pinned = f"choose this App ({our_app}) as the source of `{CHECK_NAME}` at {pages}/rules (or {pages}/branches)"
    if not sources:
        said = f"{seen.branch} does not require the check `{CHECK_NAME}`, so anybody may merge past andon"
        cure = f"require it on {seen.branch}, and {pinned}"
        return Finding("required-check", Level.WARNING, said, cure, where)
    if sources == {our_app}:
        said = f"{seen.branch} requires `{CHECK_NAME}` from this App alone"
        return Finding("required-check", Level.OK, said, where=where)
    if our_app not in sources and None not in sources:
        said = f"{seen.branch} waits for `{CHECK_NAME}` from another App, so nothing can be merged"
        return Finding("required-check", Level.WRONG, said, pinned, where)
    said = f"{seen.branch} takes `{CHECK_NAME}` from any source, so whoever may push can forge it"
    return Finding("required-check", Level.WRONG, said, pinned, where)


def _who_may_pass(seen: RepositorySeen, pages: str) -> Iterator[Finding]:
    where = seen.place.full_name
    if not seen.protection.admins:
        cure = f"tick “Do not allow bypassing the above settings” at {pages}/branches"
        said = f"administrators may merge past the protection of {seen.branch}"
        yield Finding("admins", Level.WARNING, said, cure, where)
    if seen.ruled:
        cure = f"see that nobody stands there who should not: {pages}/rules"
        said = f"who may bypass the rulesets of {seen.branch} is shown to administrators alone"
        yield Finding("admins", Level.LOOK, said, cure, where)


def _reviews(seen: RepositorySeen, pages: str) -> Iterator[Finding]:
    """Say whether an approval may outlive what it approved, where approvals are asked for at all."""
    if not seen.asked.approvals or seen.protection.checks:
        return
    if not (seen.asked.stale_dismissed or seen.asked.last_push):
        said = f"approvals on {seen.branch} stand although something else is pushed afterwards"
        cure = f"tick “Dismiss stale approvals” or “Require approval of the most recent push” at {pages}/rules"
        yield Finding("reviews", Level.WARNING, said, cure, seen.place.full_name)
