"""Reads what a pull request changed beside what landed of it: four trees, descended only where they are not alike.

Nothing that came is trusted to be whole: a tree is what its entries hash to, and so is a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from bot.address import Repository
from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.nodes import nodes
from bot.github.queries import document
from bot.github.tokens import Purpose, Scope
from bot.landed.landed import LandedAs, Leaf, Quad, to_read
from bot.snapshot import Snapshot
from bot.text.oids import short

AT_ONCE = 50
"""Objects in one query."""

MOST_FORKS = 6
"""Times that the base may have been merged into a branch before it is not compared."""

MOST_QUERIES = 40
"""Queries for one comparison; what takes more is said not to be compared."""

BY_ID = ("$%s: GitObjectID!", "object(oid: $%s)")
BY_NAME = ("$%s: String!", "object(expression: $%s)")
TREES_KEPT = 20_000
TREE = 0o40000
LANDED_COMMITS = document("landed_commits")

Entries = Mapping[str, Leaf]
"""What a directory holds, by name."""

Roots = tuple[str, str, str, str]
"""Ids of commits or trees: the merge base, the judged head, what the base held before, what landed. Empty for none."""


class UnreadableError(Exception):
    """It cannot be compared; the text says why."""


@dataclass(frozen=True, slots=True)
class Landing:
    """All paths that are not the same at the four commits, and as how many commits the pull request landed.

    `forked_from` are the commits of others that its own stand on, none where they were not all read.
    """

    quads: tuple[Quad, ...]
    roots: Roots
    commits: int = 1
    forked_from: tuple[str, ...] = ()


class Quads:
    """Reads over one connection; what is named by its content is kept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._trees: LRUCache[str, Entries] = LRUCache(TREES_KEPT)

    async def of(self, snapshot: Snapshot) -> Landing:
        """Read how a merged pull request landed. Raises UnreadableError where that cannot be told, Later as any read.

        Nothing is read where the branch stood on the commit before, and landed whole.
        """
        landed, head = snapshot.merge_state.landed_as, snapshot.pull_request.head
        if landed is None or not landed.parents:
            raise UnreadableError("GitHub does not show the commit that it landed as")
        before, commits = await self._before(snapshot, landed)
        place, outside = snapshot.repository, snapshot.merge_state.forked_from
        fork = outside[0] if len(outside) == 1 else (await self._related(place, before, head))[0]
        roots = (fork, head, before, landed.sha)
        if fork == before and snapshot.tree == landed.tree:
            return Landing((), roots, commits, outside)
        return Landing(tuple(await self._descended(place, roots)), roots, commits, outside)

    async def is_certain(self, place: Repository, landing: Landing) -> bool:
        """Tell whether the merge base is the only one; where there are several, git merges those first.

        Nor does it count where the base held the head already: then it landed before, as something else.
        """
        fork, head, before, _ = landing.roots
        base, _ = await self._related(place, before, head)
        if base != fork or fork == head or not 0 < len(landing.forked_from) <= MOST_FORKS:
            return False
        others = [sha for sha in landing.forked_from if sha != fork]
        return all([(await self._related(place, fork, sha))[1] in ("behind", "identical") for sha in others])

    async def texts(self, place: Repository, landing: Landing) -> Mapping[str, bytes]:
        """Read the files that both sides changed, by their ids; what GitHub cuts or gives otherwise is left out."""
        wanted = to_read(landing.quads)
        names = {
            leaf.oid: f"{root}:{quad.path}"
            for quad in landing.quads
            for root, leaf in zip(landing.roots, (quad.fork, quad.head, quad.before, quad.landed), strict=True)
            if leaf is not None and leaf.oid in wanted
        }
        found: dict[str, bytes] = {}
        for some in _slices(sorted(names)[: AT_ONCE * MOST_QUERIES]):
            blobs = await self._asked(place, BY_NAME, [names[oid] for oid in some])
            for oid, blob in zip(some, blobs, strict=True):
                text = (blob.get("text") or "").encode("utf-8", "surrogatepass")
                if _hash("blob", text) == oid:
                    found[oid] = text
        return found

    async def blob_of(self, place: Repository, expression: str) -> str:
        """Give the id of a file, named `commit:path`; empty where it is not there."""
        [blob] = await self.blobs_of(place, [expression])
        return blob or ""

    async def blobs_of(self, place: Repository, expressions: Sequence[str]) -> list[str | None]:
        """Give the ids of files, each named `commit:path`; None where one is not there."""
        found: list[str | None] = []
        for some in _slices(expressions):
            found += [blob.get("oid") for blob in await self._asked(place, BY_NAME, some)]
        return found

    async def _before(self, snapshot: Snapshot, landed: LandedAs) -> tuple[str, int]:
        """Tell what the base held before, and as how many commits it landed: a rebase gives as many as there were."""
        own = [commit for commit in snapshot.pull_request.commits if commit.parents == 1]
        if len(landed.parents) > 1 or len(own) < 2 or _words(landed.message) != _words(own[-1].message):  # noqa: PLR2004 - one is no series
            return landed.parents[0], 1
        place = snapshot.repository
        variables = {"owner": place.owner, "name": place.name, "sha": landed.sha, "count": len(own)}
        answer = await self._connection.graphql(Scope.of(place, Purpose.LOOK), LANDED_COMMITS, variables)
        commit = (answer.data.get("repository") or {}).get("object") or {}
        listed = {node["oid"]: node for node in nodes(commit.get("history"))}
        return _series(landed, listed, [_words(one.message) for one in own])

    async def _related(self, place: Repository, base: str, head: str) -> tuple[str, str]:
        """Ask for a merge base, and how one commit lies to another. On the second page no files come along."""
        path = f"/repos/{place.full_name}/compare/{base}...{head}?per_page=1&page=2"
        try:
            answer: Json = await self._connection.get(Scope.of(place, Purpose.LOOK), path)
        except Refused as refused:
            raise UnreadableError(
                f"GitHub does not tell where the branch left the base: {refused.message}"
            ) from refused
        return answer["merge_base_commit"]["sha"], answer["status"]

    async def _descended(self, place: Repository, roots: Roots) -> list[Quad]:
        """Go down into every directory that is not the same on both sides, one level at a time."""
        found: list[Quad] = []
        level: list[tuple[str, Roots]] = [("", roots)]
        queries = 0
        while level:
            wanted = sorted({oid for _, oids in level for oid in oids if oid and oid not in self._trees})
            queries += -(-len(wanted) // AT_ONCE)
            if queries > MOST_QUERIES:
                raise UnreadableError("too many directories changed")
            await self._read_trees(place, wanted)
            below: list[tuple[str, Roots]] = []
            for path, oids in level:
                for name, leaves in _rows([self._trees[oid] if oid else {} for oid in oids]):
                    _sorted_in(found, below, f"{path}{name}", leaves)
            level = below
        return found

    async def _read_trees(self, place: Repository, oids: Sequence[str]) -> None:
        for some in _slices(oids):
            answers = await self._asked(place, BY_ID, some)
            for oid, answer in zip(some, answers, strict=True):
                self._trees[oid] = _entries(oid, answer.get("tree") or answer)

    async def _asked(self, place: Repository, by: tuple[str, str], values: Sequence[str]) -> list[Json]:
        """Ask for several objects in one query; an empty mapping stands for one that is not there."""
        names = [f"o{index}" for index in range(len(values))]
        query = objects_query(names, by)
        variables = {"owner": place.owner, "name": place.name, **dict(zip(names, values, strict=True))}
        answer = await self._connection.graphql(Scope.of(place, Purpose.LOOK), query, variables)
        repo = answer.data.get("repository") or {}
        return [repo.get(name) or {} for name in names]


_OBJECT = "{ oid ... on Tree { ...Listed } ... on Commit { tree { ...Listed } } ... on Blob { text } }"
_FRAGMENT = "fragment Listed on Tree { oid entries { name type mode oid } }"


def objects_query(names: Sequence[str], by: tuple[str, str]) -> str:
    """Write a query for several objects, each under a name of its own that is its variable's as well."""
    typed, asked = by
    objects = " ".join(f"{name}: {asked % name} {_OBJECT}" for name in names)
    head = ", ".join(["$owner: String!", "$name: String!", *(typed % name for name in names)])
    return f"query Objects({head}) {{ repository(owner: $owner, name: $name) {{ {objects} }} }} {_FRAGMENT}"


def _slices(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _words(message: str) -> str:
    return message.strip()


def _series(landed: LandedAs, listed: Mapping[str, Json], wanted: Sequence[str]) -> tuple[str, int]:
    """Follow the landed commits back as long as they are the pull request's own, in order; some may be left out."""
    sha, count, place = landed.sha, 0, len(wanted)
    while (node := listed.get(sha)) is not None and node["parents"]["totalCount"] == 1:
        words = _words(node["message"])
        earlier = [index for index in range(place) if wanted[index] == words]
        if not earlier:
            break
        place, count, sha = earlier[-1], count + 1, nodes(node["parents"])[0]["oid"]
    return (sha, count) if count > 1 else (landed.parents[0], 1)


def _entries(oid: str, tree: Json) -> Entries:
    """Read a tree. Raises UnreadableError where it is not there, or where its entries are not all of it."""
    listed = tree.get("entries")
    if listed is None:
        raise UnreadableError(f"GitHub has no directory {short(oid)} any more")
    found = {entry["name"]: Leaf(entry["mode"], entry["oid"]) for entry in listed}
    rows = sorted(found.items(), key=lambda row: _place(*row))
    content = b"".join(
        f"{leaf.mode:o} {name}\0".encode("utf-8", "surrogatepass") + bytes.fromhex(leaf.oid) for name, leaf in rows
    )
    if _hash("tree", content) != tree["oid"]:
        raise UnreadableError(f"GitHub does not list all of the directory {short(oid)}")
    return found


def _place(name: str, leaf: Leaf) -> bytes:
    """Sort as git does: a directory as if its name ended in a slash."""
    return f"{name}/".encode("utf-8", "surrogatepass") if leaf.mode == TREE else name.encode("utf-8", "surrogatepass")


def _hash(kind: str, content: bytes) -> str:
    """Name an object as git does."""
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


def _rows(trees: Sequence[Entries]) -> Iterator[tuple[str, tuple[Leaf | None, ...]]]:
    """Put what four directories hold side by side, by name."""
    for name in sorted({name for tree in trees for name in tree}):
        yield name, tuple(tree.get(name) for tree in trees)


def _sorted_in(found: list[Quad], below: list[tuple[str, Roots]], path: str, leaves: Sequence[Leaf | None]) -> None:
    """Add files to what was found, and directories to what is read next, unless they say nothing new.

    What one side deleted is told even so: it may have been moved.
    """
    ends = [None if leaf is None or leaf.mode == TREE else leaf for leaf in leaves]
    if not _is_told(*ends) or (ends[0] is not None and None in ends[1:3]):
        found.append(Quad(path, *ends))
    fork, head, before, landed = (leaf.oid if leaf is not None and leaf.mode == TREE else "" for leaf in leaves)
    if not _is_told(fork, head, before, landed):
        below.append((f"{path}/", (fork, head, before, landed)))


def _is_told(fork: object, head: object, before: object, landed: object) -> bool:
    """Tell whether it landed as it should without a look inside: one side left it alone, and it is as the other had it.

    What both left alone, and what neither has, is so too.
    """
    return (fork == before and head == landed) or (fork == head and before == landed)
