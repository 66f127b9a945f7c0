"""From a delivery to the addresses worth a look. Pure, and never surprised by an odd payload."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.address import CommitAt, Hint, IncidentAt, Press, PullRequestAt, QueueGroupAt, Repository, RepositoryAt, Want
from bot.postmortem.issue import incidents_in
from bot.requests.requests import BUTTONS, COMMAND, Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Actions on a pull request after which no answer of ours can be different. An action not listed here is looked at.
IRRELEVANT_PULL_REQUEST_ACTIONS = frozenset(
    {
        "assigned",
        "unassigned",
        "locked",
        "unlocked",
        "milestoned",
        "demilestoned",
        "review_requested",
        "review_request_removed",
    }
)
RELEVANT_REVIEW_ACTIONS = frozenset({"submitted", "edited", "dismissed"})
RELEVANT_ISSUE_ACTIONS = frozenset({"opened", "edited", "closed", "reopened", "deleted", "transferred"})
RELEVANT_COMMENT_ACTIONS = frozenset({"created", "edited", "deleted"})
ASKED_OF_US = frozenset({"rerequested", "requested_action"})
INSTALLED = frozenset({"created", "unsuspend", "new_permissions_accepted"})

RECHECK = Verb.RECHECK.value

LARGEST_ID = 2**63 - 1
LARGEST_NUMBER = 2**31 - 1
OWNER = re.compile(r"[A-Za-z0-9_-]{1,100}")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}")
BUTTON = re.compile(r"[a-z-]{1,20}")
SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REF = re.compile(r"[!-~]{1,400}")
ENVIRONMENT = re.compile(r"[^\0\ud800-\udfff]{1,255}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who listens: our App, and the owners it serves (lower case; none listed means all)."""

    app_id: int
    allowed_owners: frozenset[str] = frozenset()


def interpret(event: str, payload: Mapping[str, object], heard_by: Hearing) -> tuple[Want, ...]:
    """Name the addresses that a delivery makes worth a look. Anything odd or unknown gives none; it never raises."""
    reader = _READERS.get(event)
    if reader is None:
        return ()
    wants = dict.fromkeys(want for want in reader(_Json(payload), heard_by) if _served(want, heard_by))
    return tuple(wants)


def heard() -> frozenset[str]:
    """Name every event that is listened to; the App's manifest asks for exactly these."""
    return frozenset(_READERS)


def _served(want: Want, heard_by: Hearing) -> bool:
    return not heard_by.allowed_owners or want.address.repository.owner.lower() in heard_by.allowed_owners


class _Json:
    """Reads untrusted JSON by path: what is missing, or of another type or shape, is None."""

    def __init__(self, value: object) -> None:
        self._value = value

    def at(self, *path: str) -> _Json:
        value = self._value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return _Json(value)

    def items(self, *path: str) -> Iterator[_Json]:
        value = self.at(*path)._value  # noqa: SLF001 - of the same class
        yield from map(_Json, value if isinstance(value, list) else [])

    def text(self, *path: str, shape: re.Pattern[str] | None = None) -> str | None:
        value = self.at(*path)._value  # noqa: SLF001 - of the same class
        return value if isinstance(value, str) and (shape is None or shape.fullmatch(value)) else None

    def number(self, *path: str, largest: int = LARGEST_ID) -> int | None:
        value = self.at(*path)._value  # noqa: SLF001 - of the same class
        return value if type(value) is int and 0 < value <= largest else None


def _repository(payload: _Json) -> Repository | None:
    installation = payload.number("installation", "id")
    owner = payload.text("repository", "owner", "login", shape=OWNER)
    name = payload.text("repository", "name", shape=NAME)
    return Repository(installation, owner, name) if installation and owner and name else None


def _pull_request(payload: _Json, heard_by: Hearing) -> Iterator[Want]:
    if payload.text("action") not in IRRELEVANT_PULL_REQUEST_ACTIONS:
        yield from _pull_request_at(payload, heard_by)


def _review(payload: _Json, heard_by: Hearing) -> Iterator[Want]:
    if payload.text("action") in RELEVANT_REVIEW_ACTIONS:
        yield from _pull_request_at(payload, heard_by)


def _pull_request_at(payload: _Json, _: Hearing) -> Iterator[Want]:
    repository = _repository(payload)
    number = payload.number("pull_request", "number", largest=LARGEST_NUMBER)
    if repository and number:
        head = payload.text("pull_request", "head", "sha", shape=SHA)
        updated_at = payload.text("pull_request", "updated_at", shape=TIMESTAMP)
        yield Want(PullRequestAt(repository, number), Hint(head, updated_at) if head and updated_at else None)


def _check_run(payload: _Json, heard_by: Hearing) -> Iterator[Want]:
    action = payload.text("action")
    # The App that made the run tells an echo of our own writes; the sender may be any person or bot.
    ours = payload.number("check_run", "app", "id") == heard_by.app_id
    if not ours and action == "completed":
        yield from _of_their_check(payload, payload.at("check_run"))
    elif ours and action in ASKED_OF_US:
        press = _press(payload)
        yield from (Want(want.address, want.hint, press) for want in _of_check(payload, payload.at("check_run")))


def _press(payload: _Json) -> Press | None:
    """Read which button who pressed; asking for a new run of the check is the same as pressing that button."""
    asked = payload.text("requested_action", "identifier", shape=BUTTON)
    button = asked if payload.text("action") == "requested_action" else RECHECK
    login, account = payload.text("sender", "login", shape=LOGIN), payload.number("sender", "id")
    head = payload.text("check_run", "head_sha", shape=SHA)
    if button not in BUTTONS or not login or not account or not head or payload.text("sender", "type") != "User":
        return None
    return Press(button, login, account, head)


