"""One pull request from its opening to its deployment, over the socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator import Repository, Simulator
    from tests.simulator.app_client import AppClient, Ear


async def test_a_pull_request_goes_from_opening_to_a_green_deployment(
    github: Simulator, shop: Repository, client: AppClient, ear: Ear
) -> None:
    shop.require_checks("main", ("ci", None), ("andon", github.app_id))
    pr = await shop.open_pull_request(files={"src/a.py": "x = 1\n"}, title="Add a", author="alice")
    await shop.ci.succeeds(pr.head, "ci")
    before = await client.snapshot(pr.number)
    path = "/repos/octo/shop"
    check = {"name": "andon", "head_sha": pr.head, "status": "completed", "conclusion": "success"}
    written = await client.call("POST", f"{path}/check-runs", check)
    after = await client.snapshot(pr.number)
    files = await client.call("GET", f"{path}/pulls/{pr.number}/files")
    merged = await client.call("PUT", f"{path}/pulls/{pr.number}/merge", {"sha": pr.head, "merge_method": "squash"})
    wish = {"ref": merged.body["sha"], "auto_merge": False, "required_contexts": []}
    deployed = await client.call("POST", f"{path}/deployments", wish)
    await shop.deployments[0].status("success")
    await github.settled()

    assert (before["mergeStateStatus"], after["mergeStateStatus"]) == ("BLOCKED", "CLEAN")
    assert (written.status, merged.status, deployed.status) == (201, 200, 201)
    assert files.body[0]["patch"] == "@@ -0,0 +1 @@\n+x = 1"
    assert shop.head == pr.merge_commit == merged.body["sha"]
    assert github.unknown_routes == []
    assert sorted(ear.names()) == sorted([
        "push", "check_suite.requested", "pull_request.opened", "check_run.created", "check_run.completed",
        "check_suite.completed", "check_run.created", "check_run.completed", "check_suite.completed",
        "push", "check_suite.requested", "pull_request.closed", "deployment.created", "deployment_status.created",
    ])  # fmt: skip
