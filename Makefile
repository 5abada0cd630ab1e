# Rekam. `make help` says what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CARGO  := $(shell command -v cargo)
CRATE  := --manifest-path native/Cargo.toml
NATIVE := native/Cargo.toml native/Cargo.lock native/pyproject.toml native/rekam_native.pyi $(wildcard native/src/*.rs)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run run-full test conformance lint format bench lock clean

help: ## what you can do here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: $(VENV)/.ready $(VENV)/.native ## the virtual environment in .venv, with .venv/bin/rekam

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rekam needs Python 3.11 or newer; set PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Rekam does everything without it, only slower: whoever has no Rust, or no way to the crates it needs, loses speed and nothing else.
$(VENV)/.native: $(VENV)/.ready $(NATIVE)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --quiet --release --locked $(CRATE) \
		|| echo "The hot paths could not be compiled (Rust 1.85 or newer does that): Rekam runs without them, at about half the speed."
	@touch $@

run: setup ## start Rekam embedded on 127.0.0.1:8080, with a demonstration (REKAM_DEMO=0: without)
	@REKAM_DEMO=$${REKAM_DEMO:-1} REKAM_LOG_LEVEL=$${REKAM_LOG_LEVEL:-warning} exec $(BIN)/rekam up

run-full: setup ## the same on Apache Kafka and MongoDB, provisioned without Docker
	@REKAM_DEMO=$${REKAM_DEMO:-1} REKAM_LOG_LEVEL=$${REKAM_LOG_LEVEL:-warning} exec $(BIN)/python -m tests.servers run-full

test: lint ## style, types and every test, on real servers
	-@$(BIN)/python -m tests.servers provision
	$(if $(CARGO),$(CARGO) test --quiet --locked $(CRATE))
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: setup ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(if $(CARGO),$(CARGO) fmt --check $(CRATE) && $(CARGO) clippy --quiet --locked $(CRATE) -- --deny warnings)

format: setup ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(if $(CARGO),$(CARGO) fmt $(CRATE))

conformance: setup ## ADL's conformance suite, both versions on both modes: SUITE=/path/to/lrs-conformance-test-suite RUNS=1
	@test -n "$(SUITE)" || { echo "say where the suite is: make conformance SUITE=/path/to/lrs-conformance-test-suite"; exit 2; }
	$(BIN)/python -m tests.conformance "$(SUITE)" --runs $(or $(RUNS),1)

bench: setup ## the load on both modes beside the machine's ceilings, in half an hour: BENCH="post-50 sustained" for some of it
	for mode in embedded full; do $(BIN)/python -m bench.load run --mode $$mode $(BENCH) || exit 1; done

lock: ## choose dependency versions anew
	$(BIN)/pip-compile --quiet --upgrade --extra dev --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml

clean: ## remove the virtual environment, caches and embedded data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis var
