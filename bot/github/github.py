"""Everything andon asks of GitHub and does there, in its own words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import PurePosixPath

from cachetools import LRUCache

from bot.address import CommitAt, PullRequestAt, Repository
from bot.github import read
from bot.github.connection import Connection, Json
from bot.github.errors import Gone, Later
from bot.github.tokens import Purpose, Scope
from bot.glimpse import Glimpse
from bot.snapshot import Snapshot
from rules.engine.attributes import Attributes
from rules.engine.pull_request import ChangedFile, PullRequest

MAX_FILES = 3000
"""GitHub lists no more files of a pull request (docs: "List pull requests files")."""

MAX_LINES = 20_000
"""Beyond this many changed lines GitHub's own diff is cut short (docs: "Repository limits")."""

TORN_READS = (0.2, 0.5, 1.0)
"""Seconds before each further try where an answer disagrees with itself."""

DIFF_CACHE_LINES = 2_000_000
ATTRIBUTES_KEPT = 20_000
TEXTS_AT_ONCE = 50


def _query(name: str) -> str:
    return files(__package__).joinpath(f"{name}.graphql").read_text(encoding="utf-8")


PULL_REQUEST = _query("pull_request")
CONTEXTS = _query("contexts")
OPEN_PULL_REQUESTS = _query("open_pull_requests")
LANDED_COMMIT = _query("landed_commit")


