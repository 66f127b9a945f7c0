"""Holds what GitHub knows of the App, its webhook and its installations against what andon needs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.doctor import needed
from bot.doctor.finding import Finding, Level
from bot.github.read_health import AppSeen, Attempt, HookSeen, InstallationSeen

PATH = "/webhook"

_ELSEWHERE = f"something else answers there: the address ends in {PATH}, and what stands before andon must pass it on"
_CURES = {
    0: "nobody answered: is `andon serve` running there, and does every proxy and firewall on the way let GitHub in?",
    400: "set the content type of the webhook to application/json in the App's settings",
    401: "GitHub signs with another secret: set GITHUB_WEBHOOK_SECRET to the one in the App's settings, or both anew",
    404: _ELSEWHERE,
    405: _ELSEWHERE,
    503: "andon could not keep it: look at the database below",
}


def of_app(app: AppSeen) -> Iterator[Finding]:
    """Judge what the App asks of who installs it."""
    yield Finding("app", Level.OK, f"the key is that of App {app.id} ({app.slug})")
    where = f"in the App's settings under “Permissions & events” ({app.page})"
    if lacking := needed.missing(app.permissions):
        cure = f"grant it {where}, then have each installation accept it"
        yield Finding("permissions", Level.WRONG, f"the App lacks {', '.join(lacking)}", cure)
    elif more := needed.beyond(app.permissions):
        yield Finding("permissions", Level.WARNING, f"andon never uses {', '.join(more)}", f"take it away {where}")
    else:
        yield Finding("permissions", Level.OK, "the App has what the code uses, and no more")
    if unheard := sorted(needed.events() - app.events):
        cure = f"tick them {where}; until then the sweep finds what they would tell, minutes later"
        yield Finding("events", Level.WRONG, f"the App does not hear {', '.join(unheard)}", cure)
    else:
        yield Finding("events", Level.OK, "the App hears what the code listens to")


def of_hook(hook: HookSeen, public_url: str) -> Iterator[Finding]:
    """Judge where the webhook goes, and how."""
    parts, wanted = urlsplit(hook.url), f"{public_url}{PATH}" if public_url else ""
    cure = f"set the webhook's URL in the App's settings to {wanted or f'https://YOUR-HOST{PATH}'}"
    if parts.scheme != "https":
        yield Finding("webhook-url", Level.WRONG, f"deliveries go to {hook.url!r}, which is no https address", cure)
    elif wanted and hook.url.rstrip("/") != wanted:
        yield Finding("webhook-url", Level.WRONG, f"deliveries go to {hook.url}, PUBLIC_URL says {wanted}", cure)
    elif not parts.path.endswith(PATH):
        yield Finding("webhook-url", Level.WRONG, f"deliveries go to {hook.url}, where andon does not listen", cure)
    else:
        yield Finding("webhook-url", Level.OK, f"deliveries go to {hook.url}")
    if hook.content_type != "json":
        yield Finding("webhook-form", Level.WRONG, f"deliveries come as {hook.content_type}, not as JSON", _CURES[400])
    if not hook.has_secret:
        cure = "set the webhook's secret in the App's settings to GITHUB_WEBHOOK_SECRET"
        yield Finding("webhook-secret", Level.WRONG, "deliveries are not signed, so andon takes none", cure)
    if not hook.verifies:
        cure = "switch SSL verification on in the App's settings"
        yield Finding("webhook-tls", Level.WARNING, "GitHub does not check the certificate of that address", cure)


def of_deliveries(attempts: Sequence[Attempt]) -> Finding:
    """Judge the last attempts to deliver, the newest first: a later one that arrived heals an earlier one."""
    if not attempts:
        cure = "press “Redeliver” on a delivery in the App's settings under “Advanced”, or push something"
        return Finding("deliveries", Level.LOOK, "GitHub delivered nothing in three days", cure)
    arrived = {one.guid for one in attempts if one.arrived}
    lost = [one for one in attempts if one.guid not in arrived]
    guids = {one.guid for one in lost}
    if not guids:
        return Finding("deliveries", Level.OK, f"the last {len(attempts)} deliveries arrived")
    last = lost[0]
    answer = f"{last.code} ({last.status})" if last.code else last.status
    said = f"{len(guids)} of the last {len(arrived | guids)} deliveries did not arrive; the newest of them: {answer}"
    if attempts[0].arrived:
        return Finding("deliveries", Level.WARNING, said, "they arrive again by now: the sweep asks for the lost ones")
    return Finding("deliveries", Level.WRONG, said, _CURES.get(last.code, "look at the log of andon at that time"))


def of_installations(
    app: AppSeen, installations: Sequence[InstallationSeen], owners: frozenset[str]
) -> Iterator[Finding]:
    """Judge where the App is installed, and what was granted there."""
    if not installations:
        cure = f"install it: {app.page}/installations/new"
        yield Finding("installations", Level.WRONG, "the App is installed nowhere", cure)
    for one in installations:
        yield from _of_installation(one, owners)


def _of_installation(one: InstallationSeen, owners: frozenset[str]) -> Iterator[Finding]:
    if one.suspended:
        cure = f"an owner of {one.account} lifts it: {one.page}"
        yield Finding("installations", Level.WRONG, "the installation is suspended", cure, one.account)
    elif owners and one.account.lower() not in owners:
        cure = f"add {one.account} to ALLOWED_OWNERS, or uninstall the App there: {one.page}"
        yield Finding("installations", Level.LOOK, "the App is installed, and not served", cure, one.account)
    elif lacking := needed.missing(one.permissions):
        cure = f"an owner of {one.account} accepts the App's new permissions: {one.page}"
        yield Finding("installations", Level.WRONG, f"not granted there: {', '.join(lacking)}", cure, one.account)
    elif unheard := sorted(needed.events() - one.events):
        cure = f"an owner of {one.account} accepts the App's new permissions: {one.page}"
        yield Finding("installations", Level.WRONG, f"not heard from there: {', '.join(unheard)}", cure, one.account)
    else:
        yield Finding("installations", Level.OK, "installed, with everything granted", where=one.account)
