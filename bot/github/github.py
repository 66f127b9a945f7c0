"""Everything andon asks of GitHub and does there, in its own words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from cachetools import LRUCache

from bot.address import CommitAt, PullRequestAt, Repository
from bot.github import read
from bot.github.answers import Json
from bot.github.connection import Connection, GraphQLAnswer
from bot.github.content import Content
from bot.github.errors import Gone, Later, Refused
from bot.github.owner_policy import OwnerPolicies
from bot.github.queries import document
from bot.github.read_coverage import CoverageArtifacts
from bot.github.read_evidence import LandedEvidence
from bot.github.read_glimpse import glimpse
from bot.github.read_landed import LandedCommit, landed_commit
from bot.github.read_people import remark_of_rest
from bot.github.read_pushed import PushedReverts
from bot.github.read_quads import Quads
from bot.github.read_taking_back import Deployed, TakingBack, deployed, taking_back
from bot.github.read_way import needed_by, queued_until
from bot.github.tokens import Purpose, Scope
from bot.glimpse import Glimpse
from bot.requests.requests import Remark
from bot.snapshot import PolicyFile, Snapshot
from bot.way import HeadBranch, Queued
from rules.engine.needs import Needs
from rules.engine.policy import POLICY_PATH
from rules.engine.pull_request import Account

TORN_READS = (0.2, 0.5, 1.0)
"""Seconds before each further try where an answer disagrees with itself."""


COMMENTS_READ = 30
"""Comments that come with a snapshot: the last ones (see pull_request.graphql)."""

UNCOMMENTED_KEPT = 4096


PULL_REQUEST = document("pull_request")
CONTEXTS = document("contexts")
OPEN_PULL_REQUESTS = document("open_pull_requests")
LANDED_COMMIT = document("landed_commit")
BRANCH_NEEDED = document("branch_needed")
MERGE_QUEUE = document("merge_queue")
TAKING_BACK = document("taking_back")
DEPLOYED = document("deployed")


class GitHub:
    """Reads typed values from GitHub."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.time) -> None:
        self.connection = connection
        self.app_id = connection.app_id
        self._clock = clock
        self._content = Content(connection)
        self.quads = Quads(connection)
        self.pushed = PushedReverts(connection, self.quads)
        self._coverage = CoverageArtifacts(connection, clock)
        self._owners = OwnerPolicies(connection, clock)
        self.evidence = LandedEvidence(connection, clock)
        self._uncommented: LRUCache[tuple[object, ...], bool] = LRUCache(UNCOMMENTED_KEPT)

    async def snapshot(self, address: PullRequestAt, expected: str | None = None) -> Snapshot | None:
        """Read one pull request without its diff; None where it is gone. One call, one point.

        Where a head is expected that is new, its list of files is read beside it: the diff then costs no trip more.
        """
        found, _ = await asyncio.gather(self._untorn(address), self._content.diffs.read_ahead(address, expected))
        return found

    async def _untorn(self, address: PullRequestAt) -> Snapshot | None:
        """Read one pull request; an answer that disagrees with itself is read again, Later if it stays so."""
        for pause in (*TORN_READS, None):
            try:
                return await self._snapshot(address)
            except read.TornReadError as torn:
                if pause is None:
                    raise Later(f"GitHub's answers disagree: {torn}") from torn
                await asyncio.sleep(pause)
            except Gone:
                return None
        return None

    async def _snapshot(self, address: PullRequestAt) -> Snapshot | None:
        place = address.repository
        variables: dict[str, object] = {"owner": place.owner, "name": place.name, "number": address.number}
        scope = Scope.of(place, Purpose.LOOK)
        answer = await self.connection.graphql(scope, PULL_REQUEST, variables)
        while after := read.next_contexts(answer.data):
            page = await self.connection.graphql(scope, CONTEXTS, {**variables, "after": after})
            read.add_contexts(answer.data, page.data)
        fetched_at = datetime.fromtimestamp(self._clock(), UTC)
        found = read.snapshot(place, answer.data, app_id=self.app_id, fetched_at=fetched_at)
        if found is None and answer.failed:
            raise Later(f"GitHub did not give the pull request: {'; '.join(answer.errors)}")
        return found and replace(found, policy=await self._governing(place, answer, found.policy))

    async def _governing(
        self, place: Repository, answer: GraphQLAnswer, own: PolicyFile | None, *, recent: bool = False
    ) -> PolicyFile | None:
        """Give what governs a repository. Raises Later where it is not known whether it has a policy of its own."""
        if "repository.policy" in answer.missing:
            raise Later(f"GitHub did not give the policy: {'; '.join(answer.errors)}")
        return await self._owners.under(place, own, recent=recent)

    def forget_owner(self, place: Repository) -> None:
        """Read anew what the owner of a repository keeps for all of theirs."""
        self._owners.forget(place)

    async def with_diff(self, snapshot: Snapshot) -> Snapshot:
        """Add what the pull request changes, the trusted texts beside it, and our comment where it lies deep."""
        whole = await self._content.added_to(await self.with_comment(snapshot))
        if POLICY_PATH not in {path for file in whole.pull_request.files for path in (file.path, file.previous_path)}:
            return whole
        return replace(whole, owner_policy=await self._owners.of(whole.repository))

    async def with_needs(self, snapshot: Snapshot, needs: Needs) -> Snapshot:
        """Add what the rules of the policy asked for beside the diff."""
        people = sorted(needs.people, key=lambda person: person.login)
        answers = await asyncio.gather(*(self.may_write(snapshot.repository, one) for one in people if one.id))
        access = dict(zip((one.id for one in people if one.id), answers, strict=True))
        known = replace(snapshot, pull_request=replace(snapshot.pull_request, access=access))
        filled = await self._content.with_needs(known, needs)
        return await self._coverage.added_to(filled) if needs.coverage else filled

    async def with_remarks(self, snapshot: Snapshot, heard_until: float | None) -> Snapshot:
        """Read the comments since a Unix time, where more were written since then than came with the snapshot."""
        come = snapshot.comments <= COMMENTS_READ or any(remark.at <= (heard_until or 0) for remark in snapshot.remarks)
        if heard_until is None or come:
            return snapshot
        since = datetime.fromtimestamp(heard_until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/repos/{snapshot.pull_request.repository}/issues/{snapshot.pull_request.number}/comments"
        remarks: list[Remark] = []
        async for page in self.connection.pages(
            Scope.of(snapshot.repository, Purpose.LOOK), f"{path}?per_page=100&since={since}"
        ):
            remarks += [remark_of_rest(node) for node in page if not read.is_by(node, self.app_id)]
        return replace(snapshot, remarks=tuple(remarks))

    async def with_comment(self, snapshot: Snapshot) -> Snapshot:
        """Look through all comments where the last thirty do not hold ours; that there is none is kept."""
        number = snapshot.pull_request.number
        key = (snapshot.pull_request.repository, number, snapshot.comments)
        if snapshot.comment is not None or snapshot.comments <= COMMENTS_READ or key in self._uncommented:
            return snapshot
        path = f"/repos/{snapshot.pull_request.repository}/issues/{number}/comments?per_page=100"
        async for page in self.connection.pages(Scope.of(snapshot.repository, Purpose.LOOK), path):
            if (found := read.our_comment_of_rest(page, self.app_id)) is not None:
                return replace(snapshot, comment=found)
        self._uncommented[key] = True
        return snapshot

    async def queued_until(self, place: Repository, branch: str, sha: str) -> tuple[Queued, ...]:
        """List the pull requests that land with a commit of a branch's merge queue; none where it is not known."""
        variables = {"owner": place.owner, "name": place.name, "branch": branch}
        answer = await self.connection.graphql(Scope.of(place, Purpose.READ_QUEUE), MERGE_QUEUE, variables)
        return queued_until(answer.data, sha)

    async def with_branch(self, snapshot: Snapshot, branch: HeadBranch) -> Snapshot:
        """Add how many open pull requests need a branch; not known where GitHub did not tell."""
        place, state = snapshot.repository, snapshot.merge_state
        variables = {"owner": place.owner, "name": place.name, "branch": branch.name}
        answer = await self.connection.graphql(Scope.of(place, Purpose.LOOK), BRANCH_NEEDED, variables)
        found = replace(branch, needed_by=needed_by(answer.data))
        return replace(snapshot, merge_state=replace(state, way=replace(state.way, head_branch=found)))

    async def open_pull_requests(self, repository: Repository) -> AsyncIterator[tuple[str, Sequence[Glimpse]]]:
        """Yield, fifty at a time, the policy's id (empty without one) and a glimpse of each open pull request."""
        variables: dict[str, object] = {"owner": repository.owner, "name": repository.name, "after": None}
        while True:
            scope = Scope.of(repository, Purpose.LOOK)
            answer = await self.connection.graphql(scope, OPEN_PULL_REQUESTS, variables)
            repo = answer.data.get("repository")
            if not repo or repo.get("isArchived"):
                return
            page = repo["pullRequests"]
            own = read.policy_file(repo.get("policy"), (repo.get("defaultBranchRef") or {}).get("name", ""))
            policy = await self._governing(repository, answer, own, recent=True)
            yield policy.oid if policy else "", [glimpse(repo, node) for node in page["nodes"] if node]
            if not page["pageInfo"]["hasNextPage"]:
                return
            variables["after"] = page["pageInfo"]["endCursor"]

    async def may_write(self, repository: Repository, person: Account) -> bool:
        """Ask whether an account may write to the repository now. A login that is another account's by now may not."""
        path = f"/repos/{repository.full_name}/collaborators/{quote(person.login, safe='')}/permission"
        try:
            answer: Json = await self.connection.get(Scope.of(repository, Purpose.LOOK), path)
        except Gone:
            return False
        same = person.id is not None and (answer.get("user") or {}).get("id") == person.id
        return same and answer["permission"] in ("admin", "write")

    async def landed_commit(self, address: CommitAt) -> LandedCommit | None:
        """Read a landed commit and its deployments; None where there is no such commit."""
        place = address.repository
        variables = {"owner": place.owner, "name": place.name, "sha": address.sha}
        answer = await self.connection.graphql(Scope.of(place, Purpose.LOOK), LANDED_COMMIT, variables)
        found = landed_commit(answer.data)
        return found and replace(found, policy=await self._governing(place, answer, found.policy))

    async def taking_back(self, landed: CommitAt, number: int, environment: str | None) -> TakingBack | None:
        """Read what takes a landed pull request back, if anything does; None where it is gone."""
        place, where = landed.repository, None if environment is None else [environment]
        variables = {"owner": place.owner, "name": place.name, "number": number, "environments": where}
        answer = await self.connection.graphql(Scope.of(place, Purpose.LOOK), TAKING_BACK, variables)
        return taking_back(answer.data, landed.sha)

    async def deployed(self, place: Repository, environment: str) -> tuple[Deployed, ...]:
        """List what was deployed last to an environment, or failed to be, the newest first."""
        variables = {"owner": place.owner, "name": place.name, "environments": [environment]}
        answer = await self.connection.graphql(Scope.of(place, Purpose.LOOK), DEPLOYED, variables)
        return deployed(answer.data)

    async def changed_again(self, landed: CommitAt, branch: str) -> tuple[str, ...]:
        """Name the files of a landed commit that its branch changed again since, as far as GitHub lists them."""
        place, scope = f"/repos/{landed.repository.full_name}", Scope.of(landed.repository, Purpose.LOOK)
        try:
            commit: Json = await self.connection.get(scope, f"{place}/commits/{landed.sha}")
            since: Json = await self.connection.get(scope, f"{place}/compare/{landed.sha}...{quote(branch, safe='')}")
        except Refused:
            return ()
        first, then = ({one["filename"] for one in found.get("files") or ()} for found in (commit, since))
        return tuple(sorted(first & then))

    async def pull_requests_at(self, address: CommitAt) -> tuple[int, ...]:
        """Return the numbers of open pull requests of this repository whose head is the commit."""
        path = f"/repos/{address.repository.full_name}/commits/{address.sha}/pulls?per_page=100"
        try:
            found: Json = await self.connection.get(Scope.of(address.repository, Purpose.LOOK), path)
        except Gone:
            return ()
        return tuple(pull["number"] for pull in found if pull["state"] == "open" and pull["head"]["sha"] == address.sha)
