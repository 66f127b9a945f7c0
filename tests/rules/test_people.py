"""Who is a person, a bot or an assistant, and which spellings are one person."""

from __future__ import annotations

import pytest

from rules.engine.people import (
    ASSISTANTS,
    PersonKind,
    assistant_of,
    assistants_in,
    is_human,
    kind_of_author,
    noreply_account,
    noreply_id,
    normal_email,
)
from rules.engine.pull_request import Account, Author
from tests.factories import commit

HUMAN, BOT, AI, UNKNOWN = PersonKind.HUMAN, PersonKind.BOT, PersonKind.AI, PersonKind.UNKNOWN


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        pytest.param(Author("Bob", "bob@example.org", Account("bob", 2)), HUMAN, id="a known account"),
        pytest.param(Author("Bob", "bob@example.org"), UNKNOWN, id="an address of no account"),
        pytest.param(Author("Bob", "b@x.org", Account("bob")), UNKNOWN, id="an account without an id"),
        pytest.param(Author("Claude Monet", "claude@example.org", Account("monet", 3)), HUMAN, id="a Claude of flesh"),
        pytest.param(Author("Cursor", "curt@example.org", Account("curt", 4)), HUMAN, id="a person of such a name"),
        pytest.param(Author("Claude", "claude@example.org"), UNKNOWN, id="a Claude whom nobody knows"),
        pytest.param(Author("Claude", "noreply@anthropic.com"), AI, id="Claude by its address"),
        pytest.param(Author("Claude", "noreply@anthropic.com", Account("claude", 81847)), AI, id="Claude by both"),
        pytest.param(Author("Claude Opus 4.1", "me@example.org"), AI, id="Claude by its full name"),
        pytest.param(Author("Copilot", "198982749+Copilot@users.noreply.github.com"), AI, id="Copilot, one id"),
        pytest.param(Author("Copilot", "175728472+Copilot@users.noreply.github.com"), AI, id="Copilot, another id"),
        pytest.param(Author("c", "c@x.org", Account("copilot-swe-agent[bot]", 5, bot=True)), AI, id="Copilot, a bot"),
        pytest.param(Author("Cursor", "cursoragent@cursor.com"), AI, id="Cursor"),
        pytest.param(Author("aider (gpt-5)", "aider@aider.chat"), AI, id="aider"),
        pytest.param(Author("opencode", "noreply@opencode.ai"), AI, id="opencode"),
        pytest.param(Author("Mistral Vibe", "vibe@mistral.ai"), AI, id="Mistral Vibe"),
        pytest.param(Author("Codex", "codex@openai.com"), AI, id="Codex"),
        pytest.param(Author("Devin", "158243242+devin-ai-integration[bot]@users.noreply.github.com"), AI, id="Devin"),
        pytest.param(Author("CLAUDE\u200b", "NoReply+x@Anthropic.COM"), AI, id="in other letters, with a tag"),
        pytest.param(Author("r", "29139614+renovate[bot]@users.noreply.github.com"), BOT, id="a bot by its address"),
        pytest.param(Author("renovate[bot]", "bot@example.org"), BOT, id="a bot by its name"),
        pytest.param(Author("d", "x@example.org", Account("dependabot[bot]", 7)), BOT, id="a bot by its login"),
        pytest.param(Author("GitHub", "noreply@github.com", Account("web-flow", 8)), BOT, id="GitHub's own pages"),
    ],
)
def test_only_a_known_account_of_nothing_else_is_a_person(author: Author, kind: PersonKind) -> None:
    assert kind_of_author(author) is kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.org", "ada@example.ORG"),
        ("ada+work@example.org", "ada@example.org"),
        ("7+ada@users.noreply.github.com", "ADA@users.noreply.github.com"),
        ("\uff41da@example.org", "ada@example.org"),
        ("a\u200bda@example.org", "ada@example.org"),
    ],
)
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert normal_email(one) == normal_email(other)


def test_two_noreply_addresses_with_tags_are_two_people() -> None:
    assert normal_email("7+ada@users.noreply.github.com") != normal_email("7+bob@users.noreply.github.com")


