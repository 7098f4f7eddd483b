# What can be done in a clone. .venv is created as needed, and updated when pyproject.toml changes.

PYTHON ?= python3
BIN := .venv/bin
DATA ?= data
WORK ?= build/bench
# Tests of one file stay together: they share what is costly to make.
PARALLEL ?= --numprocesses auto --dist loadfile
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help repl test drill test-light lint types docs docs-check pictures bench clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

repl: .venv/.base  ## start the REPL with the shipped model
	@$(BIN)/lstm-sentiment repl

test: .venv/.full  ## run all tests
	$(BIN)/python -m pytest $(PARALLEL)

drill: .venv/.full  ## kill commands, fill disks: make drill [ONLY='predict csv']; a quarter of an hour
	$(BIN)/python -m tests.drills $(ONLY)

test-light: .venv/.light  ## run the tests that need no TensorFlow
	$(BIN)/python -m pytest $(PARALLEL) --ignore tests/training --ignore tests/tuning

lint: .venv/.full  ## check style
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.full  ## check types
	$(BIN)/mypy

docs: .venv/.full  ## update docs/commands.md and the output shown in the pages
	$(BIN)/python -m docs.commands
	$(BIN)/python -m docs.json_page
	$(BIN)/python -m docs.examples

docs-check: .venv/.full  ## fail when `make docs` would change something
	$(BIN)/python -m docs.commands --check
	$(BIN)/python -m docs.json_page --check
	$(BIN)/python -m docs.examples --check

pictures: .venv/.full  ## update the pictures of the pages
	$(BIN)/python -m docs.pictures

bench: .venv/.full .venv-peers/.done  ## compare with the peers: make bench DATA=FOLDER [WORK=FOLDER] [FLAGS=--large]
	$(BIN)/python benchmarks/run.py --data $(DATA) --work $(WORK) $(FLAGS)
	$(BIN)/python benchmarks/report.py --work $(WORK)

clean:  ## remove all environments and the caches of tools
	rm -rf .venv .venv-peers .venv-teacher build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.base: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# Older versions of pip do not know dependency groups.
.venv/.light: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group test
	@touch $@ .venv/.base

.venv/.full: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[train,parquet,fetch,report,vader]' --group test --group lint
	@touch $@ .venv/.base .venv/.light

# Peers are never installed beside the program.
.venv-teacher/.done: experiments/teacher/requirements.txt
	$(PYTHON) -m venv .venv-teacher
	.venv-teacher/bin/python -m pip install --quiet --requirement experiments/teacher/requirements.txt
	@touch $@

.venv-peers/.done: benchmarks/peers.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --requirement benchmarks/peers.txt
	@touch $@