def _issue_comment(payload: _Json, heard_by: Hearing) -> Iterator[Want]:
    """Look where a comment under a pull request may be a command, or where somebody touched ours."""
    repository = _repository(payload)
    number = payload.number("issue", "number", largest=LARGEST_NUMBER)
    is_pull_request = payload.text("issue", "pull_request", "url") is not None
    if not repository or not number or not is_pull_request or payload.text("sender", "type") == "Bot":
        return
    ours = payload.number("comment", "performed_via_github_app", "id") == heard_by.app_id
    says = COMMAND in (payload.text("comment", "body") or "")
    if payload.text("action") in RELEVANT_COMMENT_ACTIONS and (ours or says):
        yield Want(PullRequestAt(repository, number))


def _issues(payload: _Json, _: Hearing) -> Iterator[Want]:
    """Look at the incident that an issue is about, by the mark in its text; nothing is believed that it says."""
    repository = _repository(payload)
    if not repository or payload.text("action") not in RELEVANT_ISSUE_ACTIONS:
        return
    texts = (payload.text("issue", "body"), payload.text("changes", "body", "from"))
    shas = (sha for text in texts if text for sha in incidents_in(text))
    yield from (Want(IncidentAt(repository, sha)) for sha in shas)


def _check_suite(payload: _Json, heard_by: Hearing) -> Iterator[Want]:
    ours = payload.number("check_suite", "app", "id") == heard_by.app_id
    if ours and payload.text("action") == "rerequested":
        yield from _of_check(payload, payload.at("check_suite"))


def _workflow_run(payload: _Json, _: Hearing) -> Iterator[Want]:
    """Hear that a run is over: what it uploaded can be read now."""
    if payload.text("action") == "completed":
        yield from _of_their_check(payload, payload.at("workflow_run"))


def _of_check(payload: _Json, check: _Json) -> Iterator[Want]:
    """Find the pull requests of a check; a fork's check names none, so its commit is looked up."""
    repository = _repository(payload)
    home = payload.number("repository", "id")
    if not repository:
        return
    here = (pr for pr in check.items("pull_requests") if home and pr.number("base", "repo", "id") == home)
    numbers = [number for pr in here if (number := pr.number("number", largest=LARGEST_NUMBER))]
    sha = check.text("head_sha", shape=SHA)
    if numbers:
        yield from (Want(PullRequestAt(repository, number)) for number in numbers)
    elif sha:
        yield Want(CommitAt(repository, sha))


def _of_their_check(payload: _Json, check: _Json) -> Iterator[Want]:
    """Find the pull requests of a check, and its commit: one that is on its way to live waits for it as well."""
    wants = tuple(_of_check(payload, check))
    commits = _commit(payload, check.text("head_sha", shape=SHA))
    yield from wants
    yield from (Want(one.address, if_unfinished=True) for one in commits if one not in wants)


def _status(payload: _Json, _: Hearing) -> Iterator[Want]:
    state = payload.text("state")
    if state is not None and state != "pending":
        yield from _commit(payload, payload.text("sha", shape=SHA))


def _deployment_status(payload: _Json, _: Hearing) -> Iterator[Want]:
    environment = payload.text("deployment", "environment", shape=ENVIRONMENT) or ""
    commits = _commit(payload, payload.text("deployment", "sha", shape=SHA))
    yield from (Want(one.address, environment=environment) for one in commits)


def _commit(payload: _Json, sha: str | None) -> Iterator[Want]:
    repository = _repository(payload)
    if repository and sha:
        yield Want(CommitAt(repository, sha))


def _push(payload: _Json, _: Hearing) -> Iterator[Want]:
    repository = _repository(payload)
    trunk = payload.text("repository", "default_branch")
    if repository and trunk and payload.text("ref") == f"refs/heads/{trunk}":
        yield Want(RepositoryAt(repository))


def _merge_group(payload: _Json, _: Hearing) -> Iterator[Want]:
    repository = _repository(payload)
    ref = payload.text("merge_group", "head_ref", shape=REF)
    sha = payload.text("merge_group", "head_sha", shape=SHA)
    if repository and ref and sha and payload.text("action") == "checks_requested":
        yield Want(QueueGroupAt(repository, ref, sha))


def _installation(payload: _Json, _: Hearing) -> Iterator[Want]:
    if payload.text("action") in INSTALLED:
        yield from _repositories(payload, "repositories")


def _installation_repositories(payload: _Json, _: Hearing) -> Iterator[Want]:
    if payload.text("action") == "added":
        yield from _repositories(payload, "repositories_added")


def _repositories(payload: _Json, listed: str) -> Iterator[Want]:
    installation = payload.number("installation", "id")
    owner = payload.text("installation", "account", "login", shape=OWNER)
    if installation and owner:
        names = (item.text("name", shape=NAME) for item in payload.items(listed))
        yield from (Want(RepositoryAt(Repository(installation, owner, name))) for name in names if name)


_READERS: Mapping[str, Callable[[_Json, Hearing], Iterator[Want]]] = {
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_thread": _pull_request_at,
    "issue_comment": _issue_comment,
    "issues": _issues,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "workflow_run": _workflow_run,
    "status": _status,
    "push": _push,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "deployment_status": _deployment_status,
    "merge_group": _merge_group,
}
