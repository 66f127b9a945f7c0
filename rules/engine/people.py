"""Tells people from bots and assistants, and one person from another. The tables are data: a new name is one line."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rules.engine.pull_request import Account, Author

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rules.engine.pull_request import Commit

_NOREPLY: Final = re.compile(r"(?:(?P<id>\d+)\+)?(?P<login>[^@+]+)@users\.noreply\.github\.com", re.IGNORECASE)
_BOT: Final = "[bot]"


class PersonKind(StrEnum):
    """What stands behind a name. Nobody is human here unless GitHub knows the account."""

    HUMAN = "human"
    BOT = "bot"
    AI = "ai"
    SELF = "self"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assistant:
    """A program that writes code on somebody's behalf, and what it signs with.

    `logins` are without `[bot]`. `name` is for those that sign with the address of whoever runs them: it is held
    against whole names that belong to no account, and must fit no person's (many people are called Claude).
    """

    label: str
    logins: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    name: re.Pattern[str] | None = None


def _assistant(label: str, logins: str = "", emails: str = "", name: str = "") -> Assistant:
    pattern = re.compile(name, re.IGNORECASE) if name else None
    return Assistant(label, frozenset(logins.split()), frozenset(emails.split()), pattern)


ASSISTANTS: Final = (
    _assistant(
        "Claude", "claude claude-code anthropic-claude", "noreply@anthropic.com claude@anthropic.com",
        r"claude[ -](code|opus|sonnet|haiku|ai|\d).*",
    ),
    _assistant(
        "Copilot", "copilot copilot-swe-agent github-copilot copilot-pull-request-reviewer copilot-autofix",
        "copilot@github.com noreply@copilot.github.com", r"(github )?copilot( .*)?",
    ),
    _assistant("Cursor", "cursoragent cursor-agent", "cursoragent@cursor.com", r"cursor( agent| ai)?"),
    _assistant("aider", "aider-ai", "aider@aider.chat noreply@aider.chat", r"aider( \(.*\))?"),
    _assistant("opencode", "opencode opencode-agent", "noreply@opencode.ai opencode@sst.dev", r"open ?code( .*)?"),
    _assistant("Mistral Vibe", "mistral-vibe", "vibe@mistral.ai", r"mistral[ -]?vibe.*"),
    _assistant(
        "Codex", "chatgpt-codex-connector openai-codex", "codex@openai.com noreply@openai.com",
        r"(openai )?codex( .*)?|chatgpt.*",
    ),
    _assistant("Devin", "devin-ai-integration devin-ai", "devin@cognition.ai noreply@cognition.ai", r"devin ai.*"),
    _assistant(
        "Gemini", "gemini-code-assist gemini-cli", "gemini-code-assist@google.com gemini@google.com",
        r"(google )?gemini( .*)?",
    ),
    _assistant("Jules", "google-labs-jules jules-google", "jules@google.com", r"google jules"),
    _assistant("Amazon Q", "amazon-q-developer amazonq", "amazonq@amazon.com", r"amazon q( .*)?|kiro( agent)?"),
    _assistant("Junie", "jetbrains-junie junie-agent", "junie@jetbrains.com", r"junie( .*)?"),
    _assistant("Amp", "amp-code ampcode", "amp@ampcode.com", r"amp ?code"),
    _assistant("Windsurf", "windsurf-bot codeium", "cascade@windsurf.com", r"windsurf( .*)?|cascade ai"),
    _assistant("OpenHands", "openhands openhands-agent openhands-ai", "openhands@all-hands.dev", r"openhands( .*)?"),
    _assistant("Droid", "factory-droid", "droid@factory.ai", r"factory droid"),
    _assistant("Warp", "warp-agent", "agent@warp.dev", r"warp agent"),
    _assistant("Goose", "goose-ai", "", r"goose ai"),
    _assistant("Qwen Coder", "qwen-coder", "qwen-coder@alibabacloud.com", r"qwen[ -]?coder.*"),
    _assistant("Crush", "charm-crush", "crush@charm.land", r"crush ai"),
    _assistant("Cline", "cline", "noreply@cline.bot", r"cline ai"),
    _assistant("Roo Code", "roomote roo-code", "noreply@roocode.com", r"roo ?code.*"),
    _assistant("Replit Agent", "replit-agent", "agent@replit.com", r"replit agent"),
    _assistant("Sweep", "sweep-ai sweep-nightly", "", r"sweep ai"),
    _assistant("CodeRabbit", "coderabbitai", "", r"code ?rabbit( .*)?"),
)  # fmt: skip

# Accounts of the kind User that programs write with; those whose name ends in `[bot]` need no line here.
_BOT_LOGINS: Final = frozenset(
    (
        "allcontributors",
        "bors",
        "codecov-io",
        "dependabot",
        "dependabot-preview",
        "ghost",  # stands for every deleted account
        "github-actions",
        "greenkeeper",
        "imgbot",
        "k8s-ci-robot",
        "mergify",
        "pre-commit-ci",
        "pyup-bot",
        "renovate",
        "renovate-bot",
        "semantic-release-bot",
        "snyk-bot",
        "web-flow",
        "weblate",
    )
)
_BOT_EMAILS: Final = frozenset(
    (
        "action@github.com",
        "actions@github.com",
        "bot@renovateapp.com",
        "noreply@github.com",
        "snyk-bot@snyk.io",
        "support@dependabot.com",
    )
)


def normal(text: str) -> str:
    """Fold what looks the same to people: case, widths, composed letters, invisible signs and runs of blanks."""
    if text.isascii():
        return " ".join(text.casefold().split())
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return " ".join(visible.casefold().split())


def normal_email(email: str) -> str:
    """Fold the forms of one address: case, a `+tag`, and the two forms of GitHub's noreply address."""
    folded = normal(email)
    if (noreply := _NOREPLY.fullmatch(folded)) is not None:
        return f"{noreply['login']}@users.noreply.github.com"
    local, _, domain = folded.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def normal_login(login: str) -> str:
    """Fold a login, which GitHub's APIs write with and without `[bot]`."""
    return normal(login).removesuffix(_BOT)


