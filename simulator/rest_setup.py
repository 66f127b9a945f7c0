"""Routes of setting up: the hook's own settings, the exchange of a manifest's code, and one branch's protection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import shapes
from simulator.routing import Answer, Ask, Refusal, Route

if TYPE_CHECKING:
    from simulator.records import Json, Ruleset


async def hook_config(ask: Ask) -> Answer:
    """Show where the App's webhook goes; its secret is never shown."""
    settings = ask.github.app_settings
    shown: Json = {
        "url": settings.hook_url or ask.github.webhook_url or "https://andon.test/webhook",
        "content_type": settings.content_type,
        "insecure_ssl": settings.insecure_ssl,
    }
    return Answer(200, shown | ({"secret": "********"} if settings.has_secret else {}))


async def conversion(ask: Ask) -> Answer:
    """Exchange the code of a manifest for the App, once, within an hour."""
    github = ask.github
    settings = github.app_settings
    if settings.codes.pop(ask.parameters["code"], 0.0) <= github.now():
        raise Refusal(404, "Not Found")
    made = shapes.app(github.url, github.app, settings.permissions, github.started_at)
    keys = {"client_id": "Iv1.8a61f9b3a7aba766", "client_secret": "1726be1638095a19edd134c77bde3aa2ece1e5d8"}
    kept = {"webhook_secret": github.webhook_secret, "pem": github.private_key_pem}
    return Answer(201, made | {"events": settings.events} | keys | kept)


async def branch(ask: Ask) -> Answer:
    """Show a branch with as much of its protection as whoever reads the contents may see."""
    repo, name = ask.repo, ask.parameters["branch"]
    sha = repo.branches.get(name)
    facts = None if sha is None else await repo.history.commit(sha)
    if facts is None:
        raise Refusal(404, "Branch not found")
    url = f"{shapes.repository_api(repo)}/branches/{name}"
    asked = repo.ruleset(name)
    return Answer(
        200,
        {
            "name": name,
            "commit": shapes.commit(repo, facts),
            "_links": {"self": url, "html": f"{shapes.SITE}/{repo.full_name}/tree/{name}"},
            "protected": asked.classic,
            "protection": _protection(asked),
            "protection_url": f"{url}/protection",
        },
    )


def _protection(asked: Ruleset) -> Json:
    level = ("everyone" if asked.admins else "non_admins") if asked.classic and asked.checks else "off"
    checks = [{"context": name, "app_id": app_id} for name, app_id in asked.checks] if asked.classic else []
    contexts = [check["context"] for check in checks]
    return {
        "enabled": asked.classic,
        "required_status_checks": {"enforcement_level": level, "contexts": contexts, "checks": checks},
    }


ROUTES = (
    Route("GET", "/app/hook/config", hook_config),
    Route("POST", "/app-manifests/{code}/conversions", conversion, open=True),
    Route("GET", "/repos/{owner}/{repo}/branches/{branch}", branch, ("contents", "read")),
)
