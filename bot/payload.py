"""Reads of a delivery's body what `bot.events` asks for: the rest, most of 20 KB, is checked as JSON and not kept."""

from __future__ import annotations

import json
from typing import Any, TypedDict

import msgspec


# `Any` is what the delivery says there, whatever it is: nothing is believed yet. What has another form than these
# dictionaries and lists is read as a whole, so that nothing depends on which way a body was read.
class _Id(TypedDict, total=False):
    id: Any


class _Login(TypedDict, total=False):
    login: Any


class _Sha(TypedDict, total=False):
    sha: Any


class _Name(TypedDict, total=False):
    name: Any


class _Url(TypedDict, total=False):
    url: Any


_From = TypedDict("_From", {"from": Any}, total=False)


class _Installation(TypedDict, total=False):
    id: Any
    account: _Login | None


class _Repository(TypedDict, total=False):
    id: Any
    name: Any
    owner: _Login | None
    default_branch: Any


class _PullRequest(TypedDict, total=False):
    number: Any
    updated_at: Any
    head: _Sha | None


class _Base(TypedDict, total=False):
    repo: _Id | None


class _Checked(TypedDict, total=False):
    number: Any
    base: _Base | None


class _Check(TypedDict, total=False):
    app: _Id | None
    head_sha: Any
    pull_requests: list[_Checked | None] | None


class _Issue(TypedDict, total=False):
    number: Any
    body: Any
    pull_request: _Url | None


class _Comment(TypedDict, total=False):
    body: Any
    performed_via_github_app: _Id | None


class _Changes(TypedDict, total=False):
    body: _From | None


class _Button(TypedDict, total=False):
    identifier: Any


class _Sender(TypedDict, total=False):
    id: Any
    login: Any
    type: Any


class _Deployment(TypedDict, total=False):
    sha: Any
    environment: Any


class _Group(TypedDict, total=False):
    head_ref: Any
    head_sha: Any


class _Delivery(TypedDict, total=False):
    action: Any
    state: Any
    sha: Any
    ref: Any
    installation: _Installation | None
    repository: _Repository | None
    repositories: list[_Name | None] | None
    repositories_added: list[_Name | None] | None
    pull_request: _PullRequest | None
    issue: _Issue | None
    comment: _Comment | None
    changes: _Changes | None
    check_run: _Check | None
    check_suite: _Check | None
    workflow_run: _Check | None
    requested_action: _Button | None
    sender: _Sender | None
    deployment: _Deployment | None
    merge_group: _Group | None


_NEEDED = msgspec.json.Decoder(_Delivery)


def fields_of(body: str) -> object:
    """Read a body. Raises ValueError where it is not JSON, RecursionError where it is nested too deeply."""
    try:
        return _NEEDED.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return json.loads(body)
