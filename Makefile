# Everything runs in a virtual environment of its own, .venv, made from Python 3.11 or later.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check format bench clean

demo: $(VENV)/.installed  ## set up, then train and judge a spam detector on data/
	$(BIN)/textpipe run pipelines/spam.toml

test: $(VENV)/.installed-dev  ## set up, then run the tests and the doctests
	rm -f .coverage .coverage.*
	COVERAGE_RUN=1 $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --cov --cov-report=
	$(BIN)/python -m coverage combine --quiet --append || true  # of servers that tests have started
	$(BIN)/python -m coverage report --fail-under=$$(cat .ci/coverage-floor) --skip-covered

check: $(VENV)/.installed-dev  ## format, lint, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev  ## every figure of the documentation, measured anew (needs TEXTPIPE_CORPORA)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	mkdir -p build/bench
	for table in benchmarks/[a-z]*.py; do \
		json=; grep -q -e --json $$table && json="--json build/bench/$$(basename $$table .py).json"; \
		$(BIN)/python $$table $$json || exit 1; \
	done
	$(BIN)/python benchmarks/_tables.py build/bench

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "textpipe needs Python 3.11 or later; say: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed
