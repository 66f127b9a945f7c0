"""Credentials: the App's own signed token, and installation tokens no wider than the job at hand.

Source: GitHub docs, "Generating a JSON Web Token (JWT) for a GitHub App" and "Generating an installation access token".
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache

import jwt
from cachetools import LRUCache
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.address import Repository
from bot.text.redaction import KNOWN

JWT_SECONDS = 9 * 60
"""GitHub takes no App token that lives longer than ten minutes."""

CLOCK_SKEW = 60
"""Seconds by which a token is dated back, as GitHub advises, for clocks that run ahead."""

FRESH_SECONDS = 5 * 60
"""An installation token with less than this left is replaced before it is used."""

TOKENS_KEPT = 4096


class Purpose(Enum):
    """What a token is for, and so what it may do. All purposes together are what the App's manifest asks for."""

    LOOK = "look"
    READ_POLICY = "read-policy"
    COMMENT = "comment"
    MERGE = "merge"
    DEPLOY = "deploy"
    DISPATCH = "dispatch"
    RUN_WORKFLOW = "run-workflow"
    READ_ARTIFACT = "read-artifact"
    READ_QUEUE = "read-queue"
    ISSUES = "issues"

    @property
    def permissions(self) -> Mapping[str, str]:
        """The permissions that such a token is limited to."""
        return _PERMISSIONS[self]


_PERMISSIONS: Mapping[Purpose, Mapping[str, str]] = {
    Purpose.LOOK: {
        "metadata": "read",
        "contents": "read",
        "pull_requests": "read",
        "checks": "write",
        "statuses": "read",
        "deployments": "read",
    },
    Purpose.READ_POLICY: {"metadata": "read", "contents": "read"},
    Purpose.COMMENT: {"metadata": "read", "pull_requests": "write"},
    Purpose.MERGE: {"metadata": "read", "contents": "write", "pull_requests": "write"},
    Purpose.DEPLOY: {"metadata": "read", "deployments": "write"},
    Purpose.DISPATCH: {"metadata": "read", "contents": "write"},
    Purpose.RUN_WORKFLOW: {"metadata": "read", "actions": "write"},
    Purpose.READ_ARTIFACT: {"metadata": "read", "actions": "read"},
    Purpose.READ_QUEUE: {"metadata": "read", "contents": "read", "pull_requests": "read", "merge_queues": "read"},
    Purpose.ISSUES: {"metadata": "read", "issues": "write"},
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose token a call needs: one repository for one purpose; repository None lists the whole installation."""

    installation: int
    repository: str | None
    purpose: Purpose

    @classmethod
    def of(cls, repository: Repository, purpose: Purpose) -> Scope:
        """Narrow a purpose to one repository."""
        return cls(repository.installation, repository.name.lower(), purpose)

    @property
    def request(self) -> Mapping[str, object]:
        """The body that asks GitHub for exactly this token."""
        if self.repository is None:
            return {"permissions": {"metadata": "read"}}
        return {"repositories": [self.repository], "permissions": dict(self.purpose.permissions)}


@dataclass(frozen=True, slots=True)
class Token:
    """One installation token and the Unix time at which GitHub stops taking it."""

    value: str
    expires_at: float

    def __repr__(self) -> str:
        return f"Token(…, expires_at={self.expires_at})"


Mint = Callable[[int, Mapping[str, object]], Awaitable[Mapping[str, str]]]
"""Asks GitHub for an installation token: installation id and body in, GitHub's JSON out."""


@lru_cache(maxsize=1)
def _key_of(pem: str) -> RSAPrivateKey:
    """Read the App's key; checking it takes longer than a hundred signatures. Raises TypeError for another kind."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("GitHub App keys are RSA keys; this is another kind.")
    return key


class TokenBroker:
    """Hands out credentials: each is made once however many ask at the same time, off the event loop."""

    def __init__(self, app_id: int, pem: str, mint: Mint, clock: Callable[[], float] = time.time) -> None:
        self._app_id = app_id
        self._pem = pem
        self._mint = mint
        self._clock = clock
        self._signing = asyncio.Lock()
        self._app_token = Token("", 0.0)
        self._tokens: LRUCache[Scope, Token] = LRUCache(TOKENS_KEPT)
        self._minting: dict[Scope, asyncio.Task[Token]] = {}

    async def app_token(self) -> str:
        """Return the App's own token, signed anew when less than two minutes are left."""
        async with self._signing:
            if self._app_token.expires_at - self._clock() < 2 * CLOCK_SKEW:
                self._app_token = await asyncio.to_thread(self._sign)
                KNOWN.learn_token(self._app_token.value)
            return self._app_token.value

    def _sign(self) -> Token:
        issued = int(self._clock()) - CLOCK_SKEW
        claims = {"iat": issued, "exp": issued + JWT_SECONDS, "iss": str(self._app_id)}
        return Token(jwt.encode(claims, _key_of(self._pem), algorithm="RS256"), issued + JWT_SECONDS)

    async def token(self, scope: Scope) -> str:
        """Return a token for this scope with at least five minutes left. Raises Later or Refused as GitHub answers."""
        known = self._tokens.get(scope)
        if known and known.expires_at - self._clock() > FRESH_SECONDS:
            return known.value
        task = self._minting.get(scope)
        if task is None:
            task = asyncio.create_task(self._fetch(scope))
            self._minting[scope] = task
            task.add_done_callback(lambda _: self._minting.pop(scope, None))
        return (await asyncio.shield(task)).value

    async def _fetch(self, scope: Scope) -> Token:
        answer = await self._mint(scope.installation, scope.request)
        token = Token(answer["token"], datetime.fromisoformat(answer["expires_at"]).timestamp())
        KNOWN.learn_token(token.value)
        self._tokens[scope] = token
        return token

    def forget_app_token(self, value: str) -> None:
        """Drop the App's own token that GitHub does not take, unless it was replaced already."""
        if self._app_token.value == value:
            self._app_token = Token("", 0.0)

    def forget(self, scope: Scope, value: str) -> None:
        """Drop a token that GitHub no longer takes, unless it was replaced already."""
        known = self._tokens.get(scope)
        if known and known.value == value:
            del self._tokens[scope]
