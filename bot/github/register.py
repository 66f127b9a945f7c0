"""Registers the App from its manifest: where a browser posts it, and the exchange of the code that comes back.

Source: GitHub docs, "Registering a GitHub App from a manifest".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from bot.github.errors import Later, Refused

WITHIN = aiohttp.ClientTimeout(total=30, sock_connect=5)
CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Registered:
    """The new App: its id, its page, and the secrets that GitHub tells this once."""

    app_id: int
    page: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


def site_of(api_url: str) -> str:
    """Give the address of GitHub's pages: for github.com and data residency beside the API, else on its host."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc.removeprefix('api.')}"


def registers_at(api_url: str, organisation: str, state: str) -> str:
    """Give the address that a browser posts the manifest to."""
    owner = f"/organizations/{organisation}" if organisation else ""
    return f"{site_of(api_url)}{owner}/settings/apps/new?state={state}"


async def registered(api_url: str, code: str) -> Registered:
    """Exchange the code of a manifest for the App, once, within an hour. Raises Later and Refused."""
    if CODE.fullmatch(code) is None:
        raise Refused(HTTPStatus.NOT_FOUND, "that is no code of GitHub")
    url = f"{api_url}/app-manifests/{code}/conversions"
    headers = {"Accept": "application/vnd.github+json", "User-Agent": "andon"}
    try:
        async with (
            aiohttp.ClientSession(trust_env=True, timeout=WITHIN) as session,
            session.post(url, headers=headers, allow_redirects=False) as response,
        ):
            status, answer = response.status, await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Later(f"GitHub's answer broke off: {type(error).__name__}") from None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Later(f"GitHub answered {status}")
    if status != HTTPStatus.CREATED:
        raise Refused(status, str(answer.get("message", "")) if isinstance(answer, dict) else "")
    return Registered(answer["id"], answer["html_url"], answer["pem"], answer["webhook_secret"])
