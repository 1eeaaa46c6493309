# Every command there is. `make` alone prints them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
UV := .uv/bin/uv
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_LINK_MODE := copy
export PYTHONUTF8 := 1

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV):
	@./deploy/setup.sh system
	@python3 -m venv .uv && .uv/bin/pip install --quiet uv==0.13.9

$(BIN)/guihua: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --locked --quiet --extra local --group dev
	@touch $@

setup: $(BIN)/guihua ## install everything the other commands need (they do it themselves)

run: setup ## the whole system on real servers on this machine; Ctrl-C stops it
	@$(BIN)/guihua run

demo: setup ## play the stories against the running system and compare every date (SCENARIO=SC-4 for one)
	@$(BIN)/guihua demo $(addprefix --scenario ,$(SCENARIO))

check: setup ## lint, format, types, import rules, dead code, dependencies, generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/vulture
	@$(BIN)/deptry .
	@$(BIN)/python -m services.local.documents --check

fix: setup ## repair what the checks can repair, and write the generated documents anew
	@$(BIN)/ruff check --fix . || true
	@$(BIN)/ruff format .
	@$(BIN)/python -m services.local.documents --write

test: setup ## every test but the long ones, on a real nats-server and a real MongoDB
	@./deploy/setup.sh browser
	@$(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder --randomly-seed=1 -m "not chaos"

fuzz: setup ## 50,000 random processes against an independent token game, 100,000 random sequences of operations
	@$(BIN)/python -m tests.workflow.engine.fuzz 50000
	@$(BIN)/python -m tests.workflow.operations.playing 100000

conformance: setup ## what the engine does with a public BPMN suite (CORPUS=folder) → docs/conformance.md
	@$(BIN)/python -m bench.conformance "$(CORPUS)"

walks: setup ## play the golden walks of every process: coverage, and how many planted faults they notice
	@$(BIN)/guihua walks --mutants $(dir $(wildcard bpmn/*/item.toml)) bpmn/shared

chaos: setup ## kill every server and service at random points of 200 running cases
	@$(BIN)/pytest -q -m chaos -s

storm: setup ## a storm of messages while everything dies in turn (MESSAGES=20000)
	@GUIHUA_MESSAGES=$(or $(MESSAGES),1000) $(BIN)/pytest -q -s -m chaos tests/notify/test_lose_nothing.py

year: setup ## a generated year of the bureau on the demonstration's clock (CASES=2000): what became of every case
	@$(BIN)/python -m tests.year $(or $(CASES),2000)

bench: setup ## measure, print ratios against the limit, write var/bench.json
	@$(BIN)/python -m bench

bench-scale: setup ## the same with 200,000 open cases in the database, and 10,000 cases moved to another version
	@$(BIN)/python -m bench.scale

screenshots: setup ## take the pictures of every page anew → docs/screenshots
	@./deploy/setup.sh browser
	@$(BIN)/python -m tests.console.gallery

images: ## build the container images (needs a container engine)
	@./deploy/images.sh

compose-smoke: ## build, start, use and stop the compose stack; brings its own engine on a bare Debian machine
	@./deploy/compose-smoke.sh

clean: ## forget local data (var/); the environment stays
	rm -rf var

bench-storm: setup ## a hundred thousand clocks due within one minute (CLOCKS=100000): how late lights and messages are
	@$(BIN)/python -m bench.storm $(CLOCKS)

.PHONY: help setup run demo check fix test fuzz conformance walks chaos storm year bench bench-scale bench-storm screenshots images compose-smoke clean
