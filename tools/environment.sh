#!/bin/sh
# Make .venv hold exactly what requirements/NAME.txt names, and the project itself, editable.
# Uses uv when it is there, else venv and pip: the same versions, checked against the same hashes.
# Usage: tools/environment.sh demo|dev [PYTHON]
set -eu
cd "$(dirname "$0")/.."
name="$1"
python="${2:-python3}"
wanted="requirements/$name.txt"
[ -x .venv/bin/python ] || echo "Setting up .venv: about two minutes, once."

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "andon needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1 || echo 'not there')." >&2
  echo "Name another one: make PYTHON=python3.12 …" >&2
  exit 1
fi

if command -v uv >/dev/null 2>&1; then
  [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
  uv pip install --quiet --python .venv/bin/python --require-hashes -r "$wanted"
  uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
else
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    minor=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "'$python' has no venv module. On Debian or Ubuntu: apt-get install python$minor-venv" >&2
    exit 1
  fi
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi

# The contracts that the tests check against come from the npm registry; where npm is missing, node arrives as a wheel.
if [ "$name" = dev ] && ! command -v npm >/dev/null 2>&1; then
  .venv/bin/python -m pip --version >/dev/null 2>&1 && pip=".venv/bin/python -m pip" || pip="uv pip"
  case "$pip" in
    uv*) uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/node.txt ;;
    *) $pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt ;;
  esac
fi
