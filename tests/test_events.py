from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import events
from bot.address import (
    Address,
    CommitAt,
    Hint,
    IncidentAt,
    Press,
    PullRequestAt,
    QueueGroupAt,
    Repository,
    RepositoryAt,
    Want,
)
from bot.events import IRRELEVANT_PULL_REQUEST_ACTIONS, Hearing
from bot.payload import fields_of

APP = 41
HEARING = Hearing(APP)
SHOP = Repository(7, "octo", "shop")
SHA = "a" * 40
INCIDENT = f"<!-- andon:incident {SHA} facts=0123456789abcdef -->"
HERE: dict[str, Any] = {
    "installation": {"id": 7},
    "repository": {"id": 70, "name": "shop", "owner": {"login": "octo"}, "default_branch": "main"},
}
PULL = {"number": 3, "updated_at": "2026-05-02T10:00:00Z", "head": {"sha": SHA}}
PULL_WANTED = Want(PullRequestAt(SHOP, 3), Hint(SHA, "2026-05-02T10:00:00Z"))


def interpret(event: str, payload: dict[str, Any], hearing: Hearing) -> tuple[Want, ...]:
    """Interpret a payload as it comes over the wire, of which only some fields are kept, and as a whole."""
    whole = events.interpret(event, payload, hearing)
    read = fields_of(json.dumps(payload))
    assert isinstance(read, dict)
    assert events.interpret(event, read, hearing) == whole
    return whole


def heard(event: str, **payload: object) -> list[Address]:
    return [want.address for want in interpret(event, {**HERE, **payload}, HEARING)]


def check(app: int, *, repository_id: int = 70, pulls: tuple[int, ...] = ()) -> dict[str, object]:
    listed = [{"number": number, "base": {"repo": {"id": repository_id}}} for number in pulls]
    return {"app": {"id": app}, "head_sha": SHA, "pull_requests": listed}


@pytest.mark.parametrize(
    "action", ["opened", "synchronize", "edited", "labeled", "closed", "dequeued", "never seen before"]
)
def test_a_change_of_a_pull_request_wants_a_look_with_a_hint(action: str) -> None:
    assert interpret("pull_request", {**HERE, "action": action, "pull_request": PULL}, HEARING) == (PULL_WANTED,)


@pytest.mark.parametrize("action", sorted(IRRELEVANT_PULL_REQUEST_ACTIONS))
def test_what_can_change_no_answer_wants_nothing(action: str) -> None:
    assert heard("pull_request", action=action, pull_request=PULL) == []


def test_a_pull_request_without_a_head_is_wanted_without_a_hint() -> None:
    payload = {**HERE, "action": "opened", "pull_request": {"number": 3}}

    assert interpret("pull_request", payload, HEARING) == (Want(PullRequestAt(SHOP, 3)),)


@pytest.mark.parametrize(
    ("event", "action", "wanted"),
    [
        ("pull_request_review", "submitted", True),
        ("pull_request_review", "edited", True),
        ("pull_request_review", "dismissed", True),
        ("pull_request_review", "odd", False),
        ("pull_request_review_thread", "resolved", True),
        ("pull_request_review_thread", "unresolved", True),
        ("pull_request_review_comment", "created", False),
        ("issue_comment", "created", False),
        ("star", "created", False),
    ],
)
def test_reviews_and_threads_want_their_pull_request(event: str, action: str, *, wanted: bool) -> None:
    assert heard(event, action=action, pull_request=PULL) == ([PullRequestAt(SHOP, 3)] if wanted else [])


@pytest.mark.parametrize(
    ("app", "action", "wanted"),
    [
        pytest.param(99, "created", False, id="another app's check is pending"),
        pytest.param(99, "rerequested", False, id="another app is asked again"),
        pytest.param(APP, "completed", False, id="the echo of our own check"),
        pytest.param(APP, "created", False, id="the echo of our own new check"),
        pytest.param(APP, "rerequested", True, id="we are asked again"),
        pytest.param(APP, "requested_action", True, id="a button of ours is pressed"),
    ],
)
def test_a_check_run_wants_its_pull_requests_unless_it_is_our_echo(app: int, action: str, *, wanted: bool) -> None:
    addresses = heard("check_run", action=action, check_run=check(app, pulls=(3, 4)))

    assert addresses == ([PullRequestAt(SHOP, 3), PullRequestAt(SHOP, 4)] if wanted else [])


def test_a_check_of_another_app_wants_its_pull_requests_and_its_commit_while_that_is_not_live() -> None:
    payload = {**HERE, "action": "completed", "check_run": check(99, pulls=(3, 4))}

    wants = interpret("check_run", payload, HEARING)

    pulls = (Want(PullRequestAt(SHOP, 3)), Want(PullRequestAt(SHOP, 4)))
    assert wants == (*pulls, Want(CommitAt(SHOP, SHA), if_unfinished=True))