@lru_cache(maxsize=1024)  # the same few people write most commits
def assistant_of(author: Author) -> Assistant | None:
    """Find the assistant that a name, an address or an account stands for."""
    logins = {login for login in _logins(author) if login}
    email = normal_email(author.email)
    for one in ASSISTANTS:
        if one.logins & logins or email in one.emails:
            return one
        if author.account is None and one.name is not None and one.name.fullmatch(normal(author.name)):
            return one
    return None


def assistants_in(commits: Iterable[Commit]) -> Mapping[str, str]:
    """Map each assistant whom a commit names to the first such commit."""
    found: dict[str, str] = {}
    for commit in commits:
        for author in commit.authors:
            if (assistant := assistant_of(author)) is not None:
                found.setdefault(assistant.label, commit.sha)
    return found


@lru_cache(maxsize=1024)
def kind_of_author(author: Author) -> PersonKind:
    """Say what a commit's author or co-author is, `self` aside: that takes knowing whose pull request it is."""
    if assistant_of(author) is not None:
        return PersonKind.AI
    named = (normal(author.name), normal(author.account.login if author.account else ""), _noreply_login(author.email))
    if any(name.endswith(_BOT) for name in named) or normal_email(author.email) in _BOT_EMAILS:
        return PersonKind.BOT
    if author.account is not None and (author.account.bot or normal_login(author.account.login) in _BOT_LOGINS):
        return PersonKind.BOT
    return PersonKind.UNKNOWN if author.account is None or author.account.id is None else PersonKind.HUMAN


def is_human(account: Account | None) -> bool:
    """Say whether an account is one that a person can stand behind."""
    return account is not None and kind_of_author(Author("", "", account)) is PersonKind.HUMAN


def noreply_id(email: str) -> int | None:
    """Read the account's id from GitHub's noreply address `ID+login@users.noreply.github.com`."""
    found = _NOREPLY.fullmatch(normal(email))
    return int(found["id"]) if found is not None and found["id"] else None


def noreply_account(email: str) -> Account | None:
    """Read the account from GitHub's noreply address, where it names the account's id."""
    found = _NOREPLY.fullmatch(normal(email))
    return Account(found["login"], int(found["id"])) if found is not None and found["id"] else None


def _noreply_login(email: str) -> str:
    found = _NOREPLY.fullmatch(normal(email))
    return found["login"] if found is not None else ""


def _logins(author: Author) -> tuple[str, str]:
    account = author.account.login if author.account is not None else ""
    return normal_login(account), normal_login(_noreply_login(author.email))
