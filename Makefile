# Every command a developer uses. `make check` is what CI runs.
.DELETE_ON_ERROR:
.PHONY: help run test check lint types layers shots tour bench truth format setup clean

VENV := .venv
PYTHON := $(VENV)/bin/python
SYSTEM_PYTHON ?= $(shell command -v python3.11 || command -v python3)
READY := $(VENV)/.ready
OFFSCREEN := QT_QPA_PLATFORM=offscreen

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml requirements-nodeps.txt packaging/system-libraries.sh packaging/virtual-environment.sh
	@packaging/system-libraries.sh
	@packaging/virtual-environment.sh "$(SYSTEM_PYTHON)" $(VENV)
	@touch $@

setup: $(READY) ## Set everything up without running anything

run: $(READY) ## Start the window; without a display, the tour
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(PYTHON) -m modelshelf gui; \
	else echo "There is no display here, so this is the tour instead."; $(MAKE) --no-print-directory tour; fi

test: $(READY) ## Run the whole test suite offscreen
	$(OFFSCREEN) $(PYTHON) -m pytest -n 2 -q

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(READY)
	$(VENV)/bin/pyright

layers: $(READY)
	$(VENV)/bin/lint-imports

check: lint types layers test ## What CI runs: lint, format, types, import rules, tests

format: $(READY) ## Put the code into shape
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

shots: $(READY) ## Render every page and dialog, light and dark, to build/shots
	$(OFFSCREEN) $(PYTHON) -m tests.shots

tour: $(READY) ## Drive the real window through the main job; pictures in build/tour
	$(OFFSCREEN) $(PYTHON) -m tests.tour

bench: $(READY) ## Measure against other tools, side by side
	$(OFFSCREEN) $(PYTHON) -m benchmarks

truth: $(READY) ## Check derived figures against PyTorch and transformers (large install)
	$(VENV)/bin/pip install -q -e ".[truth]"
	$(OFFSCREEN) $(PYTHON) -m pytest -q -m truth tests/truth

clean: ## Remove what was built
	rm -rf build dist .pytest_cache .ruff_cache