def test_an_echo_is_known_by_its_app_and_not_by_its_sender() -> None:
    sender = {"login": "andon[bot]", "type": "Bot"}

    assert heard("check_run", action="completed", check_run=check(99), sender=sender) == [CommitAt(SHOP, SHA)]


def test_a_check_on_a_fork_wants_its_commit() -> None:
    assert heard("check_run", action="completed", check_run=check(99)) == [CommitAt(SHOP, SHA)]


def test_a_check_that_names_pull_requests_of_other_repositories_wants_its_commit() -> None:
    run = check(99, repository_id=71, pulls=(3,))

    assert heard("check_run", action="completed", check_run=run) == [CommitAt(SHOP, SHA)]


def comment(body: str = "/andon merge", app: int | None = None) -> dict[str, object]:
    return {"id": 5, "body": body, "performed_via_github_app": {"id": app} if app else None}


PERSON = {"login": "bob", "id": 2, "type": "User"}
UNDER_A_PULL_REQUEST = {"number": 3, "pull_request": {"url": "https://api.github.com/repos/octo/shop/pulls/3"}}


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ({"comment": comment()}, True),
        ({"comment": comment("Looks good.")}, False),
        ({"comment": comment("Held: …", app=APP), "action": "edited"}, True),
        ({"comment": comment("Held: …", app=APP), "action": "deleted"}, True),
        ({"comment": comment("Held: …", app=99), "action": "edited"}, False),
        ({"comment": comment(), "sender": {**PERSON, "type": "Bot"}}, False),
        ({"comment": comment(), "issue": {"number": 3}}, False),
        ({"comment": comment(), "action": "odd"}, False),
    ],
    ids=["command", "talk", "ours edited", "ours deleted", "another App's", "by a bot", "plain issue", "odd action"],
)
def test_a_comment_wants_a_look_where_it_commands_or_where_it_is_ours(
    payload: dict[str, object], *, wanted: bool
) -> None:
    whole = {"action": "created", "issue": UNDER_A_PULL_REQUEST, "sender": PERSON, **payload}

    assert heard("issue_comment", **whole) == ([PullRequestAt(SHOP, 3)] if wanted else [])


@pytest.mark.parametrize(
    ("action", "app", "button", "sender", "press"),
    [
        ("requested_action", APP, "recheck", PERSON, Press("recheck", "bob", 2, SHA)),
        ("requested_action", APP, "request-override", PERSON, Press("request-override", "bob", 2, SHA)),
        ("rerequested", APP, "", PERSON, Press("recheck", "bob", 2, SHA)),
        ("requested_action", APP, "override", PERSON, None),
        ("requested_action", APP, "recheck", {**PERSON, "type": "Bot"}, None),
        ("requested_action", APP, "recheck", {}, None),
        ("completed", 99, "recheck", PERSON, None),
    ],
)
def test_a_button_is_pressed_by_somebody_on_a_head(
    action: str, app: int, button: str, sender: dict[str, object], press: Press | None
) -> None:
    payload = {"check_run": check(app), "requested_action": {"identifier": button}, "sender": sender}

    [want] = interpret("check_run", {**HERE, "action": action, **payload}, HEARING)

    assert (want.address, want.press) == (CommitAt(SHOP, SHA), press)


@pytest.mark.parametrize(
    ("app", "action", "wanted"),
    [(APP, "rerequested", True), (APP, "requested", False), (APP, "completed", False), (99, "rerequested", False)],
)
def test_a_check_suite_wants_a_look_only_when_ours_is_asked_again(app: int, action: str, *, wanted: bool) -> None:
    addresses = heard("check_suite", action=action, check_suite=check(app, pulls=(3,)))

    assert addresses == ([PullRequestAt(SHOP, 3)] if wanted else [])


@pytest.mark.parametrize(
    ("state", "wanted"), [("pending", False), ("success", True), ("failure", True), ("error", True), (None, False)]
)
def test_a_settled_status_wants_its_commit(state: str | None, *, wanted: bool) -> None:
    assert heard("status", state=state, sha=SHA) == ([CommitAt(SHOP, SHA)] if wanted else [])


@pytest.mark.parametrize(
    ("ref", "wanted"),
    [("refs/heads/main", True), ("refs/heads/main2", False), ("refs/tags/main", False), ("main", False), (None, False)],
)
def test_only_a_push_to_the_default_branch_wants_the_repository(ref: str | None, *, wanted: bool) -> None:
    assert heard("push", ref=ref) == ([RepositoryAt(SHOP)] if wanted else [])


def test_a_deployment_status_wants_its_commit() -> None:
    assert heard("deployment_status", action="created", deployment={"sha": SHA}) == [CommitAt(SHOP, SHA)]


