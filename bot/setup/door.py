"""The door of a setup: on this machine alone, opened by one link, and shut for good by the first success.

What is left open then is one page to look at, for whoever came by the link: whether GitHub reaches the service.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import html
import json
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web

from bot.github.errors import Later, Refused
from bot.github.register import Registered, registers_at

COOKIE = "andon-setup"
HERE = "127.0.0.1"

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

WAITING: Final = "/setup/waiting"
REFRESH: Final = 3
"""Seconds after which the page looks again by itself, without any script."""

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}"
    ".told{border-left:.5rem solid #999;padding:.5rem 1rem}"
    ".arrived{border-color:#1a7f37;background:#dafbe1;color:#116329}"
)
_STYLED: Final = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

Exchange = Callable[[str], Awaitable[Registered]]
"""Exchanges a code for the App; raises Later and Refused."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of GitHub's first delivery, in words; `arrived` says that it was taken, and ends the waiting."""

    said: str
    arrived: bool = False


class Door:
    """Serves three addresses until the App is registered: the link, the page with one button, and the way back.

    Whatever else is asked, or by whoever did not come by the link, is answered 404, and so is everything afterwards,
    but for one page that shows what is `told`: it looks again by itself until something arrived.
    """

    def __init__(self, *, api_url: str, organisation: str, manifest: Mapping[str, Any], exchange: Exchange) -> None:
        self._api_url = api_url
        self._organisation = organisation
        self._manifest = manifest
        self._exchange = exchange
        self._token = secrets.token_urlsafe(32)
        self._session = self._state = ""
        self._origin = ""
        self.registered: asyncio.Future[Registered] = asyncio.get_running_loop().create_future()
        self.told: Told | None = None
        self.seen = asyncio.Event()
        application = web.Application(middlewares=[self._guarded])
        application.router.add_get("/setup", self._page)
        application.router.add_get("/setup/done", self._done)
        application.router.add_get(WAITING, self._waiting)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)

    async def open(self, port: int = 0) -> str:
        """Listen on this machine alone; gives the link. Raises OSError where the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, HERE, port).start()
        self._origin = f"http://{HERE}:{self._runner.addresses[0][1]}"
        return f"{self._origin}/setup?token={self._token}"

    async def close(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    @web.middleware
    async def _guarded(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer nobody once it is done, and no name that somebody else made lead to this machine."""
        try:
            is_open = self.registered.done() == (request.path == WAITING)
            if not is_open or request.host != urlsplit(self._origin).netloc:
                raise web.HTTPNotFound  # noqa: TRY301 - answered as every other refusal
            return await handler(request)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            return _page(404, "<p>There is nothing here.</p>")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        token = request.query.get("token")
        if token is not None:
            return self._let_in(token)
        self._demand_session(request)
        self._state = secrets.token_urlsafe(32)
        manifest = {**self._manifest, "redirect_url": f"{self._origin}/setup/done"}
        action = registers_at(self._api_url, self._organisation, self._state)
        hook = _text(manifest["hook_attributes"]["url"])
        body = (
            f"<p>GitHub will ask you to name the App. Its webhook goes to <b>{hook}</b>.</p>"
            f'<form method="post" action="{_text(action)}"><input type="hidden" name="manifest" '
            f'value="{_text(json.dumps(manifest))}"><button>Create the App on GitHub</button></form>'
        )
        return _page(200, body, form=f"{urlsplit(action).scheme}://{urlsplit(action).netloc}")

    def _let_in(self, token: str) -> web.Response:
        """Take the link once: whoever comes by it second, with the address from a log or a history, does not get in."""
        if not self._token or not _same(token, self._token):
            raise web.HTTPNotFound
        self._token, self._session = "", secrets.token_urlsafe(32)
        response = web.Response(status=303, headers={**_HEADERS, "Location": "/setup"})
        response.set_cookie(COOKIE, self._session, path="/setup", httponly=True, samesite="Lax")
        return response

    def _demand_session(self, request: web.Request) -> None:
        if not self._session or not _same(request.cookies.get(COOKIE, ""), self._session):
            raise web.HTTPNotFound

    async def _done(self, request: web.Request) -> web.Response:
        """Take the way back from GitHub, once for each time that the button was pressed."""
        self._demand_session(request)
        if not self._state or not _same(request.query.get("state", ""), self._state):
            raise web.HTTPNotFound
        self._state = ""
        try:
            app = await self._exchange(request.query.get("code", ""))
        except (Later, Refused) as error:
            again = '<p><a href="/setup">Try again</a>.</p>'
            return _page(502, f"<p>GitHub did not hand over the App: {_text(str(error))}</p>{again}")
        if self.registered.done():
            raise web.HTTPNotFound
        self.registered.set_result(app)
        return web.Response(status=303, headers={**_HEADERS, "Location": WAITING})

    async def _waiting(self, request: web.Request) -> web.Response:
        """Show what is told of the first delivery, green once it was taken; until then the page looks again."""
        self._demand_session(request)
        told = self.told
        link = f"{self.registered.result().page}/installations/new"
        body = f'<p>The App is there. <a href="{_text(link)}">Install it</a>; the terminal says the rest.</p>'
        if told is not None:
            colour = " arrived" if told.arrived else ""
            body += f'<p class="told{colour}">{"✅" if told.arrived else "⏳"} {_text(told.said)}</p>'
        response = _page(200, body, refresh=told is not None and not told.arrived)
        if told is None or told.arrived:
            self.seen.set()
        return response


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode())


def _text(text: str) -> str:
    return html.escape(text, quote=True)


def _page(status: int, body: str, *, form: str = "'none'", refresh: bool = False) -> web.Response:
    style = f"style-src 'sha256-{_STYLED}'"
    policy = f"default-src 'none'; {style}; form-action {form}; frame-ancestors 'none'; base-uri 'none'"
    again = f'<meta http-equiv="refresh" content="{REFRESH}">' if refresh else ""
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{again}'
        f"<title>andon setup</title><style>{_STYLE}</style>"
    )
    text = f'<!doctype html><html lang="en">{head}<h1>andon</h1>{body}</html>'
    headers = {**_HEADERS, "Content-Security-Policy": policy}
    return web.Response(status=status, text=text, content_type="text/html", headers=headers)
