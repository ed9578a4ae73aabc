# Everything a developer or an administrator starts. See README.md.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install run test check lint types imports configuration migrations templates requirements lock sbom messages chaos bench clean

help:
	@echo "make run     start everything on this machine (practice mode unless MAILCONNECTOR_CLOUD is set)"
	@echo "make test    all tests: PostgreSQL and SQLite, whole processes, browser, other dates"
	@echo "make check   linters, types, import order, migrations, templates, hashes; its parts are targets too"
	@echo "make messages the texts into locale/, compiled (needs Debian's gettext)"
	@echo "make chaos   crashes and faults of every kind, and the count of what arrived"
	@echo "make bench   the benchmarks, as a table"
	@echo "make lock    requirements/ from pyproject.toml, with hashes (ARGS=--upgrade renews all)"
	@echo "make sbom    a bill of materials of what production installs (CycloneDX)"
	@echo "make install the virtual environment and the dependencies; the others do it when needed"

install: $(VENV)/run.stamp

run: $(VENV)/run.stamp
	@exec $(BIN)/python -m mailconnector.run

test: $(VENV)/test.stamp
	@$(BIN)/python -m tests.run $(ARGS)

# Git's hooks run the same parts: .pre-commit-config.yaml.
check: lint types imports configuration migrations templates requirements

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

imports: $(VENV)/test.stamp
	$(BIN)/lint-imports

configuration: $(VENV)/test.stamp
	MAILCONNECTOR_DATA_DIR=$(VENV)/check $(BIN)/python manage.py check
	MAILCONNECTOR_DATA_DIR=$(VENV)/check MAILCONNECTOR_PUBLIC_URL=https://mail.contoso.example $(BIN)/python manage.py check --deploy --fail-level WARNING

migrations: $(VENV)/test.stamp
	MAILCONNECTOR_DATA_DIR=$(VENV)/check $(BIN)/python manage.py makemigrations --check --dry-run

templates: $(VENV)/test.stamp
	$(BIN)/djade --check $$(git ls-files '*.html')

requirements:
	@$(PYTHON) .ci/locked.py

lock: $(VENV)/lock.stamp
	@$(BIN)/python .ci/lock.py $(ARGS)

sbom:
	@$(PYTHON) .ci/sbom.py

# Commit the .mo too: a machine that only runs the product has no msgfmt.
messages: $(VENV)/test.stamp
	@$(BIN)/python .ci/messages.py

chaos: $(VENV)/test.stamp
	@$(BIN)/python -m tests.chaos.run $(ARGS)

bench: $(VENV)/bench.stamp
	@$(BIN)/python -m benchmarks.run $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

LOCKED := requirements
$(VENV)/run.stamp: .ci/install.py $(LOCKED)/installer.txt $(LOCKED)/production.txt $(LOCKED)/practice.txt
	@$(PYTHON) .ci/install.py $(VENV) practice
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp $(LOCKED)/test.txt
	@$(PYTHON) .ci/install.py $(VENV) practice test
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp $(LOCKED)/bench.txt
	@$(PYTHON) .ci/install.py $(VENV) practice test bench
	@touch $@

$(VENV)/lock.stamp: $(VENV)/test.stamp $(LOCKED)/lock.txt
	@$(PYTHON) .ci/install.py $(VENV) practice test lock
	@touch $@
