"""Who is a person, a bot or an assistant, and which spellings are one person."""

from __future__ import annotations

import pytest

from rules.engine.people import ASSISTANTS, PersonKind, assistant_of, kind_of_author, normal_email
from rules.engine.pull_request import Account, Author

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


@pytest.mark.parametrize("assistant", ASSISTANTS, ids=lambda one: one.label)
def test_every_assistant_is_found_by_each_of_its_marks(assistant: object) -> None:
    assert isinstance(assistant, type(ASSISTANTS[0]))
    marks = [Author("", email) for email in assistant.emails]
    marks += [Author("", "", Account(login, 9)) for login in assistant.logins]

    assert {assistant_of(mark) for mark in marks} == {assistant}
    assert all(mark == mark.lower() for mark in (*assistant.emails, *assistant.logins))
