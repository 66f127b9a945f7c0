"""What a webhook really carries: where to look. Small enough for a database key, and never the truth itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository as one installation of the App sees it."""

    installation: int
    owner: str
    name: str

    @classmethod
    def of_key(cls, key: str) -> Repository:
        """Read back what `key` wrote. Raises ValueError for anything else."""
        installation, owner, name = key.split("/")
        return cls(int(installation), owner, name)

    @property
    def full_name(self) -> str:
        """`owner/name`, as GitHub writes it."""
        return f"{self.owner}/{self.name}"

    @property
    def key(self) -> str:
        """`installation/owner/name` as a database key: GitHub's names ignore case, and so do keys."""
        return f"{self.installation}/{self.full_name}".lower()


@dataclass(frozen=True, slots=True)
class PullRequestAt:
    """Look at this pull request."""

    repository: Repository
    number: int


@dataclass(frozen=True, slots=True)
class CommitAt:
    """Look at this commit: a landed one on its way to live, or the head of pull requests still to be found."""

    repository: Repository
    sha: str


@dataclass(frozen=True, slots=True)
class QueueGroupAt:
    """Look at this group of GitHub's merge queue: its branch (`gh-readonly-queue/…`) and the commit to answer on."""

    repository: Repository
    ref: str
    sha: str


@dataclass(frozen=True, slots=True)
class IncidentAt:
    """Look at this incident, which is called by the commit whose release failed first."""

    repository: Repository
    sha: str


@dataclass(frozen=True, slots=True)
class RepositoryAt:
    """Look at all that is open here: the policy may have changed, deliveries may have been lost."""

    repository: Repository


Address = PullRequestAt | CommitAt | QueueGroupAt | IncidentAt | RepositoryAt


def key_of(address: Address) -> str:
    """Write an address as its coalescing key, such as `pull/7/octo/shop/12`."""
    where = address.repository.key
    match address:
        case PullRequestAt(number=number):
            return f"pull/{where}/{number}"
        case CommitAt(sha=sha):
            return f"commit/{where}/{sha}"
        case QueueGroupAt(ref=ref, sha=sha):
            return f"queue/{where}/{sha}/{ref}"
        case IncidentAt(sha=sha):
            return f"incident/{where}/{sha}"
        case RepositoryAt():
            return f"repository/{where}"


def address_of(key: str) -> Address:
    """Read back what `key_of` wrote. Raises ValueError for anything else."""
    kind, installation, owner, name, *rest = key.split("/", 4)
    repository = Repository(int(installation), owner, name)
    match kind, rest:
        case "pull", [number]:
            return PullRequestAt(repository, int(number))
        case "commit", [sha]:
            return CommitAt(repository, sha)
        case "queue", [tail]:
            sha, _, ref = tail.partition("/")
            return QueueGroupAt(repository, ref, sha)
        case "incident", [sha]:
            return IncidentAt(repository, sha)
        case "repository", []:
            return RepositoryAt(repository)
        case _:
            raise ValueError(f"not an address: {key!r}")


@dataclass(frozen=True, slots=True)
class Hint:
    """What a delivery said of a head, to notice an answer of GitHub that is older. `updated_at` is ISO 8601 in UTC."""

    head: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class Press:
    """A person's press of a button on our check run: GitHub tells of it in a delivery alone, so it is kept with it."""

    button: str
    login: str
    account: int
    head: str


@dataclass(frozen=True, slots=True)
class Want:
    """One address to look at, with the hint and the press of a button that came along.

    `if_unfinished` says that a commit is worth it only while its release is not over. `environment` is where a commit
    was deployed to: what andon brought there last is then worth a look as well.
    """

    address: Address
    hint: Hint | None = None
    press: Press | None = None
    if_unfinished: bool = False
    environment: str = ""
