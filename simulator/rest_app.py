"""The App's own routes: who it is, where it is installed, its tokens and its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import shapes
from simulator.clock import iso
from simulator.installation import LEVELS, Installation, covers
from simulator.routing import Answer, Ask, Refusal, Route, link_header
from simulator.webhooks import KEPT, Delivery

if TYPE_CHECKING:
    from simulator.records import Json

MAX_REPOSITORIES = 500  # named in one token (OpenAPI, create an installation access token)


async def nothing(_ask: Ask) -> Answer:
    """Answer a route that the simulator does not know."""
    raise Refusal(404, "Not Found")


async def app(ask: Ask) -> Answer:
    """Say who the App is."""
    github = ask.github
    settings = github.app_settings
    shown = shapes.app(github.url, github.app, settings.permissions, github.started_at)
    return Answer(200, shown | {"events": settings.events, "installations_count": len(github.installations)})


async def installations(ask: Ask) -> Answer:
    """List where the App is installed."""
    rows, headers = ask.page(list(ask.github.installations.values()))
    return Answer(200, [row.shape() for row in rows], headers)


def _installation(ask: Ask) -> Installation:
    installed = ask.github.installations.get(ask.number("installation_id"))
    if installed is None:
        raise Refusal(404, "Not Found")
    return installed


async def access_token(ask: Ask) -> Answer:
    """Mint a token, narrowed to the repositories and permissions asked for."""
    installed = _installation(ask)
    if installed.suspended:
        raise Refusal(403, "This installation has been suspended")
    permissions = _narrowed(installed, ask.body.get("permissions"))
    token = installed.mint(permissions, _chosen(installed, ask.body))
    ask.github.tokens[token.text] = token
    body: Json = {
        "token": token.text,
        "expires_at": iso(token.expires_at),
        "permissions": permissions,
        "repository_selection": installed.selection if token.repositories is None else "selected",
    }
    if token.repositories is not None:
        body["repositories"] = [shapes.repository(r) for r in installed.repositories() if r.id in token.repositories]
    return Answer(201, body)


def _narrowed(installed: Installation, asked: dict[str, str] | None) -> dict[str, str]:
    if asked is None:
        return dict(installed.permissions)
    for name, level in asked.items():
        if level not in LEVELS or not covers(installed.permissions, name, level):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **asked}


def _chosen(installed: Installation, body: Json) -> frozenset[int] | None:
    names, ids = body.get("repositories"), body.get("repository_ids")
    if names is None and ids is None:
        return None
    wanted = [*(names or ()), *(ids or ())]
    found = {repo.id for repo in installed.repositories() if repo.name in wanted or repo.id in wanted}
    if len(found) != len(wanted) or len(wanted) > MAX_REPOSITORIES:
        raise Refusal(422, "There is at least one repository that does not exist or is not accessible to the parent")
    return frozenset(found)


def _item(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": iso(delivery.at),
        "redelivery": delivery.redelivery,
        "duration": round(delivery.duration, 3),
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def _kept(ask: Ask) -> list[Delivery]:
    oldest = ask.github.now() - KEPT
    return [each for each in reversed(ask.github.webhooks.sent) if each.at >= oldest and each.status != "pending"]


async def deliveries(ask: Ask) -> Answer:
    """List deliveries, newest first, by cursor: the id of the last one seen."""
    size = ask.page_size
    rows = _kept(ask)
    if "cursor" in ask.query:
        cursor = ask.query_number("cursor", 1)
        rows = [row for row in rows if row.id < cursor]
    status = ask.query.get("status")
    if status is not None:
        rows = [row for row in rows if (row.status == "OK") == (status == "success")]
    page = rows[:size]
    more = {"next": ask.url_with(cursor=page[-1].id)} if len(rows) > size else {}
    return Answer(200, [_item(row) for row in page], link_header(more))


def _delivery(ask: Ask) -> Delivery:
    wanted = ask.number("delivery_id")
    found = next((row for row in _kept(ask) if row.id == wanted), None)
    if found is None:
        raise Refusal(404, "Not Found")
    return found


async def delivery(ask: Ask) -> Answer:
    """Show one delivery with what was sent."""
    found = _delivery(ask)
    request = {"headers": found.headers, "payload": found.payload}
    return Answer(
        200,
        _item(found)
        | {"url": ask.github.webhook_url or "", "request": request, "response": {"headers": {}, "payload": None}},
    )


async def redeliver(ask: Ask) -> Answer:
    """Send one delivery again, under the same GUID."""
    ask.github.webhooks.again(_delivery(ask))
    return Answer(202, {})


async def repositories(ask: Ask) -> Answer:
    """List the repositories within the token's reach."""
    token = ask.granted
    reached = [repo for repo in token.installation.repositories() if token.sees(repo)]
    rows, headers = ask.page(reached)
    body = {"total_count": len(reached), "repositories": [shapes.repository(repo) for repo in rows]}
    return Answer(200, body, headers)


async def rate_limit(ask: Ask) -> Answer:
    """Show the allowances; asking costs nothing."""
    whose = None if ask.token is None else ask.token.installation.id
    resources = {name: ask.github.limits.bucket(whose, name).shape() for name in ("core", "graphql", "search")}
    return Answer(200, {"resources": resources, "rate": resources["core"]})


ROUTES = (
    Route("GET", "/app", app),
    Route("GET", "/app/installations", installations),
    Route("POST", "/app/installations/{installation_id}/access_tokens", access_token),
    Route("GET", "/app/hook/deliveries", deliveries),
    Route("GET", "/app/hook/deliveries/{delivery_id}", delivery),
    Route("POST", "/app/hook/deliveries/{delivery_id}/attempts", redeliver),
    Route("GET", "/installation/repositories", repositories, ("metadata", "read")),
    Route("GET", "/rate_limit", rate_limit, anyone=True),
)
