# lambdalab. Python 3.11 or newer and make are all that is needed; everything else goes into .venv and _build.
#
#   make book     execute the labs, build the book into _build/html, check it, serve it     (SERVE=0: build only)
#   make test     every test
#   make lab      the labs in JupyterLab
#   make bench    the measurements                                                          (BENCH=short: less exact)
#   make check    lint, types, import direction, spelling
#   make lock     refresh the three locks from pyproject.toml
#   make clean    remove what the others made, the environment included

PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
BENCH ?= full
TESTS ?=

export PYTHONUTF8 := 1
export PYTHONPATH :=
# Node trusts what the machine trusts, as pip does.
export NODE_USE_SYSTEM_CA ?= 1
# Playwright drives the browser with our Node: its own asks for a library that a bare machine lacks.
export PLAYWRIGHT_NODEJS_PATH ?= $(CURDIR)/.venv/bin/node
# Relative, because make cannot name a path with spaces.
run := .venv/bin/python -m

.PHONY: help environment book test lab bench check lock picture clean

help:
	@sed -n '3,9s/^#   //p' Makefile

environment:
	@$(PYTHON) -m workshop.environment

book: environment
	@$(run) workshop.book --serve=$(SERVE) --port=$(PORT)

# Dealt out by file: what a file sets up (a graded course, a built site) is set up once.
test: environment
	@$(run) pytest -n 2 --dist=loadfile $(TESTS)

lab: environment
	@$(run) workshop.lab

bench: environment
	@$(run) benchmarks --$(BENCH)

check: environment
	@$(run) workshop.check

lock: environment
	@$(run) workshop.lock $(if $(UPGRADE),--upgrade)

picture: environment
	@$(run) workshop.picture

clean:
	rm -rf .venv _build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
