# The one page of how to work here: setup, demo, test, check, bench, clean. Everything stays inside the checkout.
PYTHON ?= python3

UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
npm_config_cache ?= $(CURDIR)/.cache/npm
JSII_RUNTIME_PACKAGE_CACHE_ROOT ?= $(CURDIR)/.cache/jsii
CDK_HOME ?= $(CURDIR)/.cache/cdk
HYPOTHESIS_STORAGE_DIRECTORY ?= $(CURDIR)/.cache/hypothesis
JSII_NODE = $(CURDIR)/.venv/bin/node
export UV_CACHE_DIR PIP_CACHE_DIR npm_config_cache JSII_RUNTIME_PACKAGE_CACHE_ROOT CDK_HOME
export HYPOTHESIS_STORAGE_DIRECTORY JSII_NODE
# Compiled bytecode halves every start-up; uv must not be led into another venv.
unexport PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PYTHONPATH PYTHONHOME
export PATH := $(CURDIR)/.venv/bin:$(PATH)

EMULATOR_LOCK = platform/watchkeeper/sandbox/aws_extension/requirements.txt
STAMP = .cache/setup.stamp

.DEFAULT_GOAL := help
.PHONY: help setup demo test check checkov bench pages clean lock

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

setup: $(STAMP) ## everything that is needed, from lock files, inside the checkout
$(STAMP): pyproject.toml locks/uv.txt locks/dev.txt $(EMULATOR_LOCK) package-lock.json scripts/setup.py
	@$(PYTHON) scripts/setup.py
	@mkdir -p $(@D) && touch $@

demo: $(STAMP) ## deploy, sync, break, get paged and review an incident in the sandbox
	@.venv/bin/watchkeeper demo $(ARGS)

test: $(STAMP) ## all tests
	@.venv/bin/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(STAMP) ## lint, types, workflows, arrows between the rooms
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy platform/watchkeeper app.py base_infra tests scripts benchmarks
	@.venv/bin/actionlint -shellcheck= -pyflakes=
	@.venv/bin/zizmor --offline --quiet --no-progress .github
	@.venv/bin/lint-imports importlinter.ini >.cache/arrows.txt || { cat .cache/arrows.txt; exit 1; }

checkov: $(STAMP) ## the templates under checkov, which is fetched for it
	@.venv/bin/python -m base_infra.lint --checkov

bench: $(STAMP) ## the benchmarks, with their floors
	@.venv/bin/python benchmarks/run.py $(ARGS)

pages: $(STAMP) ## write the generated pages and schemas anew
	@for name in json_schemas file_pages command_pages lint_pages function_pages; do .venv/bin/python scripts/$$name.py; done
	@.venv/bin/python -m base_infra.lint --write

lock: $(STAMP) ## renew the lock files from pyproject.toml
	@scripts/lock

clean: ## remove everything that setup and the tools made
	rm -rf .venv .cache .watchkeeper node_modules cdk.out dist
