"""Which policy a local run is held against: a file that was named, the repository's own, the owner's, or the preset."""

from __future__ import annotations

from pathlib import Path

from bot.git.objects import GitError
from bot.git.pull_request import read_policy_text
from rules.engine.policy import POLICY_PATH, Policy, read_policy, recommended


def policy_for(repo: Path, revision: str, file: Path | None = None, owner_file: Path | None = None) -> Policy:
    """Give the policy in `file`, else the one at a revision, else the owner's. Raises GitError and PolicyError."""
    owner = policy_in(owner_file) if owner_file else None
    if file is not None:
        return policy_in(file, owner)
    text = read_policy_text(repo, revision)
    return (owner or recommended()) if text is None else read_policy(text, POLICY_PATH, owner=owner)


def policy_in(file: Path, owner: Policy | None = None) -> Policy:
    """Read the policy in a file. Raises GitError where there is none, and PolicyError."""
    try:
        return read_policy(file.read_text("utf-8", "replace"), str(file), owner=owner)
    except OSError as error:
        raise GitError(f"{file} cannot be read: {error.strerror}") from error
