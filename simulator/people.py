"""Who may do what in one repository, at this moment: roles are given, changed and taken away at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.records import User
    from simulator.repository import Repository

BASES = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read", "read": "read", "none": "none"}
WRITERS = frozenset({"admin", "write"})


class People:
    """The roles in one repository. Whoever nobody spoke of may write, unless they are outsiders."""

    def __init__(self, repo: Repository) -> None:
        self.repo = repo
        self.outsiders: set[str] = set()
        self.members: set[str] = set()
        self._roles: dict[int, tuple[str, str]] = {}

    def give(self, login: str, role: str, *, base: str | None = None) -> None:
        """Give a role: admin, maintain, write, triage, read, none, or one of the organisation's own on a `base`."""
        legacy = BASES.get(role) if base is None else BASES[base]
        if legacy is None:
            raise ValueError(f"{role} is a role of the organisation's own: say on which base it stands")
        self._roles[self.repo.github.user(login).id] = (role, legacy)
        self.repo.github.changed()

    def revoke(self, login: str) -> None:
        """Take every access away that is not open to all."""
        self.give(login, "none")

    def renamed(self, old: str, new: str) -> None:
        """Follow an account to its new name."""
        for names in (self.outsiders, self.members):
            if old in names:
                names.remove(old)
                names.add(new)

    def role(self, user: User) -> tuple[str, str]:
        """Name somebody's role and the legacy permission it comes to: anybody reads a public repository."""
        usual = "none" if user.login in self.outsiders else "write"
        role, legacy = self._roles.get(user.id, (usual, usual))
        if legacy == "none" and not self.repo.settings.private:
            return "read", "read"
        return role, legacy

    def may_write(self, user: User) -> bool:
        """Say whether somebody may push."""
        return self.role(user)[1] in WRITERS

    def association(self, user: User) -> str:
        """Say what somebody is to the repository, in GitHub's words."""
        if user is self.repo.owner:
            return "OWNER"
        if user.login in self.members:
            return "MEMBER"
        usual = "none" if user.login in self.outsiders else "write"
        return "NONE" if self._roles.get(user.id, (usual, usual))[1] == "none" else "COLLABORATOR"