class GitHub:
    """Reads typed values from GitHub. What cannot change (the diff of two commits) is kept."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.time) -> None:
        self.connection = connection
        self.app_id = connection.app_id
        self._clock = clock
        self._diffs: LRUCache[tuple[object, ...], tuple[ChangedFile, ...]] = LRUCache(DIFF_CACHE_LINES, _lines_of)
        self._attributes: LRUCache[tuple[str, str, str], str | None] = LRUCache(ATTRIBUTES_KEPT)

    async def snapshot(self, address: PullRequestAt) -> Snapshot | None:
        """Read one pull request without its diff; None where it is gone. One call, one point.

        An answer that disagrees with itself is read again; Later if it stays so.
        """
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
        return read.snapshot(place, answer.data, app_id=self.app_id, fetched_at=fetched_at)

    async def with_diff(self, snapshot: Snapshot) -> Snapshot:
        """Add the changed files and the trusted attributes beside them.

        A pull request over GitHub's limits comes back with no files and its totals, for the rule to decide from.
        """
        totals = snapshot.pull_request.totals
        if totals.files > MAX_FILES or totals.added + totals.deleted > MAX_LINES:
            return snapshot
        changed, early = await asyncio.gather(self._changed_files(snapshot), self._texts_beside(snapshot))
        pull_request = replace(snapshot.pull_request, files=changed)
        missing = {_directory(file.path) for file in changed} - {_directory(path) for path in snapshot.paths}
        late = await self._texts_beside(replace(snapshot, paths=tuple(f"{place}x" for place in missing)))
        pull_request = replace(pull_request, attributes=Attributes({**early, **late}))
        return replace(snapshot, pull_request=pull_request, proposed_policy=await self._proposal(snapshot, changed))

    async def _changed_files(self, snapshot: Snapshot) -> tuple[ChangedFile, ...]:
        """Read the diff, kept by what it is made of: a moved merge base shows in the totals even if the head stays."""
        pull_request = snapshot.pull_request
        key = (*_place(pull_request), pull_request.head, pull_request.base_branch, pull_request.totals)
        if (kept := self._diffs.get(key)) is not None:
            return kept
        found: list[ChangedFile] = []
        path = f"/repos/{pull_request.repository}/pulls/{pull_request.number}/files?per_page=100"
        async for page in self.connection.pages(Scope.of(snapshot.repository, Purpose.LOOK), path):
            found.extend(map(read.changed_file, page))
        if (changed := tuple(found)) and _agrees(pull_request, changed):
            self._diffs[key] = changed
        return tuple(found)

    async def _texts_beside(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Read the `.gitattributes` of the default branch's tip in every directory above a changed path."""
        trusted, repository = snapshot.trusted, snapshot.pull_request.repository
        if (root := snapshot.pull_request.attributes.texts.get("")) is not None or trusted:
            self._attributes[repository, trusted, ""] = root
        wanted = sorted({place for path in snapshot.paths for place in _ancestors(path)})
        unknown = [place for place in wanted if (repository, trusted, place) not in self._attributes]
        for start in range(0, len(unknown), TEXTS_AT_ONCE):
            places = unknown[start : start + TEXTS_AT_ONCE]
            texts = await self._texts(snapshot, [f"{trusted}:{place}.gitattributes" for place in places])
            for place, text in zip(places, texts, strict=True):
                self._attributes[repository, trusted, place] = text
        known = {place: self._attributes.get((repository, trusted, place)) for place in ["", *wanted]}
        return {place: text for place, text in known.items() if text}

    async def _proposal(self, snapshot: Snapshot, changed: Sequence[ChangedFile]) -> str | None:
        """Read the policy file at the head, only where the pull request changes it."""
        if all(file.path != read.POLICY_PATH for file in changed):
            return None
        [text] = await self._texts(snapshot, [f"{snapshot.pull_request.head}:{read.POLICY_PATH}"])
        return text

    async def _texts(self, snapshot: Snapshot, expressions: Sequence[str]) -> list[str | None]:
        """Read files as text, each named `commit:path`, in one query; None where there is none."""
        place = snapshot.repository
        if not expressions:
            return []
        names = [f"t{index}" for index in range(len(expressions))]
        asked = " ".join(f"{name}: object(expression: ${name}) {{ ... on Blob {{ text }} }}" for name in names)
        typed = "".join(f", ${name}: String!" for name in names)
        query = (
            f"query Texts($owner: String!, $name: String!{typed}) "
            f"{{ repository(owner: $owner, name: $name) {{ {asked} }} }}"
        )
        variables = {"owner": place.owner, "name": place.name, **dict(zip(names, expressions, strict=True))}
        answer = await self.connection.graphql(Scope.of(place, Purpose.LOOK), query, variables)
        repo = answer.data.get("repository") or {}
        return [(repo.get(name) or {}).get("text") for name in names]

    async def open_pull_requests(self, repository: Repository) -> AsyncIterator[tuple[str, Sequence[Glimpse]]]:
        """Yield, fifty at a time, the policy's blob id (empty without one) and a glimpse of each open pull request."""
        variables: dict[str, object] = {"owner": repository.owner, "name": repository.name, "after": None}
        while True:
            scope = Scope.of(repository, Purpose.LOOK)
            answer = await self.connection.graphql(scope, OPEN_PULL_REQUESTS, variables)
            repo = answer.data.get("repository")
            if not repo or repo.get("isArchived"):
                return
            page = repo["pullRequests"]
            yield (repo.get("policy") or {}).get("oid", ""), [read.glimpse(node) for node in page["nodes"] if node]
            if not page["pageInfo"]["hasNextPage"]:
                return
            variables["after"] = page["pageInfo"]["endCursor"]

    async def landed_commit(self, address: CommitAt) -> read.LandedCommit | None:
        """Read a landed commit and its deployments; None where there is no such commit."""
        place = address.repository
        variables = {"owner": place.owner, "name": place.name, "sha": address.sha}
        answer = await self.connection.graphql(Scope.of(place, Purpose.LOOK), LANDED_COMMIT, variables)
        return read.landed_commit(answer.data)

    async def pull_requests_at(self, address: CommitAt) -> tuple[int, ...]:
        """Return the numbers of open pull requests of this repository whose head is the commit."""
        path = f"/repos/{address.repository.full_name}/commits/{address.sha}/pulls?per_page=100"
        try:
            found: Json = await self.connection.get(Scope.of(address.repository, Purpose.LOOK), path)
        except Gone:
            return ()
        return tuple(pull["number"] for pull in found if pull["state"] == "open" and pull["head"]["sha"] == address.sha)


def _lines_of(changed: tuple[ChangedFile, ...]) -> int:
    return 1 + sum(file.added + file.deleted for file in changed)


def _place(pull_request: PullRequest) -> tuple[str, int | None]:
    return pull_request.repository, pull_request.number


def _agrees(pull_request: PullRequest, changed: Sequence[ChangedFile]) -> bool:
    """Tell whether the files add up to GitHub's totals; only such a list is worth keeping."""
    totals = pull_request.totals
    lines = (sum(file.added for file in changed), sum(file.deleted for file in changed))
    return len(changed) == totals.files and lines == (totals.added, totals.deleted)


def _ancestors(path: str) -> list[str]:
    """List the directories above a path, each ending in a slash, without the root: `a/b/c.py` gives `a/`, `a/b/`."""
    return [f"{parent}/" for parent in PurePosixPath(path).parents if str(parent) != "."]


def _directory(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else f"{parent}/"
