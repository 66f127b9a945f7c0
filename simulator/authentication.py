"""Who is calling: the App by its JWT, or an installation by its token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import jwt

from simulator.routing import Refusal, Route

if TYPE_CHECKING:
    from jwt.types import Options

    from simulator.github import Simulator
    from simulator.installation import Token

LONGEST_JWT = 600.0  # `exp` is at most ten minutes ahead (docs, generating a JWT)
DRIFT = 60.0  # seconds of clock drift that GitHub's advice allows for


@dataclass(frozen=True, slots=True)
class Principal:
    """The App itself (`token` None), or the bearer of an installation token."""

    token: Token | None

    @property
    def whose(self) -> object:
        """Whose rate limit it is."""
        return None if self.token is None else self.token.installation.id

    def demand(self, route: Route) -> None:
        """Refuse a call that this caller may not make."""
        if route.template == "*":
            raise Refusal(404, "Not Found")
        if route.anyone or route.open:
            return
        if route.permission is None:
            if self.token is not None:
                raise Refusal(401, "A JSON web token could not be decoded")
            return
        if self.token is None or not self.token.may(*route.permission):
            raise Refusal(403, "Resource not accessible by integration")


def principal_of(github: Simulator, authorization: str) -> Principal:
    """Read the Authorization header. Refuses with 401 what is missing, wrong or expired."""
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() not in {"bearer", "token"} or not credential:
        raise Refusal(401, "Requires authentication")
    if credential.startswith(("ghs_", "ghp_")):
        token = github.tokens.get(credential)
        if token is None or token.expires_at <= github.now() or token.installation.suspended:
            raise Refusal(401, "Bad credentials")
        return Principal(token)
    _verify(github, credential)
    return Principal(None)


def _verify(github: Simulator, credential: str) -> None:
    try:
        options: Options = {"verify_exp": False, "verify_iat": False, "require": ["iat", "exp", "iss"]}
        claims = jwt.decode(credential, github.public_key, algorithms=["RS256"], options=options)
    except jwt.PyJWTError as error:
        raise Refusal(401, "A JSON web token could not be decoded") from error
    now = github.now()
    if str(claims["iss"]) != str(github.app_id):
        raise Refusal(401, "'Issuer' claim ('iss') must be an Integer")
    if claims["exp"] <= now:
        raise Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
    if claims["exp"] > now + LONGEST_JWT:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
    if claims["iat"] > now + DRIFT:
        raise Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time the token was made")
