"""The page of the App: what it asks for, where its webhook goes, and how it is registered from a manifest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.installation import EVENTS, EVERYTHING
from simulator.routing import Refusal

if TYPE_CHECKING:
    from simulator.github import Simulator
    from simulator.records import Json

CODE_LIFE = 3600.0  # seconds for which a code can be exchanged (docs, registering an App from a manifest)
NEEDED = ("url", "hook_attributes", "redirect_url")


@dataclass(slots=True)
class AppSettings:
    """What the owner of the App set on its page; `hook_url` is where deliveries go unless something else is shown."""

    permissions: dict[str, str] = field(default_factory=lambda: dict(EVERYTHING))
    events: list[str] = field(default_factory=lambda: list(EVENTS))
    hook_url: str | None = None
    content_type: str = "json"
    insecure_ssl: str = "0"
    has_secret: bool = True
    codes: dict[str, float] = field(default_factory=dict)
    manifests: list[Json] = field(default_factory=list)


def register(github: Simulator, manifest: Json) -> str:
    """Press "Create GitHub App" on the page that a manifest was posted to; give the code that comes back."""
    missing = [name for name in NEEDED if not manifest.get(name)]
    if missing or not manifest["hook_attributes"].get("url"):
        raise Refusal(422, f"Invalid manifest: {', '.join(missing) or 'hook_attributes.url'} is missing")
    settings = github.app_settings
    settings.permissions = dict(manifest.get("default_permissions", {}))
    settings.events = list(manifest.get("default_events", []))
    settings.hook_url = manifest["hook_attributes"]["url"]
    settings.manifests.append(manifest)
    code = secrets.token_hex(20)
    settings.codes[code] = github.now() + CODE_LIFE
    return code
