# Two commands matter: `make demo` (environment, install, the whole job on the bundled world) and `make test`.
PYTHON ?= python3
VENV ?= .venv
SHARED ?= ../shared
BIN := $(VENV)/bin

.PHONY: demo test proof lint world serve clean

demo: $(VENV)/.installed
	$(BIN)/prospect demo

test: $(VENV)/.installed-test lint
	$(BIN)/python -m pytest -m "not proof" -n auto --dist loadfile

lint: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# long proofs: kill loops, several databases, browsers
proof: $(VENV)/.installed-test
	$(BIN)/python -m pytest -m proof --timeout=1800

# the main job against a folder of real documents: make world SHARED=DIR
world: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks.world $(SHARED)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("prospect needs Python 3.11 to 3.13; name one: make PYTHON=python3.12 …" if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[web]'
	touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
