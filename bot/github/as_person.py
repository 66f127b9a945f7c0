"""Reads GitHub by a person's own token, as the App would see it; whatever would change something is not sent."""

from __future__ import annotations

import re
from http import HTTPStatus

import aiohttp

from bot.github.answers import Json
from bot.github.connection import Connection
from bot.github.errors import Refused
from bot.github.lanes import Request
from bot.github.nodes import nodes
from bot.github.tokens import Scope
from bot.text.redaction import KNOWN
from bot.words.comment import MARKER

_MUTATION = re.compile(r"\bmutation\b")
NOT_SENT = "this only reads: nothing that changes something is sent"


class PersonsConnection(Connection):
    """A connection that knows one token, whoever asks, and reads alone.

    `app_id` is the App's whose view is wanted, 0 where it is not known. Methods raise as those of Connection do.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        api_url: str,
        graphql_url: str,
        token: str,
        app_id: int = 0,
    ) -> None:
        super().__init__(session, api_url=api_url, graphql_url=graphql_url, app=(app_id, ""))
        self._token = token
        KNOWN.learn_token(token)

    async def _as_app(self, asked: Request) -> tuple[Json, str | None]:
        raise Refused(HTTPStatus.UNAUTHORIZED, f"a person is no App: {asked.path}")

    async def _as_installation(self, scope: Scope, asked: Request) -> tuple[Json, str | None]:
        if not _only_reads(asked, self._graphql_url):
            raise Refused(HTTPStatus.FORBIDDEN, NOT_SENT)
        answer, following = await self._attempt(self._lane(scope.installation), asked, {"oauth_token": self._token})
        if asked.method == "POST":
            _see_as_app(answer)
        return answer, following


def _only_reads(asked: Request, graphql: str) -> bool:
    """Tell whether a request is a GET, or a GraphQL document of nothing but queries and fragments."""
    if asked.method == "GET":
        return True
    query = asked.body.get("query") if isinstance(asked.body, dict) else None
    if (asked.method, asked.path) != ("POST", graphql) or not isinstance(query, str):
        return False
    said = "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("#"))
    return said.split(maxsplit=1)[:1] == ["query"] and _MUTATION.search(said) is None


def _see_as_app(answer: Json) -> None:
    """Put the App in the place of the person who looks: what that person wrote or armed is not the App's."""
    data = (answer.get("data") if isinstance(answer, dict) else None) or {}
    pull = (data.get("repository") or {}).get("pullRequest") or {}
    viewer = None
    for comment in nodes(pull.get("comments")):
        author = comment.get("author") or {}
        ours = author.get("__typename") == "Bot" and (comment.get("body") or "").startswith(MARKER)
        comment["viewerDidAuthor"] = ours
        viewer = {"databaseId": author.get("databaseId")} if ours else viewer
    if "viewer" in data:
        data["viewer"] = viewer
    if "viewerCanMergeAsAdmin" in pull:
        pull["viewerCanMergeAsAdmin"] = False
