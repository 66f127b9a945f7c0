"""Routes of people: what one may do in a repository."""

from __future__ import annotations

from simulator import shapes
from simulator.people import WRITERS
from simulator.routing import Answer, Ask, Refusal, Route

READERS = WRITERS | {"read"}


async def permission(ask: Ask) -> Answer:
    """Say what a person may do in a repository. What is no person has no permission to ask for.

    The words for bots were seen in anthropics/claude-code-action#1018.
    """
    repo, login = ask.repo, ask.parameters["username"]
    user = ask.github.account(login)
    if user is None:
        raise Refusal(404, "Not Found")
    if user.kind != "User":
        raise Refusal(404, f"{login} is not a user")
    role, legacy = repo.people.role(user)
    may = {
        "admin": role == "admin",
        "maintain": role in {"admin", "maintain"},
        "push": legacy in WRITERS,
        "triage": legacy in WRITERS or role == "triage",
        "pull": legacy in READERS,
    }
    shown = shapes.user(ask.github.url, user) | {"permissions": may, "role_name": role}
    return Answer(200, {"permission": legacy, "role_name": role, "user": shown})


ROUTES = (Route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", permission, ("metadata", "read")),)
