# The commands of the project: `make demo` to see it, `make test` to check it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AUDIT := .venv-audit

.PHONY: setup demo test test-setup coverage audit lock soak invariants clean

setup: $(VENV)/.setup

$(VENV)/.setup: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Aitbar needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (about two minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test-setup: $(VENV)/.setup requirements-dev.lock
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

# A Bot API client in Node proves the emulator; without npm its tests are skipped.
CLIENTS := tests/emulator/clients
$(CLIENTS)/node_modules: $(CLIENTS)/package-lock.json
	@if command -v npm >/dev/null && npm ci --omit=dev --ignore-scripts --prefix $(CLIENTS) --no-audit --no-fund --silent; \
	then touch $@; else echo "grammY is not installed (npm is missing or failed): its tests are skipped."; fi

test-setup: $(VENV)/.test-setup $(CLIENTS)/node_modules

demo: setup
	@$(BIN)/aitbar demo

LANES := -n 3 --dist loadfile --no-loadscope-reorder
test: test-setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/aitbar check surveys locales
	$(BIN)/python -m pytest $(LANES) --ignore tests/simulation
	$(BIN)/python -m pytest -n 2 tests/simulation

# The same tests, with the branches they take in this process: twice as long, so by itself.
coverage: test-setup
	$(BIN)/python -m pytest $(LANES) --cov --cov-report=term:skip-covered --ignore tests/simulation

# The full counts of the fault tests, in parts; sums are kept in docs/soak.md. `make soak PART=kills MINUTES=30`
PART :=
MINUTES := 600
soak: test-setup
	$(BIN)/python -m tests.soak $(PART) --minutes $(MINUTES)

# The invariants of anonymity, each against its bar: a table. `make invariants FULL=--full`
FULL :=
invariants: test-setup
	$(BIN)/python -m tests.blackbox $(FULL)

# What needs other versions than the program has its own environment; the bill of materials lands in dist/.
$(AUDIT)/.setup: requirements-audit.lock
	@test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	@echo "Installing what the audit needs (about a minute the first time) ..."
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.lock
	@touch $@

audit: $(AUDIT)/.setup
	$(AUDIT)/bin/bandit --quiet --recursive bot --severity-level medium
	$(AUDIT)/bin/semgrep --test --metrics=off --disable-version-check --config tests/audit/rules.yaml tests/audit/rules.py
	$(AUDIT)/bin/semgrep scan --metrics=off --disable-version-check --error --quiet --config tests/audit/rules.yaml bot
	@mkdir -p dist
	$(AUDIT)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --validate --output-file dist/sbom.cdx.json
	@if [ -d .github/workflows ]; then $(AUDIT)/bin/zizmor --offline .github; else echo "zizmor: there are no workflows"; fi
	@$(AUDIT)/bin/python tests/audit/known.py

# Rewrites the locks from pyproject.toml; they name no index host.
lock: export UV_PYTHON_DOWNLOADS = never
lock:
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-strip-extras --python-version 3.11 --extra emulator --extra export --extra xlsform --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-strip-extras --python-version 3.11 --extra emulator --extra export --extra metrics --extra postgres --extra xlsform --group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --no-strip-extras --group audit -o requirements-audit.lock

clean:
	rm -rf $(VENV) $(AUDIT) build dist
