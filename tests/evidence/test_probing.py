"""Production is asked where the operator allowed it, at the address that was checked, and nowhere else."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.evidence.evidence import Evidence, State
from bot.evidence.probing import Prober, may_be_reached, resolved
from bot.evidence.targets import read_targets
from tests.production import Production, production, targets_text

NOT_ALLOWED = "its name leads to an address that andon's operator did not allow for it"


@pytest.fixture
async def there() -> AsyncIterator[Production]:
    async with production() as it:
        yield it


class Names:
    """A name server that answers as it is told, one answer after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        del port
        self.asked.append(host)
        answer = self.answers.pop(0)
        if not answer:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return answer


async def probe(text: str, *, names: Names | None = None, largest: int = 1024, **env: str) -> Evidence:
    prober = Prober(read_targets(text, env), time.time, names or resolved, largest)
    return await prober.probe("checkout", "octo/shop")


async def query(there: Production, environment: str = "production", largest: int = 4096) -> Evidence:
    prober = Prober(read_targets(targets_text(there.port), {}), time.time, largest=largest)
    return await prober.query("error-rate", "octo/shop", environment)


def at(host: str, port: int, *, private: bool = False) -> str:
    """Write targets whose probe is at a host."""
    text = targets_text(port).replace(f"http://127.0.0.1:{port}/healthz", f"http://{host}:{port}/healthz")
    return text if private else text.replace("    allow-private: true\n", "")


async def test_an_answer_as_asked_for_passes(there: Production) -> None:
    seen = await probe(targets_text(there.port, contains="ok"))

    assert (seen.state, seen.value, seen.threshold) == (State.PASSED, "HTTP 200", "HTTP 200 with the text asked for")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0.0.0.0",  # noqa: S104 - refused, not listened on
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "localhost.",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "224.0.0.1",
    ],
)
async def test_an_address_inside_is_refused_however_it_is_written(there: Production, host: str) -> None:
    seen = await probe(at(host, there.port))

    assert seen.state is State.UNKNOWN
    assert seen.said in {NOT_ALLOWED, "its name could not be resolved"}
    assert there.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fd00:ec2::254",
        "fe80::1",
        "0.0.0.0",  # noqa: S104 - refused, not listened on
        "::",
        "224.0.0.1",
        "no address",
    ],
)
def test_where_clouds_keep_their_secrets_is_refused_even_where_private_networks_are_allowed(address: str) -> None:
    assert may_be_reached(address, private=True) is False


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.1.2.3", "fd12::1", "100.64.0.1", "::ffff:10.1.2.3"])
def test_a_private_network_is_reached_only_where_the_operator_allows_it(address: str) -> None:
    assert may_be_reached(address, private=True) is True
    assert may_be_reached(address, private=False) is False


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_a_public_address_may_be_reached(address: str) -> None:
    assert may_be_reached(address, private=False) is True


async def test_one_inner_address_among_public_ones_is_enough_to_refuse(there: Production) -> None:
    names = Names(["1.1.1.1", "127.0.0.1"])

    seen = await probe(at("shop.example.com", there.port), names=names)

    assert (seen.state, seen.said) == (State.UNKNOWN, NOT_ALLOWED)


async def test_a_name_that_means_another_address_a_moment_later_changes_nothing(there: Production) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])

    seen = await probe(at("shop.example.com", there.port, private=True), names=names)

    assert seen.state is State.PASSED
    assert names.asked == ["shop.example.com"]
    assert there.headers[0]["Host"] == f"shop.example.com:{there.port}"


async def test_a_name_without_an_address_is_unknown(there: Production) -> None:
    seen = await probe(at("shop.example.com", there.port), names=Names([]))

    assert (seen.state, seen.said) == (State.UNKNOWN, "its name could not be resolved")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(there: Production, status: int) -> None:
    async with production() as elsewhere:
        there.statuses[:], there.location = [status], f"{elsewhere.url}/healthz"

        seen = await probe(targets_text(there.port))

        assert (seen.state, seen.value, seen.said) == (State.FAILED, f"HTTP {status}", "redirects are not followed")
        assert elsewhere.asked == []


async def test_no_proxy_of_the_environment_is_used(there: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    seen = await probe(targets_text(there.port))

    assert seen.state is State.PASSED


async def test_a_token_is_sent_and_shows_in_no_evidence(there: Production) -> None:
    seen = await probe(targets_text(there.port, bearer_from="SHOP_TOKEN"), SHOP_TOKEN="canary-token")

    assert there.headers[0]["Authorization"] == "Bearer canary-token"
    assert "canary-token" not in repr(seen)


async def test_another_status_or_text_fails_with_what_came(there: Production) -> None:
    there.statuses[:] = [500]
    status = await probe(targets_text(there.port))
    there.statuses[:] = [200]
    text = await probe(targets_text(there.port, contains="alive"))

    assert (status.state, status.value) == (State.FAILED, "HTTP 500")
    assert (text.state, text.value) == (State.FAILED, "HTTP 200 without the text asked for")


async def test_an_answer_that_is_too_large_is_read_no_further(there: Production) -> None:
    there.body = b"x" * 5000 + b"alive"

    seen = await probe(targets_text(there.port, contains="alive"), largest=1000)
    without = await probe(targets_text(there.port).replace('contains: ""', "status: 200"), largest=1000)

    assert (seen.state, seen.said) == (State.UNKNOWN, "the answer is larger than what is read of it")
    assert without.state is State.PASSED


async def test_a_silent_production_fails_when_its_time_is_over(there: Production) -> None:
    there.silent = True
    began = time.monotonic()

    seen = await probe(targets_text(there.port, timeout="1s"))

    assert (seen.state, seen.said) == (State.FAILED, "no answer came in time")
    assert time.monotonic() - began < 15


async def test_nobody_there_is_a_failure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))

        seen = await probe(targets_text(taken.getsockname()[1]))

    assert (seen.state, seen.said) == (State.FAILED, "nothing answered there")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"\x00\xff garbage \r\n\r\n", "the answer could not be read"),
        (b"", "the answer could not be read"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "the answer could not be read"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok", "the answer could not be read"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "the answer could not be read"),
    ],
    ids=["garbage", "nothing", "endless headers", "cut off", "broken chunks"],
)
async def test_an_answer_that_is_no_http_is_a_failure(answer: bytes, said: str) -> None:
    async with speaking(answer) as port:
        seen = await probe(targets_text(port, contains="alive"))

    assert (seen.state, seen.said) == (State.FAILED, said)


