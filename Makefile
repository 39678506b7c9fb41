# The house's few verbs. `make serve` and `make test` set up what they need; a second run costs no set-up.
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
TRIPLES ?= 1000000

.PHONY: setup serve test lint tools bench lock clean

setup: .venv/.ready

serve: .venv/.ready
	$(BIN)/atmp-graph serve --host $(HOST) --port $(PORT) $(ARGS)

test: .venv/.ready-test
	$(BIN)/python -m pytest $(ARGS)

lint: .venv/.ready-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

tools:
	tools/install

bench: .venv/.ready-bench
	$(BIN)/python -m benchmarks --triples $(TRIPLES) $(ARGS)

# One recipe for the three levels of set-up: each lock file holds the ones before it.
.venv/.ready: requirements.lock
.venv/.ready-test: requirements-test.lock
.venv/.ready-bench: requirements-bench.lock
.venv/.ready .venv/.ready-test .venv/.ready-bench: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(filter %.lock,$^)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Needs uv. Run after a change of dependencies in pyproject.toml, and commit the three files.
lock:
	for level in "" test bench; do \
	  case "$$level" in "") extras="";; test) extras="--extra test";; bench) extras="--extra test --extra bench";; esac; \
	  uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml \
	    --extra setup $$extras -o requirements$${level:+-$$level}.lock || exit 1; \
	done

clean:
	rm -rf .venv .tools .atmp-graph dist
