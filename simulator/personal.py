"""Tokens of people: they open what the person may open, wherever the App is installed."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.installation import EVERYTHING, Installation, Token

if TYPE_CHECKING:
    from simulator.github import Simulator
    from simulator.records import User
    from simulator.repository import Repository


@dataclass(frozen=True, slots=True)
class PersonalToken(Token):
    """A classic token with the scope `repo`. It stands under an installation of nobody, which is listed nowhere."""

    user: User

    @property
    def viewer(self) -> User:
        """Whose token it is."""
        return self.user

    def sees(self, repo: Repository) -> bool:
        """Say whether the person may read a repository: a public one everybody may."""
        return repo.people.role(self.user)[1] != "none"


def token(github: Simulator, user: User) -> Token:
    """Make a person's token, which does not end."""
    text = f"ghp_{secrets.token_hex(18)}"
    nobody = Installation(github, github.next_id(), user, dict(EVERYTHING))
    made = PersonalToken(text, nobody, dict(EVERYTHING), None, math.inf, user)
    github.tokens[text] = made
    return made