@pytest.mark.parametrize(
    ("action", "wanted"), [("completed", [PullRequestAt(SHOP, 3), CommitAt(SHOP, SHA)]), ("requested", [])]
)
def test_a_workflow_run_that_is_over_wants_its_pull_request_and_its_commit(action: str, wanted: list[Address]) -> None:
    assert heard("workflow_run", action=action, workflow_run=check(99, pulls=(3,))) == wanted


def test_a_deployment_status_says_where_its_commit_was_deployed_to() -> None:
    payload = {**HERE, "action": "created", "deployment": {"sha": SHA, "environment": "production"}}

    assert interpret("deployment_status", payload, HEARING) == (Want(CommitAt(SHOP, SHA), environment="production"),)


@pytest.mark.parametrize(
    ("action", "body", "before", "wanted"),
    [
        ("closed", f"a\n{INCIDENT}\nb", "", True),
        ("edited", "all gone", INCIDENT, True),
        ("edited", INCIDENT, INCIDENT, True),
        ("assigned", INCIDENT, "", False),
        ("closed", "of something else", "", False),
        ("closed", None, None, False),
    ],
)
def test_an_issue_wants_the_incident_that_its_text_is_marked_with(
    action: str, body: str | None, before: str | None, *, wanted: bool
) -> None:
    changes = {"body": {"from": before}}

    addresses = heard("issues", action=action, issue={"number": 3, "body": body}, changes=changes)

    assert addresses == ([IncidentAt(SHOP, SHA)] if wanted else [])


@pytest.mark.parametrize(("action", "wanted"), [("checks_requested", True), ("destroyed", False)])
def test_a_merge_group_that_asks_for_checks_is_wanted(action: str, *, wanted: bool) -> None:
    ref = "gh-readonly-queue/main/pr-3-" + SHA

    addresses = heard("merge_group", action=action, merge_group={"head_ref": ref, "head_sha": SHA})

    assert addresses == ([QueueGroupAt(SHOP, ref, SHA)] if wanted else [])


@pytest.mark.parametrize(
    ("event", "action", "listed", "wanted"),
    [
        ("installation", "created", "repositories", True),
        ("installation", "unsuspend", "repositories", True),
        ("installation", "new_permissions_accepted", "repositories", True),
        ("installation", "deleted", "repositories", False),
        ("installation", "suspend", "repositories", False),
        ("installation_repositories", "added", "repositories_added", True),
        ("installation_repositories", "removed", "repositories_removed", False),
    ],
)
def test_a_new_installation_wants_each_of_its_repositories(
    event: str, action: str, listed: str, *, wanted: bool
) -> None:
    payload = {
        "action": action,
        "installation": {"id": 7, "account": {"login": "octo"}},
        listed: [{"id": 70, "name": "shop", "full_name": "octo/shop"}, {"id": 71, "name": "till"}, {"id": 72}, None],
    }

    addresses = [want.address for want in interpret(event, payload, HEARING)]

    assert addresses == ([RepositoryAt(SHOP), RepositoryAt(Repository(7, "octo", "till"))] if wanted else [])


@pytest.mark.parametrize(
    ("owners", "wanted"), [(frozenset(), True), ({"octo"}, True), ({"OCTO"}, False), ({"hexa"}, False)]
)
def test_only_listed_owners_are_served(owners: frozenset[str], *, wanted: bool) -> None:
    payload = {**HERE, "action": "opened", "pull_request": PULL}
    payload["repository"] = {**HERE["repository"], "owner": {"login": "Octo"}}

    assert bool(interpret("pull_request", payload, Hearing(APP, frozenset(owners)))) is wanted


@pytest.mark.parametrize("missing", ["installation", "repository", "pull_request"])
def test_a_payload_without_what_names_its_address_wants_nothing(missing: str) -> None:
    payload = {**HERE, "action": "opened", "pull_request": PULL}
    del payload[missing]

    assert interpret("pull_request", payload, HEARING) == ()


EVENTS = (
    "pull_request",
    "pull_request_review",
    "pull_request_review_thread",
    "check_run",
    "check_suite",
    "status",
    "push",
    "issue_comment",
    "workflow_run",
    "installation",
    "installation_repositories",
    "deployment_status",
    "merge_group",
)
KEYS = (
    *("action", "installation", "id", "repository", "name", "owner", "login", "account", "default_branch", "ref"),
    *("pull_request", "number", "head", "sha", "updated_at", "pull_requests", "base", "repo"),
    *("check_run", "check_suite", "app", "head_sha", "state", "deployment", "merge_group", "head_ref"),
    *("repositories", "repositories_added", "requested_action", "identifier", "sender", "type", "workflow_run"),
    *("issue", "comment", "body", "performed_via_github_app", "url"),
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([SHA, "completed", 7]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)  # a busy machine is slow, which is not what this is about
@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(KEYS), ODD))
def test_no_payload_however_odd_raises(event: str, payload: dict[str, object]) -> None:
    for whole in (payload, {**HERE, **payload}):
        wants = interpret(event, whole, HEARING)

        assert all(isinstance(want, Want) for want in wants)
