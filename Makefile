# make serve [LAN=1] [OPEN=1] [ARGS="…"]   set everything up and start
# make test  [TESTS="tests/unit -k …"]     set everything up and run the tests
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup web serve test test-beside test-paired test-cloudflare check check-python check-web fmt bench soak lock pictures generate clean

export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
# Each process that starts would compile everything that it imports once more.
unexport PYTHONDONTWRITEBYTECODE
BIN := $(CURDIR)/.venv/bin
NPM := PATH="$(BIN):$$PATH" npm --prefix web --silent
PYTHON_DIRS := $(wildcard src tests bench scripts)
STATIC := src/stagedoor/control/static
PAGES := $(STATIC)/guest.html
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

.venv/.ready: requirements.lock pyproject.toml scripts/uv.lock scripts/bootstrap scripts/lib.sh
	@echo "Setting up Python in .venv"
	@scripts/bootstrap

web/node_modules/.ready: web/package.json web/package-lock.json .venv/.ready
	@echo "Setting up the front end's tools"
	@$(NPM) ci
	@touch $@

$(PAGES): $(WEB_SOURCES) web/node_modules/.ready
	@$(NPM) run build -- --logLevel warn
	@touch $@

setup: .venv/.ready web/node_modules/.ready ## everything but the Debian packages that only tests need

web: $(PAGES) ## build the pages

serve: .venv/.ready $(PAGES) ## start: LAN=1 for all interfaces, OPEN=1 for guests without an invite
	@exec $(BIN)/stagedoor serve $(if $(LAN),--lan) $(if $(OPEN),--open) $(ARGS)

test: .venv/.ready $(PAGES) ## every test, with what they need from Debian
ifdef TESTS
	@scripts/system-packages
	@$(BIN)/python -m pytest $(TESTS)
else
	@$(MAKE) --no-print-directory --keep-going --jobs=1 test-beside test-paired
endif

BESIDE := patient or not (e2e or netns or paced)
test-beside: .venv/.ready $(PAGES) ## the tests that may run beside many others
	@scripts/system-packages
	@$(BIN)/python scripts/run_tests.py beside 2.5 "$(BESIDE)"

test-paired: .venv/.ready $(PAGES) ## the tests that want more of a core
	@scripts/system-packages
	@$(BIN)/python scripts/run_tests.py paired 1 "not ($(BESIDE))"

test-cloudflare: .venv/.ready $(PAGES) ## what guests by Cloudflare do, against the real service
	@: "$${STAGEDOOR_TEST_CLOUDFLARE_APP_ID:?set it, and STAGEDOOR_TEST_CLOUDFLARE_APP_SECRET, to an SFU application of yours}"
	@: "$${STAGEDOOR_TEST_CLOUDFLARE_APP_SECRET:?set it to the secret of the SFU application}"
	@scripts/system-packages
	@STAGEDOOR_TEST_CLOUDFLARE=1 $(BIN)/python -m pytest -m cloudflare

check: .venv/.ready web/node_modules/.ready ## format, lint, types, import rules, pages, generated files
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-python check-web

check-python: .venv/.ready
	$(BIN)/ruff format --check $(PYTHON_DIRS)
	$(BIN)/ruff check $(PYTHON_DIRS)
	$(BIN)/mypy $(PYTHON_DIRS)
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_tree.py
	$(BIN)/python scripts/generate.py --check

check-web: .venv/.ready web/node_modules/.ready
	$(NPM) run check
	$(NPM) run build -- --logLevel warn

fmt: setup ## format everything
	$(BIN)/ruff format $(PYTHON_DIRS)
	$(BIN)/ruff check --fix $(PYTHON_DIRS)
	$(NPM) run fmt

bench: .venv/.ready $(PAGES) ## measure; results go to docs/benchmarks.md
	@scripts/system-packages espeak-ng gstreamer1.0-libav gstreamer1.0-tools gstreamer1.0-plugins-ugly
	@$(BIN)/python -m bench $(ARGS)

soak: .venv/.ready $(PAGES) ## a production for an hour: what grows, and what drifts
	@$(BIN)/python -m bench soak $(ARGS)

pictures: .venv/.ready $(PAGES) ## take the pictures of both pages in docs/images anew; look at each
	@scripts/system-packages
	@STAGEDOOR_PICTURES=$(CURDIR)/docs/images $(BIN)/python -m tests.pictures
	@STAGEDOOR_PICTURES=$(CURDIR)/docs/images $(BIN)/python -m pytest -q \
		$(addprefix tests/e2e/test_,cockpit.py guest_backstage.py guest_page.py upgrade.py withheld.py)

generate: setup ## write the files that are made from the code
	$(BIN)/python scripts/generate.py

UV := VIRTUAL_ENV=$(CURDIR)/.venv .cache/tools/bin/uv
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(if $(UPGRADE),--upgrade)
lock: .venv/.ready ## resolve requirements.lock anew; UPGRADE=1 takes the newest versions
	$(UV) $(COMPILE) --group dev pyproject.toml -o requirements.lock
	echo uv | $(UV) $(COMPILE) --no-annotate - -o scripts/uv.lock
	$(NPM) install --package-lock-only

clean: ## remove everything that was made here
	rm -rf .venv .cache web/node_modules $(STATIC) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
