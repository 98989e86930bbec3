PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LTS := 5.26.30
export KUMPPANI_DATA ?= $(CURDIR)/data

.PHONY: kills help install install-dev run test lint browser bench planted rules worlds foretell sets peers names damage lock
help:            ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kumppani needs Python 3.11 or newer: set PYTHON, for example  make PYTHON=python3.12 run" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed          ## the program and what it needs, into .venv

install-dev: $(VENV)/.installed-dev  ## the same, with what tests and notebooks need

run: install     ## local Neo4j, demo, and the pages on http://127.0.0.1:8000
	$(BIN)/kumppani demo
	$(BIN)/kumppani serve

browser: install-dev ## find a Chromium for the page tests, or install one
	@$(BIN)/python -m tests.browser

lint: install-dev    ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint browser   ## everything, on the current Neo4j; then what talks to the store on 5.26 LTS
	$(BIN)/python -m pytest
	KUMPPANI_NEO4J_VERSION=$(LTS) $(BIN)/python -m pytest -m "store and not browser and not slow"

kills: install-dev   ## kill -9 of loader, child, supervisor and Neo4j, a hundred times
	KUMPPANI_KILLS=100 $(BIN)/python -m pytest -s tests/test_kills.py

bench: install       ## speed, beside the bare database, plain Cypher and pandas
	$(BIN)/kumppani bench

planted: install-dev ## planted cases in a generated city: what each rule found of what was planted
	$(BIN)/python -m tests.rules.planted

rules: install-dev ## each rule against its naive twin on 2,000 worlds drawn anew, and what must change no finding
	KUMPPANI_EXAMPLES=2000 $(BIN)/python -m pytest --durations=0 tests/rules/test_naive_agrees.py
	KUMPPANI_EXAMPLES=500 $(BIN)/python -m pytest --durations=0 tests/rules/test_metamorphic.py

worlds: install-dev ## 25 pairs of cities, drawn anew, that differ only in what is hidden: a viewer is told the same of both
	KUMPPANI_WORLDS=25 $(BIN)/python -m pytest tests/graph/test_two_worlds_drawn.py

foretell: install-dev ## 1,000 random new contacts: what check foretells is what recording creates
	KUMPPANI_FORETOLD=1000 $(BIN)/python -m pytest tests/graph/test_check.py -k random

sets: install    ## every file of the public data sets (KUMPPANI_TEST_DATA) loaded twice, in one table
	$(BIN)/python -m api.bench.sets

peers: install-dev ## hostile files: ours beside pandas, sqlite-utils and frictionless, which it installs apart
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet -e '.[peers]'
	.venv-peers/bin/python -m api.bench.peers

names: install   ## matching of names on the public data sets (KUMPPANI_TEST_DATA); beside nomenklatura, once `make peers` was run
	PYTHONPATH=. $(shell test -x .venv-peers/bin/python && echo .venv-peers/bin/python || echo $(BIN)/python) -m loaders.bench_names

damage: install-dev ## 20,000 files with random damage: each ends in a report or a refusal
	$(BIN)/python -m tests.loaders.damage 20000

lock:            ## renew both lock files from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q pyproject.toml --extra dev -o requirements-dev.lock
	echo 'setuptools>=80' | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q pyproject.toml - -c requirements-dev.lock -o requirements.lock
