"""Asks production: addresses and Prometheus queries, at the operator's targets and nowhere else.

A name is resolved once, every address that it has is held against what may be reached, and the connection goes to one
of exactly those: whatever the name means a moment later, nothing else is reached.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import math
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.evidence.evidence import Evidence, Kind, State
from bot.evidence.targets import Probe, Query, Targets

LARGEST: Final = 1024 * 1024
"""Bytes of an answer that are read."""

AT_ONCE: Final = 20
"""Targets asked at the same time."""

SAFE_ENVIRONMENT: Final = re.compile(r"[A-Za-z0-9 ._-]{1,100}")
"""An environment's name comes from a policy: only what means nothing in a query is put into one."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host. Raises OSError where it has none."""

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_METADATA: Final = ipaddress.ip_address("fd00:ec2::254")  # of one cloud over IPv6; the others use link-local ones


class ForbiddenError(Exception):
    """An address that must not be reached."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    whole: bool


async def resolved(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Prober:
    """Asks the operator's targets. Never raises: what cannot be asked or read is evidence of that."""

    def __init__(
        self, targets: Targets, clock: Callable[[], float], resolve: Resolve = resolved, largest: int = LARGEST
    ) -> None:
        self._targets = targets
        self._clock = clock
        self._resolve = resolve
        self._largest = largest
        self._places = asyncio.Semaphore(AT_ONCE)

    async def probe(self, name: str, repository: str) -> Evidence:
        """Ask an address. No answer in time, or another than was asked for, is a failure."""
        target = self._targets.probe(name, repository)
        if target is None:
            return self._undefined(Kind.PROBE, name, repository)
        threshold = f"HTTP {target.status}" + (" with the text asked for" if target.contains else "")
        seen = self._evidence(Kind.PROBE, name, threshold)
        try:
            answer = await self._ask(target, target.url, {}, read=bool(target.contains))
        except (ForbiddenError, socket.gaierror) as error:
            return seen(State.UNKNOWN, "", _why(error))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return seen(State.FAILED, "", _why(error))
        return seen(*_probed(target, answer))

    async def query(self, name: str, repository: str, environment: str) -> Evidence:
        """Ask Prometheus. Anything but one number, in time, is unknown."""
        target = self._targets.query(name, repository)
        if target is None:
            return self._undefined(Kind.QUERY, name, repository)
        seen = self._evidence(Kind.QUERY, name, target.threshold)
        if SAFE_ENVIRONMENT.fullmatch(environment) is None:
            return seen(State.UNKNOWN, "", "the environment's name holds what has a meaning in a query")
        question = {"query": target.query.replace("{environment}", environment)}
        try:
            answer = await self._ask(target, f"{target.url.rstrip('/')}/api/v1/query", question, read=True)
        except (ForbiddenError, TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return seen(State.UNKNOWN, "", _why(error))
        value, problem = _number(answer)
        if value is None:
            return seen(State.UNKNOWN, "", problem)
        return seen(State.PASSED if target.is_well(value) else State.FAILED, f"{value:g}", "")

    def _undefined(self, kind: Kind, name: str, repository: str) -> Evidence:
        said = f"andon's operator defined no {kind.value} of this name for {repository}"
        return Evidence(name, kind, State.UNKNOWN, at=self._clock(), said=said)

    def _evidence(self, kind: Kind, name: str, threshold: str) -> Callable[[State, str, str], Evidence]:
        at = self._clock()
        return lambda state, value, said: Evidence(name, kind, state, value, threshold, at, said)

    async def _ask(self, target: Probe | Query, url: str, question: Mapping[str, str], *, read: bool) -> _Answer:
        headers = {"User-Agent": "andon", "Accept-Encoding": "identity"}
        if (token := self._targets.token_of(target)) is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self._places, asyncio.timeout(target.timeout):
            pinned = await self._pinned(url, private=target.allow_private)
            async with (
                aiohttp.TCPConnector(resolver=_Pinned(pinned), use_dns_cache=False, force_close=True) as connector,
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    trust_env=False,
                    auto_decompress=False,
                    timeout=aiohttp.ClientTimeout(total=None),
                ) as session,
                session.get(url, params=question, headers=headers, allow_redirects=False) as response,
            ):
                body, whole = await _bounded(response.content, self._largest) if read else (b"", True)
                return _Answer(response.status, body, whole)

    async def _pinned(self, url: str, *, private: bool) -> Sequence[str]:
        """Resolve the host once and give its addresses. Raises ForbiddenError if one of them may not be reached."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        addresses = await self._resolve(host, port)
        if not addresses:
            raise socket.gaierror("no address")
        if not all(may_be_reached(address, private=private) for address in addresses):
            raise ForbiddenError
        return addresses


class _Pinned(AbstractResolver):
    """Answers every name with the addresses that were checked."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the checked addresses, whatever is asked for."""
        del family
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Close nothing: nothing is held."""


def may_be_reached(text: str, *, private: bool) -> bool:
    """Tell whether an address may be reached: public ones; with `private` those of a private network and this machine.

    Link-local addresses, where clouds keep their metadata and credentials, and those that are nobody's never may.
    """
    try:
        address = _innermost(ipaddress.ip_address(text))
    except ValueError:
        return False
    if address.is_link_local or address.is_multicast or address.is_unspecified or address == _METADATA:
        return False
    return private or address.is_global


def _innermost(address: Address) -> Address:
    """Unpack an IPv4 address that is written as IPv6: what counts is where it leads."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


