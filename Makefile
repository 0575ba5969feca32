# `make` shows what there is. Needs bash, Python 3 and a network for the first run.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ifneq ($(filter-out help,$(MAKECMDGOALS)),)
UV := $(shell scripts/find-uv)
ifeq ($(UV),)
$(error uv is needed, see the lines above)
endif
endif

export UV
# `make install` has synced before; running a command changes nothing.
RUN := "$(UV)" run --no-sync
DEVELOPMENT := DEBUG=true
NODE = PATH="$$($(CURDIR)/scripts/find-node):$$PATH"
ifeq ($(RECOTEM_DATASETS_DIR),)
ifneq ($(wildcard ../shared/datasets),)
export RECOTEM_DATASETS_DIR := $(abspath ../shared/datasets)
endif
endif
PYTEST := $(RUN) pytest -q --durations=5
# Two at a time; the tests of an `xdist_group` share something, so one process has them.
PYTEST_2 := $(PYTEST) -n 2 --dist loadgroup
PYTHON_CODE := engine contracts backend inference shop embedded tests tools

.PHONY: help install up demo test check lint types imports rules format migrations-check openapi openapi-check job-names permissions \
	test-engine test-contracts test-inference test-shop test-embedded test-backend-sqlite \
	test-backend-postgres test-isolation test-frontend test-whole test-chaos test-partition test-orphans test-fuzz test-oracle test-journeys

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-23s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run
up: install ## everything on this machine: web app, API, inference, worker (RECOTEM_PORT, RECOTEM_HOME)
	@scripts/build-frontend
	@exec .venv/bin/recotem up

demo: install ## the same, filled: a shop, its data, models, a running test, visitors (ARGUMENTS="--dataset ml-100k")
	@scripts/build-frontend
	@exec .venv/bin/recotem demo $(ARGUMENTS)

install: ## the Python environment (.venv) from uv.lock
	@"$(UV)" sync --quiet --locked --all-packages

##@ Check
test: ## everything that CI runs: checks and all tests, with a table at the end
	@scripts/test-all

check: lint types imports rules ## lint, types, import rules, rules of the tree

lint: install ## ruff, codespell, shellcheck
	$(RUN) ruff check $(PYTHON_CODE)
	$(RUN) ruff format --check $(PYTHON_CODE)
	$(RUN) codespell $(PYTHON_CODE) docs scripts *.md
	$(RUN) shellcheck scripts/* .ci/run

types: install ## mypy, strict
	$(DEVELOPMENT) $(RUN) mypy engine/src contracts/src backend/recotem/recotem \
		inference/inference shop/src embedded/src tools

imports: install ## import-linter: who may import whom
	$(DEVELOPMENT) $(RUN) lint-imports

rules: migrations-check openapi-check job-names ## lock files, licences, job names, migrations, schema
	$(PYTEST) tests/rules

migrations-check: install ## models and migrations agree
	cd backend/recotem && $(DEVELOPMENT) $(RUN) python manage.py makemigrations --check --dry-run

permissions: install ## write who may do what, as answered, into a table to be reviewed
	cd backend && $(DEVELOPMENT) WRITE_PERMISSIONS=1 $(PYTEST) -n 0 recotem/tests/api/test_permissions.py

openapi-check: install
	$(DEVELOPMENT) $(RUN) python tools/export_openapi.py --check

job-names: install
	$(DEVELOPMENT) $(RUN) python tools/check_job_names.py

##@ Test
test-engine: install ## the engine
	$(PYTEST_2) engine/tests

test-contracts: install ## the wire formats
	$(PYTEST) contracts/tests

test-inference: install ## the inference service
	scripts/with-services $(PYTEST_2) inference/tests

test-shop: install ## the simulated shop
	$(PYTEST_2) shop/tests

test-embedded: install ## the one-machine mode
	$(PYTEST_2) embedded/tests

test-backend-sqlite: install ## the management API on SQLite
	cd backend && $(DEVELOPMENT) $(PYTEST_2) --half recotem/tests

test-backend-postgres: install ## the management API on PostgreSQL and Redis
	cd backend && $(DEVELOPMENT) ../scripts/with-services $(PYTEST_2) --half recotem/tests

test-isolation: install ## inference without Django, irspack, Optuna installed
	$(PYTEST) tests/isolation

test-frontend: ## the web app: lint, types, unit tests
	@scripts/npm-ci
	cd frontend && $(NODE) && npm run --silent lint && npm run --silent check:types-fresh && \
		npm run --silent type-check && \
		npm run --silent test:unit

test-whole: install ## the main job by HTTP, kill -9, tampered files, in both modes; a demo
	@scripts/build-frontend
	$(NODE) scripts/with-services $(PYTEST_2) tests/contract tests/smoke tests/demo \
		tests/chaos/test_chaos.py tests/chaos/test_orphans.py

test-chaos: install ## 20 times kill -9 in a search of 40 trials, in both modes (ARGUMENTS="--seed 7 --repeat 5")
	PYTHONPATH=tests:tests/smoke:tests/chaos:tools $(RUN) python -u tests/chaos/chaos.py $(ARGUMENTS)

test-partition: install ## two worker hosts, one cut off for a minute (Linux, root)
	$(PYTEST) -s tests/chaos/test_partition.py

test-orphans: install ## 100 random cancels and failures leave no file without a row (ARGUMENTS="--rounds 20 --seed 7")
	PYTHONPATH=tests:tests/smoke:tests/chaos $(RUN) python -u tests/chaos/orphans.py $(ARGUMENTS)

test-fuzz: install ## whatever the API's description allows, as one tenant beside another (FUZZ_SECONDS=180)
	scripts/with-services $(PYTEST) -s tests/fuzz

test-oracle: install ## 2,000 A/B tests without a difference, told by events
	cd backend && ORACLE_RUNS=2000 $(DEVELOPMENT) ../scripts/with-services $(PYTEST) -s \
		recotem/tests/experiments/test_oracle_by_events.py

test-journeys: install ## the web app in a real browser
	scripts/test-journeys

##@ Change
figures: install ## draw the figures of docs/guides/ab-testing.md anew
	$(DEVELOPMENT) $(RUN) python tools/ab_testing_figures.py

format: install ## write the code as ruff and prettier want it
	$(RUN) ruff check --fix $(PYTHON_CODE)
	$(RUN) ruff format $(PYTHON_CODE)
	@scripts/npm-ci
	cd frontend && $(NODE) && npm run --silent format

openapi: install ## docs/openapi.json and the front end's types from the views
	$(DEVELOPMENT) $(RUN) python tools/export_openapi.py
	@scripts/npm-ci
	cd frontend && $(NODE) && npm run --silent generate:types
