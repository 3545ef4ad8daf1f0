# Everything that a newcomer runs: make demo, make test, make lint. Each makes what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SLEEP := examples/sleep.csv

.PHONY: demo test lint sanitize without-compiler bench accuracy clean

NATIVE := CMakeLists.txt $(wildcard src/helder/engine/native/*)

$(VENV)/installed: pyproject.toml constraints.txt $(NATIVE)
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(INSTALL) --editable '.[dev]'
	touch $@

demo: $(VENV)/installed
	mkdir -p build/demo
	$(BIN)/helder train $(SLEEP) --target Sleep_Quality --classes bad,medium,good --model build/demo/sleep.helder
	$(BIN)/helder evaluate build/demo/sleep.helder examples/sleep_new.csv
	$(BIN)/helder predict build/demo/sleep.helder examples/sleep_new.csv --out build/demo/predictions.csv

# Two at a time, as the smallest machine has two cores; a file stays whole, so that what its tests
# share is made once.
test: $(VENV)/installed-dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

sanitize:
	PYTHON=$(PYTHON) .ci/sanitize

without-compiler:
	PYTHON=$(PYTHON) .ci/without-compiler

$(VENV)/installed-bench: $(VENV)/installed
	$(INSTALL) --editable '.[bench]'
	touch $@

bench: $(VENV)/installed-bench
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/speed.py

$(VENV)/installed-bench-accuracy: $(VENV)/installed
	$(INSTALL) --editable '.[bench-accuracy]'
	touch $@

accuracy: $(VENV)/installed-bench-accuracy
	@test -n "$(DATA)" || { echo "make accuracy DATA=FOLDER [SKIP=set,set]: a folder of CSV files, each with a column target" >&2; exit 2; }
	$(BIN)/python benchmarks/accuracy.py --data "$(DATA)" --skip "$(SKIP)" --out docs/accuracy.md

clean:
	rm -rf $(VENV) build
