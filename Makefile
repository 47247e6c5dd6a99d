# Each target sets up .venv by itself; `make` alone lists them.

PY := .venv/bin/python
# Compiles the kernels into the user's cache directory.
WARMUP := $(PY) -m commonbook.runner.warmup
WORKERS ?= 2
FUZZ_SECONDS ?= 300

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench crosscheck fuzz clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: pyproject.toml scripts/make_venv.sh
	@scripts/make_venv.sh

install: .venv/.ready ## set up .venv and compile the kernels
	@if [ -e src/commonbook/runner/warmup.py ]; then $(WARMUP); fi

demo: install ## run several portfolios in both modes and print the difference
	@.venv/bin/commonbook demo

test: install ## run the tests
	@$(PY) -m pytest -n $(WORKERS)

lint: .venv/.ready ## check format, lint, types, layers, docstrings and layout
	@status=0; \
	$(PY) -m ruff check . || status=1; \
	$(PY) -m ruff format --check . || status=1; \
	$(PY) -m mypy || status=1; \
	.venv/bin/lint-imports || status=1; \
	$(PY) scripts/lint_docstrings.py || status=1; \
	$(PY) -m pytest -q tests/test_layout.py || status=1; \
	exit $$status

bench: install ## run the benchmarks (BENCH="peers grid": only these; AGAINST=REVISION: compare); results go to benchmarks/results
	@$(PY) scripts/bench.py $(BENCH) $(if $(AGAINST),--against $(AGAINST))

crosscheck: install ## compare single orders with hftbacktest, fill by fill
	@cd benchmarks && ../$(PY) -m crosscheck

fuzz: install ## let Hypothesis explore for FUZZ_SECONDS (default 300)
	@scripts/fuzz.sh $(FUZZ_SECONDS)

clean: ## delete .venv and everything that can be made again
	@rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build
	@find src tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +
