from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.settings import SettingsError, read_settings
from tests.production import targets_text
from tests.web.given import private_key

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a webhook secret of enough bytes"
TOKEN = "an API token of at least 32 bytes"


def environment(**changed: str | None) -> dict[str, str]:
    usual = {"GITHUB_APP_ID": "41", "GITHUB_PRIVATE_KEY": private_key(), "GITHUB_WEBHOOK_SECRET": SECRET}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def problems(**changed: str | None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        read_settings(environment(**changed))
    return raised.value.problems


def test_three_variables_are_enough() -> None:
    settings = read_settings(environment())

    assert (settings.app_id, settings.host, settings.port) == (41, "127.0.0.1", 8400)
    assert (settings.api_url, settings.graphql_url) == ("https://api.github.com", "https://api.github.com/graphql")
    assert settings.database_url == "sqlite:///andon.db"
    assert settings.webhook_secrets == (SECRET.encode(),)


def test_everything_wrong_is_said_at_once_with_its_cure() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(
            {"PORT": "x", "GITHUB_WEBHOOK_SECRET": "short", "API_TOKEN": "short", "DATABASE_URL": "mysql://a"}
        )

    said = str(raised.value)
    named = ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "PORT", "API_TOKEN", "DATABASE_URL")
    assert all(name in said for name in named)
    assert len(raised.value.problems) == len(named)
    assert "openssl rand -hex 32" in said


@pytest.mark.parametrize("app_id", [None, "", " ", "x", "-1", "0", "1.5", "²", "Iv1.abc"])
def test_an_app_id_is_a_whole_number_above_zero(app_id: str | None) -> None:
    (problem,) = problems(GITHUB_APP_ID=app_id)

    assert problem.startswith("GITHUB_APP_ID")


@pytest.mark.parametrize("name", ["GITHUB_WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET_PREVIOUS", "API_TOKEN"])
def test_a_secret_has_at_least_32_bytes(name: str) -> None:
    (problem,) = problems(**{name: "x" * 31})

    assert problem.startswith(f"{name} has 31 bytes")
    assert "x" * 32 in read_settings(environment(**{name: "x" * 32})).secrets


def test_a_previous_secret_is_accepted_beside_the_current() -> None:
    settings = read_settings(environment(GITHUB_WEBHOOK_SECRET_PREVIOUS=SECRET[::-1]))

    assert settings.webhook_secrets == (SECRET.encode(), SECRET[::-1].encode())


def test_a_key_may_have_its_line_ends_written_out() -> None:
    settings = read_settings(environment(GITHUB_PRIVATE_KEY=private_key().replace("\n", "\\n")))

    assert settings.private_key.strip() == private_key().strip()


def test_a_key_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(private_key())

    settings = read_settings(environment(GITHUB_PRIVATE_KEY=None, GITHUB_PRIVATE_KEY_PATH=str(tmp_path / "app.pem")))

    assert settings.private_key == private_key()


@pytest.mark.parametrize("name", ["GITHUB_WEBHOOK_SECRET", "GITHUB_WEBHOOK_SECRET_PREVIOUS", "API_TOKEN"])
def test_a_secret_may_be_in_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text(f"{SECRET[::-1]}\n")

    settings = read_settings(environment(**{name: None, f"{name}_PATH": str(tmp_path / "secret")}))

    assert SECRET[::-1] in settings.secrets


def test_a_secret_in_a_file_is_held_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short\n")

    (short,) = problems(GITHUB_WEBHOOK_SECRET=None, GITHUB_WEBHOOK_SECRET_PATH=str(tmp_path / "secret"))
    (missing,) = problems(GITHUB_WEBHOOK_SECRET=None, GITHUB_WEBHOOK_SECRET_PATH="/no/secret")

    assert short.startswith("GITHUB_WEBHOOK_SECRET has 5 bytes")
    assert missing.startswith("GITHUB_WEBHOOK_SECRET_PATH names /no/secret, which cannot be read")


