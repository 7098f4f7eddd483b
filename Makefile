# What can be done in a clone. .venv is made on the way, and anew when pyproject.toml changes.

PYTHON ?= python3
BIN := .venv/bin
DATA ?= data
WORK ?= build/bench
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help repl test lint types docs docs-check pictures bench clean

help:  ## list what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

repl: .venv/.base  ## start the REPL with the shipped model
	@$(BIN)/lstm-sentiment repl

test: .venv/.full  ## run all tests
	$(BIN)/python -m pytest

lint: .venv/.full  ## look for faults of style
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.full  ## check types
	$(BIN)/mypy

docs: .venv/.full  ## write docs/commands.md and the outputs in the README anew
	$(BIN)/python -m docs.commands
	$(BIN)/python -m docs.examples

docs-check: .venv/.full  ## fail when `make docs` would change something
	$(BIN)/python -m docs.commands --check
	$(BIN)/python -m docs.examples --check

pictures: .venv/.full  ## take the pictures of the README anew
	$(BIN)/python -m docs.pictures

bench: .venv/.full .venv-peers/.done  ## measure beside the peers: make bench DATA=FOLDER [WORK=FOLDER] [FLAGS=--large]
	$(BIN)/python benchmarks/run.py --data $(DATA) --work $(WORK) $(FLAGS)
	$(BIN)/python benchmarks/report.py --work $(WORK)

clean:  ## remove .venv, .venv-peers and what tools left
	rm -rf .venv .venv-peers build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.base: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# Older pips know nothing of dependency groups.
.venv/.full: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[train,parquet,fetch,report,vader]' --group test --group lint
	@touch $@ .venv/.base

# What the program is compared with is never installed beside it.
.venv-peers/.done: benchmarks/peers.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --requirement benchmarks/peers.txt
	@touch $@