async def test_an_answer_that_never_ends_fails_when_its_time_is_over() -> None:
    async with speaking(b"HTTP/1.1 200 OK\r\n\r\nok", then_closes=False) as port:
        seen = await probe(targets_text(port, contains="alive", timeout="1s"))

    assert (seen.state, seen.said) == (State.FAILED, "no answer came in time")


@asynccontextmanager
async def speaking(answer: bytes, *, then_closes: bool = True) -> AsyncIterator[int]:
    """Listen, read the question and say exactly these bytes; gives the port."""
    over = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if not then_closes:
            await over.wait()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        over.set()


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    async with production(encrypted=self_signed(tmp_path)) as there:
        text = targets_text(there.port).replace("http://127.0.0.1", "https://localhost")

        seen = await probe(text)

    assert (seen.state, seen.said) == (State.FAILED, "the encrypted connection failed")
    assert there.asked == []


def self_signed(directory: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    path = directory / "both.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_a_query_is_asked_for_its_environment(there: Production) -> None:
    seen = await query(there, "eu-west.2 blue_1")

    assert there.asked == ['errors{env="eu-west.2 blue_1"}']
    assert (seen.state, seen.value, seen.threshold) == (State.PASSED, "0.001", "below 0.01")


@pytest.mark.parametrize("environment", ['x"} or vector(0) #', "a\\", "a|b", ".*", "{environment}", "a\n", ""])
async def test_an_environment_cannot_change_the_query(there: Production, environment: str) -> None:
    seen = await query(there, environment)

    assert seen.state is State.UNKNOWN
    assert there.asked == []


@pytest.mark.parametrize(
    ("value", "state", "shown"),
    [
        ("0.0099", State.PASSED, "0.0099"),
        ("0.01", State.FAILED, "0.01"),
        ("1e-9", State.PASSED, "1e-09"),
        ("+Inf", State.FAILED, "inf"),
        ("NaN", State.UNKNOWN, ""),
        ("many", State.UNKNOWN, ""),
    ],
)
async def test_a_value_is_held_against_its_bound(there: Production, value: str, state: State, shown: str) -> None:
    there.value = value

    seen = await query(there)

    assert (seen.state, seen.value) == (state, shown)


def series(*values: str) -> list[dict[str, Any]]:
    return [{"metric": {"n": str(place)}, "value": [1.5, value]} for place, value in enumerate(values)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"resultType": "vector", "result": []}, "no series answers the query"),
        (
            {"resultType": "vector", "result": series("0", "0")},
            "the query gives 2 series and should give one: aggregate it",
        ),
        ({"resultType": "matrix", "result": []}, "the query gives no number"),
        ({"resultType": "string", "result": [1.5, "0"]}, "the query gives no number"),
        ({"resultType": "vector", "result": [{"histogram": [1.5, {}]}]}, "the query gives no number"),
        ({"resultType": "vector", "result": "0"}, "the query gives no number"),
        ({"resultType": "scalar", "result": [1.5, 0]}, "the value is not a number"),
        (b"<html>", "Prometheus answered HTTP 200 without JSON"),
        (b"[" * 3000, "Prometheus answered HTTP 200 without JSON"),
        (b"\xff\xfe", "Prometheus answered HTTP 200 without JSON"),
        (b"[]", "Prometheus answered HTTP 200 and refused the query"),
        (b'{"status": "error", "data": {}}', "Prometheus answered HTTP 200 and refused the query"),
        (b'{"status": "success", "data": []}', "Prometheus answered HTTP 200 and refused the query"),
        (json.dumps({"status": "success", "x": "x" * 9999}).encode(), "the answer is larger than what is read of it"),
    ],
)
async def test_what_is_not_one_number_is_unknown(there: Production, answer: object, said: str) -> None:
    there.prometheus = answer

    seen = await query(there)

    assert (seen.state, seen.said) == (State.UNKNOWN, said)


async def test_a_scalar_is_a_number(there: Production) -> None:
    there.prometheus = {"resultType": "scalar", "result": [1.5, "0.002"]}

    seen = await query(there)

    assert (seen.state, seen.value) == (State.PASSED, "0.002")


async def test_a_prometheus_that_does_not_answer_is_unknown_and_no_failure() -> None:
    async with production() as gone:
        pass

    seen = await query(gone)

    assert (seen.state, seen.said) == (State.UNKNOWN, "nothing answered there")


async def test_a_target_of_other_repositories_is_none(there: Production) -> None:
    prober = Prober(read_targets(targets_text(there.port), {}), time.time)

    seen = await prober.query("error-rate", "mallory/shop", "production")

    assert (seen.state, seen.said) == (
        State.UNKNOWN,
        "andon's operator defined no query of this name for mallory/shop",
    )
    assert there.asked == []
