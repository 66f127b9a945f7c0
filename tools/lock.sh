#!/bin/sh
# Compile requirements/*.txt again from pyproject.toml: exact versions with hashes, for every platform, no addresses.
# Needs uv. Usage: tools/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."
compile() {
  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet "$@"
}
compile pyproject.toml -o requirements/run.txt "$@"
compile pyproject.toml --extra postgresql -c requirements/run.txt -o requirements/postgresql.txt "$@"
compile pyproject.toml --extra simulator --group build -c requirements/run.txt -o requirements/demo.txt "$@"
compile pyproject.toml --extra simulator --extra postgresql --extra report --group dev -c requirements/demo.txt -o requirements/dev.txt "$@"
compile --group node -o requirements/node.txt "$@"
