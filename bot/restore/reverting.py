"""Takes a landed commit back by a commit of ours, where GitHub's own revert does not. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.address import Repository


@dataclass(frozen=True, slots=True)
class PushRevert:
    """Open a pull request that gives the branch `base` the `tree` again that it held before it ended with `sha`."""

    repository: Repository
    base: str
    sha: str
    tree: str
    title: str
    body: str

    @property
    def branch(self) -> str:
        """The branch that it is opened from: one for each commit that is taken back."""
        return f"andon/revert-{self.sha[:7]}"

    @property
    def message(self) -> str:
        """The words of the commit."""
        return f"{self.title}\n\nThis reverts commit {self.sha}.\n"
