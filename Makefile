# Each target shows the plain commands in README.md; Windows has no make.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: test lint narrow format demo bench binder clean

test: $(VENV)/ready
	$(BIN)/python -m pytest

lint: $(VENV)/ready types-linux types-win32 types-darwin
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Each with a cache of its own: what is known of one platform is of no use for another.
types-%: $(VENV)/ready
	$(BIN)/mypy --platform $* --cache-dir .mypy_cache/$*

format: $(VENV)/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The pip that Python brings may be too old to know dependency groups.
$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev --editable .
	touch $@

# The lowest versions that pyproject.toml allows, with today's test tools on top; the sandbox needs
# the standard library alone.
NARROW := $(VENV)-narrow

narrow: $(NARROW)/ready
	$(NARROW)/bin/python -m pytest -m "not process and not long" --ignore tests/browser --ignore tests/canary \
		--ignore tests/contract --ignore tests/magics/kernel --ignore tests/sessions/test_kernel.py \
		--ignore tests/sandbox

$(NARROW)/ready: pyproject.toml
	$(PYTHON) -m venv --clear $(NARROW)
	$(NARROW)/bin/python -m pip install --quiet uv
	$(NARROW)/bin/uv pip install --quiet --python $(NARROW)/bin/python --resolution lowest-direct --editable .
	$(NARROW)/bin/uv pip freeze --quiet --python $(NARROW)/bin/python --exclude-editable > $(NARROW)/lowest.txt
	$(NARROW)/bin/uv pip install --quiet --python $(NARROW)/bin/python --constraint $(NARROW)/lowest.txt --group narrow
	touch $@

# The first look, without an account: the environment is made once, then no network is needed.
DEMO := $(VENV)-demo

demo: $(DEMO)/ready
	$(DEMO)/bin/python notebooks/demo.py

$(DEMO)/ready: pyproject.toml
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(DEMO)/bin/python -m pip install --quiet --editable ".[demo]"
	touch $@

# Measured against others, which stand in an environment of their own; README=1 writes the table there.
BENCH := $(VENV)-bench

bench: $(BENCH)/ready
	$(BENCH)/bin/python -m benchmarks $(if $(README),--readme)

# Nothing is resolved: requirements.txt says why.
$(BENCH)/ready: benchmarks/requirements.txt pyproject.toml
	$(PYTHON) -m venv --clear $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BENCH)/bin/python -m pip install --quiet --no-deps --requirement benchmarks/requirements.txt --editable .
	touch $@

# What Binder installs, from the files that it reads; a test tries it.
BINDER := $(VENV)-binder

binder:
	$(PYTHON) -m venv --clear $(BINDER)
	$(BINDER)/bin/python -m pip install --quiet --requirement binder/requirements.txt
	PATH="$(abspath $(BINDER))/bin:$$PATH" binder/postBuild
	touch $(BINDER)/ready

clean:
	rm -rf $(VENV) $(NARROW) $(DEMO) $(BENCH) $(BINDER) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
