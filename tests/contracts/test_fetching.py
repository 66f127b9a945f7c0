"""Contracts are only taken as pinned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tools.contracts import GRAPHQL, ContractsUnavailable, ensure, verify

if TYPE_CHECKING:
    from pathlib import Path


def test_an_archive_with_another_sum_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "schema.tgz"
    archive.write_bytes(b"something else")

    with pytest.raises(ContractsUnavailable, match="not what was pinned"):
        verify(GRAPHQL, archive)


def test_without_npm_the_error_names_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))

    with pytest.raises(ContractsUnavailable, match=r"run `python -m tools\.contracts`"):
        ensure(replace(GRAPHQL, version="0.0.0"))
