"""The manifest asks for what the code uses, and for nothing else."""

from pathlib import Path

import yaml

from bot.events import heard
from bot.github.tokens import Purpose

MANIFEST = Path(__file__).parents[1] / "app.yaml"
STRENGTH = ("read", "write")

AUTOMATIC = frozenset({"installation", "installation_repositories"})
"""GitHub sends these to every App; a manifest cannot name them (docs: "Webhook events and payloads")."""


def test_permissions_are_those_that_the_tokens_are_limited_to() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    used: dict[str, str] = {}
    for purpose in Purpose:
        for permission, level in purpose.permissions.items():
            used[permission] = max(used.get(permission, "read"), level, key=STRENGTH.index)

    assert manifest["default_permissions"] == used


def test_events_are_those_that_the_bot_listens_to() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))

    assert set(manifest["default_events"]) == heard() - AUTOMATIC


def test_the_app_is_private_until_somebody_decides_otherwise() -> None:
    assert yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["public"] is False
