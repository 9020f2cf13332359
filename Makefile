# Two commands do everything on a machine that has Python and make: `make run` and `make test`.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
BIN = .venv/bin
# Tests start the program again and again: what is compiled once must be kept, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test bench lint

setup: .venv/.ready

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/.runs: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/.ready: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch .venv/.runs $@

run: .venv/.runs
	@$(BIN)/onewindow demo run --host $(HOST) --port $(PORT)

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

bench: setup
	$(BIN)/python -m bench $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
