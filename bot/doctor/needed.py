"""What the App must be allowed and told, as the code uses it: app.yaml says the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.events import heard
from bot.github.tokens import Purpose

LEVELS = ("read", "write", "admin")
AUTOMATIC = frozenset({"installation", "installation_repositories"})
"""GitHub sends these to every App; a manifest cannot name them (docs: "Webhook events and payloads")."""


def permissions() -> dict[str, str]:
    """Give the permissions that all tokens together are limited to."""
    used: dict[str, str] = {}
    for purpose in Purpose:
        for name, level in purpose.permissions.items():
            used[name] = max(used.get(name, "read"), level, key=LEVELS.index)
    return used


def events() -> frozenset[str]:
    """Give the events that the bot listens to, without those that come by themselves."""
    return heard() - AUTOMATIC


def missing(granted: Mapping[str, str]) -> list[str]:
    """Name what is needed and not granted, as `contents: write`."""
    return [f"{name}: {level}" for name, level in sorted(permissions().items()) if _less(granted.get(name), level)]


def beyond(granted: Mapping[str, str]) -> list[str]:
    """Name what is granted and never used, as `workflows: write`."""
    used = permissions()
    more = ((name, level) for name, level in sorted(granted.items()) if _less(used.get(name), level))
    return [f"{name}: {level}" for name, level in more]


def _less(has: str | None, than: str) -> bool:
    return has not in LEVELS or (than in LEVELS and LEVELS.index(has) < LEVELS.index(than))


def manifest(name: str, url: str) -> dict[str, Any]:
    """Write the App's manifest for a service that GitHub reaches at `url` (docs: "App manifest")."""
    return {
        "name": name,
        "url": url,
        "description": "Small, tested changes merge themselves and go live; everything else is told what is missing.",
        "public": False,
        "hook_attributes": {"url": f"{url}/webhook", "active": True},
        "default_permissions": permissions(),
        "default_events": sorted(events()),
    }