def elliptic_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        pytest.param({"GITHUB_PRIVATE_KEY": None}, "is missing", id="no key"),
        pytest.param({"GITHUB_PRIVATE_KEY": "text"}, "does not hold", id="a text"),
        pytest.param({"GITHUB_PRIVATE_KEY": private_key()[:200]}, "does not hold", id="half a key"),
        pytest.param({"GITHUB_PRIVATE_KEY": elliptic_key()}, "not an RSA key", id="another kind of key"),
        pytest.param(
            {"GITHUB_PRIVATE_KEY": None, "GITHUB_PRIVATE_KEY_PATH": "/no/app.pem"}, "/no/app.pem", id="no file"
        ),
        pytest.param({"GITHUB_PRIVATE_KEY": None, "GITHUB_PRIVATE_KEY_PATH": "/"}, "cannot be read", id="a folder"),
    ],
)
def test_a_key_that_cannot_sign_is_refused(changed: dict[str, str | None], says: str) -> None:
    (problem,) = problems(**changed)

    assert says in problem


@pytest.mark.parametrize(
    ("url", "graphql"),
    [
        ("https://ghe.example.com/api/v3", "https://ghe.example.com/api/graphql"),
        ("https://ghe.example.com/api/v3/", "https://ghe.example.com/api/graphql"),
        ("https://api.octo.ghe.com", "https://api.octo.ghe.com/graphql"),
        ("http://127.0.0.1:8500", "http://127.0.0.1:8500/graphql"),
        ("http://localhost:8500/api/v3", "http://localhost:8500/api/graphql"),
        ("http://[::1]:8500", "http://[::1]:8500/graphql"),
    ],
)
def test_the_graphql_address_follows_from_the_rest_address(url: str, graphql: str) -> None:
    assert read_settings(environment(GITHUB_API_URL=url)).graphql_url == graphql


@pytest.mark.parametrize(
    "url",
    [
        "http://ghe.example.com/api/v3",
        "http://127.0.0.1.example.com",
        "ftp://ghe.example.com",
        "ghe.example.com",
        "https://",
        "https://user@ghe.example.com",
        "https://ghe.example.com/?a=b",
        "https://[half",
        "https://ghe.example.com:port",
    ],
)
def test_an_api_address_that_would_leak_the_key_is_refused(url: str) -> None:
    (problem,) = problems(GITHUB_API_URL=url)

    assert problem.startswith("GITHUB_API_URL")


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("sqlite:////data/andon.db", "sqlite:////data/andon.db"),
    ],
)
def test_a_database_address_is_read_as_platforms_write_it(url: str, read: str) -> None:
    assert read_settings(environment(DATABASE_URL=url)).database_url == read


