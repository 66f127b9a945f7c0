"""The rule `pairing`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from rules.engine.approvals import Standing, standing
from rules.engine.change_kind import kind_of
from rules.engine.companions import Companion, Companions, is_same, near_misses, only_by_its_author
from rules.engine.needs import Needs
from rules.engine.people import PersonKind, assistants_in, is_human, normal, normal_login
from rules.engine.pull_request import Account, PullRequest
from rules.engine.result import Finding, Kind, Mode, Reported, Unknown, Waiting, Yielded
from rules.engine.rule import Rule

Way = Literal["co-author", "review"]

_REVIEWER: Final = "a reviewer"
_AUTHOR: Final = "the author"
_REMARKS: Final = 3  # people and lines that are remarked on, beside the next step
_NAMED: Final = 80  # characters of a name that a message repeats
_REPORTED: Final = 50  # near misses that the facts list
_SHORT: Final = 7  # digits of a commit id
_ABOUT_COMMITS: Final = re.compile(r"\b(commits?|authors?)\b", re.IGNORECASE)
_CONFIRM: Final = "`/andon paired`"
_TRAILER: Final = "`Co-authored-by: Name <address>`"


class Pairing(Rule):
    """Two people stand behind every change.

    ## Why
    What two people have understood breaks less, is mended sooner, and does not wait for one person's return.

    ## How to fix it
    Ask somebody with write access to approve the head. Or write it together: end the commit messages with the line
    `Co-authored-by: Name <address>`, and let that person approve, or comment `/andon paired`.

    ## Who counts
    A person other than the author, whose account may write to the repository now. Their approval counts for the commit
    that they saw, or for one with the very same content. A co-author counts for the commits that name them: these must
    hold more than half of the changed lines. The author's second address, bots, assistants, addresses that belong to no
    account, accepted suggestions and merges from the trunk make no pair; nor does an approval by who wrote the newest
    commit without the author. A bot's bump of dependencies needs nobody, whatever else a bot opens needs an approval
    by somebody whom its commits do not name, and a proven revert needs one approval.

    ## On a local run
    Accounts and approvals are only known to GitHub: the rule reports what the commits say, and decides nothing.
    """

    default_mode: ClassVar[Mode] = Mode.HOLD
    exempt_kinds: ClassVar[Mapping[Kind, str]] = MappingProxyType(
        {
            Kind.DOCS: "prose needs no second person",
            Kind.GENERATED: "nobody wrote what is generated",
        }
    )

    satisfied_by: Annotated[tuple[Way, ...], Field(min_length=1)] = Field(
        ("co-author", "review"), description="What makes two people of one: a co-author, an approval, or either."
    )
    confirm: bool = Field(
        default=True,
        description="Whether a co-author must confirm it; `false` takes the line in the message for proof.",
    )
    exempt_authors: tuple[str, ...] = Field(
        (), description="Accounts whose own commits need no second person; a bot's only where GitHub signed them."
    )
    ai_co_authors: Literal["allow", "require-disclosure", "forbid"] = Field(
        "allow", description="Whether assistants may be co-authors, and whether the description must name them."
    )

    def needs(self, pr: PullRequest) -> Needs:
        """Ask who may write now of those co-authors on whose word alone the pair would rest."""
        case = _Case(self, pr)
        return Needs(people=frozenset() if case.settled else frozenset(case.to_look_up()))

    def check(self, pr: PullRequest) -> Iterator[Yielded]:
        """Say who stands behind the pull request, and whom to ask where it is the author alone."""
        case = _Case(self, pr)
        yield Reported(case.facts(), case.sentence())
        if pr.number is None:
            return
        yield from case.violations()
        if not case.settled:
            yield from case.steps()


class _Case:
    """One pull request under the options of one rule: who stands behind it, and the words for it."""

    def __init__(self, rule: Pairing, pr: PullRequest) -> None:
        self.rule = rule
        self.pr = pr
        self.local = pr.number is None
        self.companions = Companions(pr).all()
        self.near_misses = tuple(near_misses(pr))
        self.gaps = tuple(part.rstrip(".") for part in pr.incomplete if _ABOUT_COMMITS.search(part))
        self.reviews = tuple((one, one.author, standing(pr, one)) for one in pr.reviews if one.author)
        self.approvers = tuple(author for _, author, worth in self.reviews if worth is Standing.COUNTS)
        self.exempt = "" if self.local else self._exempt()
        self.pair = None if self.local or self.exempt else self._pair()
        self.settled = bool(self.local or self.exempt or self.pair)

    def facts(self) -> dict[str, object]:
        """Give what is known; what only GitHub knows is None on a local run."""
        near = self.near_misses[:_REPORTED]
        return {
            "author": self.pr.author.login if self.pr.author else None,
            "co_authors": [self._companion_fact(one) for one in self.companions],
            "approvals": None if self.local else [one.login for one in self.approvers],
            "near_misses": [{"commit": sha, "line": miss.line, "why": miss.why} for sha, miss in near],
        }

    def sentence(self) -> str:
        """Say in one short sentence who stands behind it."""
        if self.local:
            names = [_quoted(one.author.name or one.author.email) for one in self.companions if _may_be_person(one)]
            named = f"Its commits name {' and '.join(names[:_REMARKS])}" if names else "Its commits name no co-author"
            return f"{named}; whether it is a pair is decided on the pull request."
        if self.exempt or self.pair:
            return self.exempt or self.pair or ""
        return f"Nobody stands beside {self._author()} yet."

    def violations(self) -> Iterator[Finding | Unknown]:
        """Name each assistant that the policy does not want so."""
        if self.rule.ai_co_authors == "allow":
            return
        forbidden = self.rule.ai_co_authors == "forbid"
        told = normal(f"{self.pr.title}\n{self.pr.body}")
        for label, sha in assistants_in(self.pr.commits).items():
            if forbidden:
                yield Finding(
                    f"Commit `{sha[:_SHORT]}` is co-authored by the assistant `{label}`, which the policy forbids.",
                    f"Leave out what `{label}` wrote, and the commits that name it.",
                )
            elif not re.search(rf"\b{re.escape(normal(label))}\b", told):
                yield Finding(
                    f"Commit `{sha[:_SHORT]}` names the assistant `{label}` as co-author; the description does not.",
                    f"Write into the description what `{label}` did.",
                )
        if forbidden:
            yield from (Unknown(f"{gap}: whether an assistant wrote the others is unknown.") for gap in self.gaps)

    def steps(self) -> Iterator[Waiting]:
        """Say whom to ask for what, the likeliest first, and what was meant to count and does not."""
        asked = tuple(self._to_ask())
        if asked:
            yield from (Waiting(what, _REVIEWER) for what in asked[:_REMARKS])
        else:
            yield self._anybody()
        yield from tuple(self._remarks())[:_REMARKS]

    def _exempt(self) -> str:
        author, by_author = self.pr.author, only_by_its_author(self.pr)
        if not (self.pr.totals.files or self.pr.files or any(commit.lines for commit in self.pr.commits)):
            return "Nothing changes, so nobody needs to stand behind it."
        if author is None or not by_author:
            return ""
        if normal_login(author.login) in {normal_login(login) for login in self.rule.exempt_authors}:
            return f"{_quoted(author.login)} needs no second person, says the policy."
        if author.bot and kind_of(self.pr) is Kind.DEPENDENCIES:
            return f"{_quoted(author.login)} only moves versions: it needs no second person."
        return ""

    def _pair(self) -> str | None:
        """Say who makes two of it, or None."""
        if "review" in self._ways() and self.approvers:
            return f"{_quoted(self.approvers[0].login)} approved it."
        if "co-author" not in self._ways():
            return None
        for account in self._candidates():
            if self._is_vouched_for(account) and self._may_write(account):
                confirmed = ", who confirmed it" if self.rule.confirm else ""
                return f"Written together with {_quoted(account.login)}{confirmed}."
        return None

    def _ways(self) -> frozenset[Way]:
        """Say what may make the pair here: for what a bot wrote and for a revert, only an approval."""
        by_bot = self.pr.author is not None and not is_human(self.pr.author)
        return frozenset(("review",)) if by_bot or self.pr.undoes is not None else frozenset(self.rule.satisfied_by)

    def _candidates(self) -> tuple[Account, ...]:
        """List the people who wrote most of it with the author, as far as all commits could be read."""
        people = (one.account for one in self.companions if one.kind is PersonKind.HUMAN and one.holds_most)
        return () if self.gaps else tuple(filter(None, people))

    def to_look_up(self) -> Iterator[Account]:
        """List the co-authors who would make the pair, if only it were known that they may write."""
        for account in self._candidates() if "co-author" in self._ways() else ():
            if account.id not in self.pr.access and self._is_vouched_for(account):
                yield account

    def _is_vouched_for(self, account: Account) -> bool:
        return self._confirmed(account) or not self.rule.confirm

    def _confirmed(self, account: Account | None) -> bool:
        by_review = any(is_same(account, one) for one in self.approvers)
        return by_review or (account is not None and account.id in self.pr.confirmations)

    def _may_write(self, account: Account) -> bool:
        """Say whether an account is known to have write access now, by itself or by a review of it."""
        known = [author for _, author, _ in self.reviews if is_same(author, account)]
        found = account.id is not None and self.pr.access.get(account.id) is True
        return found or any(one.access is True for one in known)

    def _to_ask(self) -> Iterator[str]:
        head = self.pr.head[:_SHORT]
        for account in self._candidates() if "co-author" in self._ways() else ():
            if not self._confirmed(account):
                who = _quoted(account.login)
                yield f"Ask {who}, named as co-author, to approve `{head}` or comment {_CONFIRM}: a name is no proof."
        for review, author, worth in self.reviews if "review" in self._ways() else ():
            if worth is Standing.OUTDATED:
                seen = f"`{review.commit[:_SHORT]}`" if review.commit else "an older commit"
                yield f"Ask {_quoted(author.login)} to approve again: {seen} was approved, the head is `{head}`."

    def _anybody(self) -> Waiting:
        head, besides = self.pr.head[:_SHORT], f"somebody with write access other than {self._author()}"
        confirmed = f", and ask that person to approve it or to comment {_CONFIRM}" if self.rule.confirm else ""
        paired = f"end the messages of the commits with the line {_TRAILER} of who wrote it with you{confirmed}."
        match sorted(self._ways()):
            case ["review"]:
                return Waiting(f"Ask {besides} to approve `{head}`.", _REVIEWER)
            case ["co-author"]:
                return Waiting(f"Write it with {besides}: {paired}", _AUTHOR)
            case _:
                return Waiting(f"Ask {besides} to approve `{head}`. Did two of you write it? Then {paired}", _REVIEWER)

    def _remarks(self) -> Iterator[Waiting]:
        """Explain what somebody may have taken for a pair."""
        for _, author, worth in self.reviews:
            if worth is Standing.ALONE:
                what = f"{_quoted(author.login)} approved, and wrote of it without {self._author()}: ask somebody else."
                yield Waiting(what, _REVIEWER)
        if "co-author" not in self._ways():
            return
        yield from (Waiting(f"{gap}: co-authors do not count here; an approval does.", _REVIEWER) for gap in self.gaps)
        for one in () if self.gaps else self.companions:
            if why := _why_no_pair(one):
                yield Waiting(why, _AUTHOR)
        for sha, miss in self.near_misses:
            line = _quoted(miss.line)
            yield Waiting(f"{line} in `{sha[:_SHORT]}` names nobody: {miss.why}. Write {_TRAILER}.", _AUTHOR)

    def _companion_fact(self, one: Companion) -> dict[str, object]:
        return {
            "name": one.author.name,
            "email": one.author.email,
            "login": one.account.login if one.account else None,
            "kind": one.kind.value,
            "confirmed": None if self.local else one.kind is PersonKind.HUMAN and self._confirmed(one.account),
        }

    def _author(self) -> str:
        return _quoted(self.pr.author.login) if self.pr.author else "the author, whose account is gone,"


def _why_no_pair(one: Companion) -> str:
    """Say why somebody whom the commits name makes no pair; empty for those who could, and for bots and assistants."""
    match one.kind:
        case PersonKind.HUMAN if not one.holds_most and one.account is not None:
            return f"{_quoted(one.account.login)} is named for {one.lines} of {one.total} changed lines: not for most."
        case PersonKind.UNKNOWN:
            return f"{_quoted(one.author.email)} belongs to no account: name an address that GitHub knows."
        case PersonKind.SELF:
            return f"{_quoted(one.author.email)} is the author again."
        case _:
            return ""


def _may_be_person(one: Companion) -> bool:
    return one.kind in (PersonKind.HUMAN, PersonKind.UNKNOWN)


def _quoted(text: str) -> str:
    """Write a stranger's words between back-ticks, which they cannot leave."""
    shown: Sequence[str] = " ".join(text.replace("`", "'").split())
    return f"`{shown[:_NAMED]}`"
