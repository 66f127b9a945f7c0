"""How andon answers over HTTP: JSON only, with headers that keep browsers from guessing, and no version banner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.store.engine import StoreUnavailable
from bot.text.redaction import KNOWN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

log = structlog.get_logger(__name__)

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def reply(status: int, body: Mapping[str, object]) -> web.Response:
    """Answer with JSON that holds no secret."""
    return web.json_response(
        KNOWN.value(dict(body)), status=status, dumps=lambda value: json.dumps(value, ensure_ascii=True)
    )


def refuse(status: int, error: str) -> web.Response:
    """Answer with what was wrong and how to mend it."""
    return reply(status, {"error": error})


@web.middleware
async def speak_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every error into JSON, and keep tracebacks in the log."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        return refuse(error.status, f"{error.status} {error.reason}: {request.method} {request.path}")
    except StoreUnavailable as error:
        log.warning("store unavailable", path=request.path, error=str(error))
        return refuse(503, "The database cannot be used now; try again later.")
    except Exception:
        log.exception("request failed", path=request.path)
        return refuse(500, "andon failed, not you; its log says why.")


async def put_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Put security headers on every answer, and take the server's version off."""
    response.headers.update(HEADERS)
    response.headers["Server"] = "andon"