@pytest.mark.parametrize("url", ["mysql://h/d", "andon.db", "sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_would_lose_work_is_refused(url: str) -> None:
    (problem,) = problems(DATABASE_URL=url)

    assert problem.startswith("DATABASE_URL")


@pytest.mark.parametrize("port", ["-1", "65536", "http", "80.0"])
def test_a_port_is_a_number_that_exists(port: str) -> None:
    (problem,) = problems(PORT=port)

    assert problem.startswith("PORT")


@pytest.mark.parametrize(("given", "read"), [("", 7), ("4", 4), (" 100 ", 100)])
def test_the_connections_to_the_database_are_counted(given: str, read: int) -> None:
    assert read_settings(environment(DATABASE_CONNECTIONS=given)).database_connections == read


@pytest.mark.parametrize("given", ["3", "101", "many", "-7", "7.0", "²"])
def test_connections_are_a_number_that_a_process_can_work_with(given: str) -> None:
    (problem,) = problems(DATABASE_CONNECTIONS=given)

    assert problem.startswith(f"DATABASE_CONNECTIONS is '{given}': set how many")


@pytest.mark.parametrize(("given", "read"), [("", 8), ("1", 1), ("48", 48)])
def test_the_looks_at_once_are_counted(given: str, read: int) -> None:
    assert read_settings(environment(LOOKS_AT_ONCE=given)).looks_at_once == read


@pytest.mark.parametrize("given", ["0", "49", "all"])
def test_looks_at_once_are_a_number_that_github_lets_through(given: str) -> None:
    (problem,) = problems(LOOKS_AT_ONCE=given)

    assert problem.startswith(f"LOOKS_AT_ONCE is '{given}': set how many")


def test_owners_are_listed_in_any_case() -> None:
    assert read_settings(environment(ALLOWED_OWNERS=" Octo, hexa-co ,,")).allowed_owners == {"octo", "hexa-co"}


@pytest.mark.parametrize("owners", ["octo/shop", "https://github.com/octo", "a b"])
def test_an_owner_is_a_name_alone(owners: str) -> None:
    (problem,) = problems(ALLOWED_OWNERS=owners)

    assert problem.startswith("ALLOWED_OWNERS")


@pytest.mark.parametrize("url", ["andon.example.com", "ftp://x", "https://"])
def test_a_public_address_is_a_web_address(url: str) -> None:
    (problem,) = problems(PUBLIC_URL=url)

    assert problem.startswith("PUBLIC_URL")


def test_no_secret_is_shown() -> None:
    settings = read_settings(
        environment(
            GITHUB_WEBHOOK_SECRET_PREVIOUS=SECRET[::-1],
            API_TOKEN=TOKEN,
            DATABASE_URL="postgres://andon:canary@host/andon",
        )
    )

    shown = repr(settings)
    hidden = (SECRET, SECRET[::-1], TOKEN, "canary", "PRIVATE KEY")
    assert [word for word in hidden if word in shown] == []
    assert {SECRET, SECRET[::-1], TOKEN, "canary"} < set(settings.secrets)


def test_a_weak_secret_is_not_repeated_in_the_message() -> None:
    (problem,) = problems(GITHUB_WEBHOOK_SECRET="canary")

    assert "canary" not in problem


def test_the_targets_are_read_from_a_file_and_their_tokens_are_secrets(tmp_path: Path) -> None:
    path = tmp_path / "targets.yml"
    path.write_text(targets_text(8080, bearer_from="SHOP_TOKEN"))

    settings = read_settings(environment(ANDON_TARGETS=str(path), SHOP_TOKEN="canary-token"))

    assert settings.targets.probe("checkout", "octo/shop") is not None
    assert "canary-token" in settings.secrets
    assert "canary-token" not in repr(settings)


def test_wrong_targets_are_named_with_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "targets.yml"
    path.write_text("probes:\n  checkout: {url: 'http://shop.example.com', repositories: [octo/shop]}\n")

    (problem,) = problems(ANDON_TARGETS=str(path))

    assert problem.startswith(f"ANDON_TARGETS: {path}:2:19: probes.checkout.url: should begin with https://")


def test_targets_that_are_not_there_are_named(tmp_path: Path) -> None:
    (problem,) = problems(ANDON_TARGETS=str(tmp_path / "none.yml"))

    assert problem.startswith("ANDON_TARGETS names")
    assert problem.endswith("which cannot be read (No such file or directory): mend the path.")


def test_what_is_logged_and_how_and_whether_metrics_name_repositories_can_be_chosen() -> None:
    usual, chosen = (
        read_settings(environment(**changed))
        for changed in ({}, {"LOG_LEVEL": "Debug", "LOG_FORMAT": "text", "METRICS_REPOSITORIES": "yes"})
    )

    assert (usual.log_level, usual.log_format, usual.metrics_repositories) == ("info", "auto", False)
    assert (chosen.log_level, chosen.log_format, chosen.metrics_repositories) == ("debug", "text", True)


@pytest.mark.parametrize("name", ["LOG_LEVEL", "LOG_FORMAT", "METRICS_REPOSITORIES"])
def test_a_word_that_is_not_known_is_refused_with_those_that_are(name: str) -> None:
    (problem,) = problems(**{name: "loud"})

    assert problem.startswith(f"{name} is 'loud': set one of ")
