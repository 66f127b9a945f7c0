# Each target sets up what it needs by itself, in .venv. `make test` is the whole gate: CI runs exactly that.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest

# Compiled once, not by each of the hundreds of processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test chaos removals real real-prometheus judge coverage mutants bench quick fix run clean
.DEFAULT_GOAL := test

.venv/demo.stamp: requirements/demo.txt pyproject.toml tools/environment.sh
	tools/environment.sh demo $(PYTHON)
	@touch $@

.venv/dev.stamp: requirements/dev.txt requirements/node.txt pyproject.toml tools/environment.sh
	tools/environment.sh dev $(PYTHON)
	@touch $@ .venv/demo.stamp

# The whole story on a GitHub that runs on this machine: make demo, or make demo REPO=/path/to/a/git/checkout
demo: .venv/demo.stamp
	$(BIN)/andon demo $(if $(REPO),--repo $(REPO))

# Format, lint, types, architecture, and every test: eight at once, for most of them wait on sockets more than they
# compute. One process reads them first, so that the eight need not each compile them.
test: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m tools.reference --check
	$(BIN)/python -m tools.contracts
	$(BIN)/mypy & types=$$!; $(PYTEST) -n 0 --collect-only --quiet --quiet >/dev/null; $(PYTEST) -n 8 --dist worksteal; tested=$$?; wait $$types && exit $$tested

# Every race between a decision and its merge, a kill at every boundary of a release, then ten thousand seeded histories
# in memory and virtual time, held to laws: make chaos, or make chaos SCHEDULES=500 SEED=7. Then load and faults on real
# processes, at full size: figures beside their targets, about half an hour on two cores; make chaos ROWS="--only kill",
# or ROWS=--small, or ROWS=--help
chaos: .venv/dev.stamp
	$(BIN)/python -m tests.races
	$(PYTEST) -n 2 -m chaos
	$(BIN)/python -m tests.chaos --schedules $(or $(SCHEDULES),10000) --seed $(or $(SEED),1) --first $(or $(FIRST),0) --processes 2
	$(BIN)/python -m tests.faults $(ROWS)

# Takes each safeguard of merging out of a copy of the sources, and runs the tests that must notice.
removals: .venv/dev.stamp
	$(BIN)/python -m tools.removals

# A hundred commits of a real repository as pull requests, held against git and `andon check`: make real REPO=…
real: .venv/dev.stamp
	$(BIN)/python -m tools.real_history $(REPO)

# The same questions to a real Prometheus: Debian's package, without root, into the user's cache.
real-prometheus: .venv/dev.stamp
	$(BIN)/python -m tools.prometheus
	$(PYTEST) -n0 tests/end_to_end/test_real_prometheus.py

# What andon says of a thousand commits of each checkout, into docs/measured: make judge REPOS="…/flask …/gin"
judge: .venv/dev.stamp
	$(BIN)/python -m tools.judge_history $(REPOS) --write docs/measured/real-histories.md

# Every branch of rules/ by the rules' own tests alone; fails under 100 %.
coverage: .venv/dev.stamp
	$(BIN)/python -m coverage run --branch --source=rules --data-file=.coverage -m pytest -q -n0 tests/rules tests/test_every_rule.py
	$(BIN)/python -m coverage report --show-missing --skip-covered --fail-under=100

# Breaks rules/ on purpose, 400 times by a seeded draw, and counts what its own tests notice.
mutants: .venv/dev.stamp
	$(BIN)/python -m tools.mutants

# How fast it is, as ratios to floors that are measured in the same run: benchmarks/README.md
# make bench, or make bench QUICK=1 REPO=/path/to/a/git/checkout
bench: .venv/dev.stamp
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(REPO),--repository $(REPO))
	$(BIN)/python -m benchmarks.diff_parser
	$(BIN)/python -m benchmarks.judge
	$(BIN)/python -m benchmarks.flag_wrapped

# The inner loop: what changed is formatted, and the fast tests run.
quick: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(PYTEST) -n auto -q -x --ignore tests/end_to_end --ignore tests/contracts

fix: .venv/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

run: .venv/demo.stamp
	$(BIN)/andon serve

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist
