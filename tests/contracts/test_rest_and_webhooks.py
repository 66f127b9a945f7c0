"""Every route and every webhook of the simulator, held against GitHub's published descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import app_settings, issues
from simulator.calls import Asked, Exchange
from simulator.ci import start_check
from simulator.records import CheckRunState
from simulator.server import ROUTES

if TYPE_CHECKING:
    from simulator import PullRequest, Repository, Simulator
    from tests.contracts.checker import ContractChecker
    from tests.simulator.app_client import AppClient

REPO = "/repos/octo/shop"


async def _app_routes(github: Simulator, client: AppClient, installation: int) -> None:
    github.ping()
    await github.settled()
    await client.app_call("GET", "/app")
    await client.app_call("GET", "/app/installations")
    await client.app_call("GET", "/app/hook/config")
    manifest = {"url": "https://a.test", "redirect_url": "https://a.test", "hook_attributes": {"url": "https://a.test"}}
    await client.call("POST", f"/app-manifests/{app_settings.register(github, manifest)}/conversions")
    await client.mint(installation, repositories=["shop"], permissions={"contents": "read"})
    await client.mint(installation)
    listed = await client.app_call("GET", "/app/hook/deliveries?per_page=5")
    number = listed.body[0]["id"]
    await client.app_call("GET", f"/app/hook/deliveries/{number}")
    await client.app_call("POST", f"/app/hook/deliveries/{number}/attempts")
    await client.call("GET", "/installation/repositories")
    await client.call("GET", f"{REPO}/branches/main")
    await client.call("GET", "/rate_limit")


async def _check_routes(client: AppClient, sha: str) -> None:
    annotation = {"path": "a.py", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "no"}
    output = {"title": "t", "summary": "s", "text": "x", "annotations": [annotation]}
    action = {"label": "Merge", "description": "Merge now", "identifier": "merge"}
    body = {"name": "andon", "head_sha": sha, "status": "in_progress", "external_id": "e", "output": output}
    made = await client.call("POST", f"{REPO}/check-runs", body | {"actions": [action]})
    done = {"status": "completed", "conclusion": "success"}
    await client.call("PATCH", f"{REPO}/check-runs/{made.body['id']}", done)
    await client.call("GET", f"{REPO}/commits/{sha}/check-runs?check_name=andon&app_id=1001")
    await client.call("POST", f"{REPO}/statuses/{sha}", {"state": "success", "context": "andon/status"})


async def _comment_routes(client: AppClient, number: int) -> None:
    where = f"{REPO}/issues/{number}/comments"
    made = await client.call("POST", where, {"body": "What is missing"})
    await client.call("PATCH", f"{REPO}/issues/comments/{made.body['id']}", {"body": "Nothing any more"})
    await client.call("GET", where)
    one = f"{REPO}/issues/comments/{made.body['id']}"
    await client.call("GET", one)
    reacted = await client.call("POST", f"{one}/reactions", {"content": "eyes"})
    await client.call("POST", f"{one}/reactions", {"content": "eyes"})
    await client.call("GET", f"{one}/reactions?content=eyes")
    await client.call("DELETE", f"{one}/reactions/{reacted.body['id']}")
    await client.call("DELETE", one)


async def _issue_routes(client: AppClient) -> None:
    made = await client.call("POST", f"{REPO}/issues", {"title": "It broke", "body": "Why", "labels": ["incident"]})
    one = f"{REPO}/issues/{made.body['number']}"
    await client.call("GET", one)
    for change in ({"body": "Because"}, {"state": "closed"}, {"state": "open"}):
        await client.call("PATCH", one, change)
    await client.call("POST", f"{one}/comments", {"body": "What is missing"})
    await client.call("GET", f"{REPO}/issues?state=all&per_page=100&since=2020-01-01T00:00:00Z")


async def _people_routes(shop: Repository, client: AppClient) -> None:
    for login, role in {"dora": "maintain", "mallory": "none"}.items():
        shop.people.give(login, role)
        await client.call("GET", f"{REPO}/collaborators/{login}/permission")


async def _action_routes(shop: Repository, client: AppClient, sha: str) -> None:
    artifact = await shop.actions.uploads(sha, "coverage", {"coverage.xml": "<coverage/>"})
    await client.call("GET", f"{REPO}/actions/runs?head_sha={sha}")
    await client.call("GET", f"{REPO}/actions/artifacts?name=coverage")
    await client.call("GET", f"{REPO}/actions/runs/{artifact.run.id}/artifacts")
    await client.call("GET", f"{REPO}/actions/artifacts/{artifact.id}/zip")
    artifact.expired = True
    await client.call("GET", f"{REPO}/actions/artifacts/{artifact.id}/zip")


async def _deploy_routes(client: AppClient, sha: str) -> None:
    wish = {"ref": sha, "auto_merge": False, "required_contexts": [], "payload": {"a": 1}, "environment": "production"}
    made = await client.call("POST", f"{REPO}/deployments", wish)
    where = f"{REPO}/deployments/{made.body['id']}/statuses"
    await client.call("POST", where, {"state": "in_progress", "description": "on its way"})
    await client.call("GET", where)
    await client.call("GET", f"{REPO}/deployments?environment=production&sha={sha}")
    await client.call("POST", f"{REPO}/dispatches", {"event_type": "deploy", "client_payload": {"sha": sha}})
    workflow = f"{REPO}/actions/workflows/deploy.yml/dispatches"
    await client.call("POST", workflow, {"ref": "main", "inputs": {"sha": sha}})
    await client.call("POST", workflow, {"ref": "main", "return_run_details": True})


async def _branch_routes(shop: Repository, client: AppClient) -> None:
    pr = await shop.open_pull_request(files={"b.py": "y\n"})
    await shop.commit("main", {"c.py": "z\n"})
    await client.call("PUT", f"{REPO}/pulls/{pr.number}/update-branch", {"expected_head_sha": "0" * 40})
    await client.call("PUT", f"{REPO}/pulls/{pr.number}/update-branch", {"expected_head_sha": pr.head})
    for _ in range(2):
        await client.call("DELETE", f"{REPO}/git/refs/heads/{pr.head_branch}")


async def _git_routes(client: AppClient, head: str, into: str) -> None:
    commit = (await client.call("GET", f"{REPO}/git/commits/{head}")).body
    content = {"message": "Take it back", "tree": commit["tree"]["sha"], "parents": [into]}
    made = (await client.call("POST", f"{REPO}/git/commits", content)).body
    await client.call("POST", f"{REPO}/git/refs", {"ref": "refs/heads/andon/back", "sha": made["sha"]})
    await client.call("GET", f"{REPO}/git/ref/heads/andon%2Fback")
    asked = {"title": "Take it back", "head": "andon/back", "base": "main", "body": "Why"}
    await client.call("POST", f"{REPO}/pulls", asked)


async def test_every_route_keeps_to_the_published_description(
    github: Simulator, shop: Repository, client: AppClient, checker: ContractChecker
) -> None:
    assert shop.installation is not None
    pr = await shop.open_pull_request(files={"a.py": "x\n", "b.bin": b"\0\1"}, body="Why")
    await _app_routes(github, client, shop.installation.id)
    await _check_routes(client, pr.head)
    await _comment_routes(client, pr.number)
    await _issue_routes(client)
    await _people_routes(shop, client)
    await _action_routes(shop, client, pr.head)
    for path in (
        f"/pulls/{pr.number}",
        f"/pulls/{pr.number}/files",
        f"/commits/{pr.head}/pulls",
        f"/commits/{pr.head}",
        f"/git/trees/{pr.head}?recursive=1",
    ):
        await client.call("GET", REPO + path)
    await client.call("GET", f"{REPO}/compare/{shop.head}...{pr.head}")
    await client.call("PUT", f"{REPO}/pulls/{pr.number}/merge", {"sha": pr.head, "merge_method": "squash"})
    await client.call("GET", f"{REPO}/pulls/{pr.number}")
    await _deploy_routes(client, shop.head)
    await _branch_routes(shop, client)
    await _git_routes(client, pr.head, shop.head)

    assert sorted(set(checker.violations)) == []
    assert checker.operations == {f"{r.method} {r.template}" for r in ROUTES if r.template != "/graphql"}
    assert github.unknown_routes == []


async def test_refusals_keep_to_the_published_description(
    shop: Repository, client: AppClient, checker: ContractChecker
) -> None:
    pr = await shop.open_pull_request(files={"a.py": "x\n"})
    stale = await client.call("PUT", f"{REPO}/pulls/{pr.number}/merge", {"sha": "0" * 40})
    unfinished = {"name": "andon", "head_sha": pr.head, "status": "completed"}
    invalid = await client.call("POST", f"{REPO}/check-runs", unfinished)
    missing = await client.call("GET", f"{REPO}/pulls/99")
    red = await client.call("POST", f"{REPO}/deployments", {"ref": pr.head, "required_contexts": ["ci"]})

    assert [each.status for each in (stale, invalid, missing, red)] == [409, 422, 404, 409]
    assert sorted(set(checker.violations)) == []


async def _words(shop: Repository, pr: PullRequest) -> None:
    comment = await pr.comment("bob", "/andon hold")
    await pr.edit_comment(comment, "/andon release", by="bob")
    await pr.delete_comment(comment, by="carol")
    await shop.open_issue().comment("mallory", "/andon ship")
    issue = await issues.opened(shop, "alice", ("It broke", "Why"), ["incident"])
    await issue.edit("Because")
    await issue.close()
    await issue.reopen()
    await issue.delete()


async def _moves(github: Simulator, shop: Repository) -> None:
    pr = await shop.open_pull_request(files={"a.py": "x\n"})
    await pr.push({"a.py": "y\n"}, "More\n\nCo-authored-by: Bob <bob@example.com>")
    await pr.force_push({"a.py": "z\n"})
    await pr.label("ship")
    await pr.unlabel("ship")
    await pr.review("bob", "APPROVED", "Fine")
    await pr.review("carol", "COMMENTED")
    await shop.branch("release")
    await pr.edit(title="Other", base="release")
    await _words(shop, pr)
    await pr.convert_to_draft()
    await pr.ready()
    await pr.close()
    await pr.reopen()
    fork = await shop.open_pull_request(files={"b.py": "x\n"}, author="mallory", fork=True)
    for head in (pr.head, fork.head):
        await shop.ci.starts(head, "ci")
        await shop.ci.fails(head, "ci")
        await shop.ci.status(head, "legacy", "success")
        await shop.actions.uploads(head, "coverage", {"coverage.xml": "<coverage/>"})
    button = {"label": "Merge", "description": "Merge now", "identifier": "merge"}
    await start_check(shop, github.app, ("andon", pr.head), CheckRunState("queued", actions=(button,)))
    await pr.rerequest("andon")
    await pr.press("andon", "merge")


async def test_every_webhook_keeps_to_the_published_description(
    github: Simulator, shop: Repository, client: AppClient, checker: ContractChecker
) -> None:
    github.ping()
    github.install("late")
    await github.create_repository("late/first")
    await _moves(github, shop)
    wish = {"ref": "main", "auto_merge": False, "required_contexts": []}
    await client.call("POST", f"{REPO}/deployments", wish)
    await shop.deployments[0].status("success")

    assert sorted(set(checker.violations)) == []
    assert checker.events == {
        "ping", "installation-created", "installation-repositories-added", "push", "status",
        "pull-request-opened", "pull-request-synchronize", "pull-request-labeled", "pull-request-unlabeled",
        "pull-request-edited", "pull-request-converted-to-draft", "pull-request-ready-for-review",
        "pull-request-closed", "pull-request-reopened", "pull-request-review-submitted", "issue-comment-created",
        "issue-comment-edited", "issue-comment-deleted", "workflow-run-requested", "workflow-run-completed",
        "check-run-created", "check-run-completed", "check-run-rerequested", "check-run-requested-action",
        "check-suite-requested", "check-suite-completed", "deployment-created", "deployment-status-created",
        "issues-opened", "issues-labeled", "issues-edited", "issues-closed", "issues-reopened", "issues-deleted",
    }  # fmt: skip


def test_the_checker_sees_a_wrong_answer_a_wrong_request_and_a_wrong_event(checker: ContractChecker) -> None:
    asked = Asked("POST", "/repos/{owner}/{repo}/check-runs", "/repos/o/r/check-runs")
    checker.on_exchange(Exchange(asked, {"page": "1"}, {}, {"name": 7}, 201, {"id": "seven"}))
    checker.on_webhook("pull_request", {"action": "opened", "number": "one"})
    checker.on_webhook("pull_request", {"action": "exploded"})

    where = {violation.split(":")[0] for violation in checker.violations}
    route = "POST /repos/{owner}/{repo}/check-runs"
    events = {"webhook pull-request-opened", "webhook pull-request-exploded"}
    assert where == {route, f"{route} request", f"{route} -> 201", *events}
