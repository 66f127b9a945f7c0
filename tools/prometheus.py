"""A real Prometheus for the tests: `python -m tools.prometheus` fetches Debian's package into the user's cache.

It needs apt's lists and no root. Without them the tests use a Prometheus that is installed, or say that they were not
run. Nothing is put where the system would find it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "prometheus"
TIMEOUT = 300  # seconds for the package; it has 19 MB


def kept() -> Path:
    """Give where the package is unpacked."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "andon" / PACKAGE


def prometheus() -> Path | None:
    """Find a Prometheus that is installed or was fetched; None where there is none."""
    installed = shutil.which(PACKAGE)
    fetched = kept() / "usr/bin" / PACKAGE
    return Path(installed) if installed else fetched if fetched.is_file() else None


def fetch() -> Path:
    """Fetch Debian's package and unpack it. Raises CalledProcessError or OSError where apt or dpkg cannot."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["apt-get", "download", "-qq", PACKAGE], cwd=directory, check=True, timeout=TIMEOUT)
        (package,) = Path(directory).glob("*.deb")
        subprocess.run(["dpkg", "-x", package, Path(directory) / "unpacked"], check=True, timeout=TIMEOUT)
        shutil.rmtree(kept(), ignore_errors=True)
        kept().parent.mkdir(parents=True, exist_ok=True)
        shutil.move(Path(directory) / "unpacked", kept())
    return kept() / "usr/bin" / PACKAGE


def main() -> int:
    """Make sure that there is one. Gives the exit code."""
    try:
        print(prometheus() or fetch())
    except (OSError, subprocess.SubprocessError) as error:
        print(f"cannot fetch Debian's package {PACKAGE} ({error}): install Prometheus by hand.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
