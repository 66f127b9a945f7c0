"""What a route is, what its handler gets, and what it gives back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from simulator.github import Simulator
    from simulator.installation import Token
    from simulator.records import Json
    from simulator.repository import Repository

PER_PAGE = 30  # GitHub's page where nobody asks for more; at most 100 (docs, pagination)
MAX_PER_PAGE = 100
DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):  # noqa: N818 - GitHub's no is an answer, not an error of the simulator
    """GitHub says no: a status, its words, and what else the body holds."""

    def __init__(self, status: int, message: str, errors: list[Json] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def answer(self) -> Answer:
        """Write the refusal as GitHub's error body."""
        body: Json = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        if self.errors is not None:
            body["errors"] = self.errors
        return Answer(self.status, body)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON body (None for none) and headers beyond the usual. One that `is_cut` breaks off halfway."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """An authenticated call on its way to its handler. `token` is None for the App itself (JWT)."""

    github: Simulator
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    headers: Mapping[str, str]
    token: Token | None
    url: str

    @property
    def granted(self) -> Token:
        """The installation token; only for routes that demand one."""
        if self.token is None:
            raise Refusal(403, "Resource not accessible by integration")
        return self.token

    @property
    def repo(self) -> Repository:
        """The repository in the path. Refuses with 404 what the token does not reach."""
        repo = self.github.repository(f"{self.parameters['owner']}/{self.parameters['repo']}")
        if repo is None or not self.granted.sees(repo):
            raise Refusal(404, "Not Found")
        return repo

    def number(self, name: str) -> int:
        """Read a number from the path."""
        return _whole(self.parameters[name], Refusal(404, "Not Found"))

    def required(self, name: str) -> Any:  # noqa: ANN401 - JSON of any type
        """Read a field of the body that must be there."""
        if name not in self.body:
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return self.body[name]

    def query_number(self, name: str, otherwise: int) -> int:
        """Read a positive number from the query."""
        value = self.query.get(name, str(otherwise))
        return max(_whole(value, Refusal(422, f"Invalid request.\n\n{name} is not a number.")), 1)

    @property
    def page_size(self) -> int:
        """How many rows one page holds: 30, or what was asked, at most 100."""
        return min(self.query_number("per_page", PER_PAGE), MAX_PER_PAGE)

    def url_with(self, **changes: int) -> str:
        """Write the address of this call with another page or cursor."""
        return f"{self.url}?{urlencode({**self.query, **changes})}"

    def page(self, rows: list[Any]) -> tuple[list[Any], dict[str, str]]:
        """Cut the asked page out of rows, and give the Link header that leads on."""
        size, page = self.page_size, self.query_number("page", 1)
        last = max((len(rows) + size - 1) // size, 1)
        links: dict[str, int] = {}
        if page < last:
            links |= {"next": page + 1, "last": last}
        if page > 1:
            links |= {"prev": page - 1, "first": 1}
        cut = rows[(page - 1) * size : page * size]
        return cut, link_header({name: self.url_with(page=number) for name, number in links.items()})


def _whole(text: str, otherwise: Refusal) -> int:
    if not text.isdecimal():
        raise otherwise
    return int(text)


def link_header(links: Mapping[str, str]) -> dict[str, str]:
    """Write a Link header, nothing where nothing follows."""
    joined = ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items())
    return {"Link": joined} if joined else {}


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: its template in the official description's words, what it demands, and who answers.

    `permission` is (name, level); None is the App's own (JWT) or, with `anyone`, any installation token. One that is
    `open` asks nobody who they are.
    """

    method: str
    template: str
    handler: Callable[[Ask], Awaitable[Answer]]
    permission: tuple[str, str] | None = None
    anyone: bool = False
    open: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """The template as a pattern of the path."""
        escaped = re.escape(self.template).replace(r"\{ref\}", "(?P<ref>.+)")  # a branch may hold slashes
        return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", escaped) + r"\Z")