async def _bounded(content: aiohttp.StreamReader, largest: int) -> tuple[bytes, bool]:
    """Read to the end, or until it is too much; tells which."""
    pieces = bytearray()
    async for piece in content.iter_any():
        pieces += piece
        if len(pieces) > largest:
            return bytes(pieces[:largest]), False
    return bytes(pieces), True


def _probed(target: Probe, answer: _Answer) -> tuple[State, str, str]:
    value = f"HTTP {answer.status}"
    if answer.status != target.status:
        moved = 300 <= answer.status < 400  # noqa: PLR2004 - HTTP's redirects
        return State.FAILED, value, "redirects are not followed" if moved else ""
    if target.contains.encode() in answer.body:
        return State.PASSED, value, ""
    if not answer.whole:
        return State.UNKNOWN, value, "the answer is larger than what is read of it"
    return State.FAILED, f"{value} without the text asked for", ""


def _number(answer: _Answer) -> tuple[float | None, str]:
    """Read the one number of Prometheus's answer, or say why there is none.

    Source: Prometheus, "HTTP API": `{"status": "success", "data": {"resultType": …, "result": …}}`.
    """
    if not answer.whole:
        return None, "the answer is larger than what is read of it"
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None, f"Prometheus answered HTTP {answer.status} without JSON"
    data = told.get("data") if isinstance(told, dict) and told.get("status") == "success" else None
    if not isinstance(data, dict):
        return None, f"Prometheus answered HTTP {answer.status} and refused the query"
    return _sample(data)


def _sample(data: Mapping[str, Any]) -> tuple[float | None, str]:
    match data.get("resultType"), data.get("result"):
        case ("scalar", [_, text]) | ("vector", [{"value": [_, text]}]):
            return _measured(text)
        case "vector", []:
            return None, "no series answers the query"
        case "vector", [_, _, *_] as series:
            return None, f"the query gives {len(series)} series and should give one: aggregate it"
        case _:
            return None, "the query gives no number"


def _measured(text: Any) -> tuple[float | None, str]:  # noqa: ANN401 - whatever JSON holds there
    """Read a sample. Not a number is what a ratio is where there was no traffic: it says nothing."""
    try:
        value = float(text) if isinstance(text, str) else math.nan
    except ValueError:
        value = math.nan
    return (None, "the value is not a number") if math.isnan(value) else (value, "")


def _why(error: Exception) -> str:
    """Say what went wrong without any address: who reads this need not know the operator's network."""
    match error:
        case ForbiddenError():
            return "its name leads to an address that andon's operator did not allow for it"
        case socket.gaierror():
            return "its name could not be resolved"
        case TimeoutError():
            return "no answer came in time"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return "the encrypted connection failed"
        case aiohttp.ClientConnectorError() | ConnectionError():
            return "nothing answered there"
        case _:
            return "the answer could not be read"