SIGNS = {
    "Claude": ("claude", "noreply@anthropic.com", "Claude Sonnet 4", "claude-code[bot]", "claude-ai"),
    "Copilot": ("copilot", "copilot@github.com", "Copilot", "GitHub Copilot agent"),
    "Cursor": ("cursoragent", "cursoragent@cursor.com", "Cursor", "cursor agent", "Cursor AI"),
    "aider": ("aider-ai", "aider@aider.chat", "aider", "aider (gpt-5)"),
    "opencode": ("opencode", "noreply@opencode.ai", "opencode", "Open Code 1.2"),
    "Mistral Vibe": ("mistral-vibe", "vibe@mistral.ai", "mistral vibe", "Mistral-Vibe 2"),
    "Codex": ("chatgpt-codex-connector", "codex@openai.com", "codex", "OpenAI Codex CLI", "ChatGPT"),
    "Devin": ("devin-ai-integration", "devin@cognition.ai", "Devin AI"),
    "Gemini": ("gemini-code-assist", "gemini-code-assist@google.com", "Gemini", "Google Gemini 3"),
    "Jules": ("google-labs-jules", "jules@google.com", "Google Jules"),
    "Amazon Q": ("amazon-q-developer", "amazonq@amazon.com", "Amazon Q", "Kiro agent"),
    "Junie": ("jetbrains-junie", "junie@jetbrains.com", "Junie", "Junie 2"),
    "Amp": ("amp-code", "amp@ampcode.com", "Amp Code"),
    "Windsurf": ("windsurf-bot", "cascade@windsurf.com", "Windsurf", "Cascade AI"),
    "OpenHands": ("openhands", "openhands@all-hands.dev", "OpenHands"),
    "Droid": ("factory-droid", "droid@factory.ai", "Factory Droid"),
    "Warp": ("warp-agent", "agent@warp.dev", "Warp Agent"),
    "Goose": ("goose-ai", "Goose AI"),
    "Qwen Coder": ("qwen-coder", "qwen-coder@alibabacloud.com", "Qwen Coder 3"),
    "Crush": ("charm-crush", "crush@charm.land", "Crush AI"),
    "Cline": ("cline", "noreply@cline.bot", "Cline AI"),
    "Roo Code": ("roomote", "noreply@roocode.com", "Roo Code 4"),
    "Replit Agent": ("replit-agent", "agent@replit.com", "Replit Agent"),
    "Sweep": ("sweep-ai", "Sweep AI"),
    "CodeRabbit": ("coderabbitai", "CodeRabbit", "Code Rabbit AI"),
}


def signed(sign: str) -> Author:
    """Make an author of an address or of a name."""
    return Author("Bot", sign) if "@" in sign else Author(sign, "me@example.org")


@pytest.mark.parametrize("label", SIGNS)
def test_an_assistant_is_known_by_login_address_and_name(label: str) -> None:
    login, *others = SIGNS[label]
    authors = [Author("Ada", "me@example.org", Account(login, 9)), *map(signed, others)]

    assert {one.label for one in map(assistant_of, authors) if one} == {label}
    assert None not in map(assistant_of, authors)


def test_every_assistant_has_its_signs_here() -> None:
    assert [one.label for one in ASSISTANTS] == list(SIGNS)


@pytest.mark.parametrize(
    "name",
    ["Claude Monet", "Devin", "Jules", "Amp", "Warp", "Goose", "Crush", "Cline", "Sweep", "Droid", "Kirov", "Cursory"],
)
def test_the_name_of_a_person_is_no_assistant(name: str) -> None:
    assert assistant_of(Author(name, "me@example.org")) is None


@pytest.mark.parametrize(
    "login",
    [
        "allcontributors", "bors", "codecov-io", "dependabot", "dependabot-preview", "ghost", "github-actions",
        "greenkeeper", "imgbot", "k8s-ci-robot", "mergify", "pre-commit-ci", "pyup-bot", "renovate", "renovate-bot",
        "semantic-release-bot", "snyk-bot", "web-flow", "weblate",
    ],
)  # fmt: skip
def test_an_account_that_programs_write_with_is_a_bot(login: str) -> None:
    assert kind_of_author(Author("Ada", "ada@example.org", Account(login, 9))) is BOT


@pytest.mark.parametrize(
    "email",
    [
        "action@github.com", "actions@github.com", "bot@renovateapp.com", "noreply@github.com", "snyk-bot@snyk.io",
        "support@dependabot.com",
    ],
)  # fmt: skip
def test_an_address_that_programs_write_with_is_a_bot(email: str) -> None:
    assert kind_of_author(Author("Ada", email)) is BOT


def test_an_account_that_github_calls_a_bot_is_one() -> None:
    assert kind_of_author(Author("Ada", "ada@example.org", Account("ada", 9, bot=True))) is BOT


@pytest.mark.parametrize(
    ("email", "number", "account"),
    [
        ("7+Ada@users.noreply.github.com", 7, Account("ada", 7)),
        ("ada@users.noreply.github.com", None, None),
        ("7+ada@users.noreply.github.com.example.org", None, None),
        ("ada@example.org", None, None),
    ],
)
def test_an_account_is_read_from_githubs_own_address(email: str, number: int | None, account: Account | None) -> None:
    assert noreply_id(email) == number
    assert noreply_account(email) == account


@pytest.mark.parametrize(("account", "human"), [(None, False), (Account("ada", 9), True), (Account("ada"), False)])
def test_a_person_stands_behind_an_account_that_has_an_id(account: Account | None, human: bool) -> None:
    assert is_human(account) is human


def test_an_assistant_is_named_with_the_first_commit_that_names_it() -> None:
    claude, cursor = signed("noreply@anthropic.com"), signed("Cursor")
    ada = Author("Ada", "ada@example.org")
    commits = [commit("a", "1" * 40, ada), commit("b", "2" * 40, ada, cursor), commit("c", "3" * 40, claude, cursor)]

    assert assistants_in(commits) == {"Cursor": "2" * 40, "Claude": "3" * 40}


@pytest.mark.parametrize("assistant", ASSISTANTS, ids=lambda one: one.label)
def test_every_assistant_is_found_by_each_of_its_marks(assistant: object) -> None:
    assert isinstance(assistant, type(ASSISTANTS[0]))
    marks = [Author("", email) for email in assistant.emails]
    marks += [Author("", "", Account(login, 9)) for login in assistant.logins]

    assert {assistant_of(mark) for mark in marks} == {assistant}
    assert all(mark == mark.lower() for mark in (*assistant.emails, *assistant.logins))
