# Sets up, builds, serves and tests the graph on a machine that has Python (3.11 or newer) and make.
#
#   make serve            environment, install, build the graph, serve it   (HOST=127.0.0.1 PORT=8000)
#   make test             environment with the test extras, the whole test suite
#   make help             every target

HOST ?= 127.0.0.1
PORT ?= 8000
STATE ?= var
VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := $(VENV)/bin
# What builds a library that ships as source is installed and locked with the rest, so nothing is built in isolation.
INSTALL := $(BIN)/uv pip install --quiet --no-build-isolation --python $(BIN)/python
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help serve test build crawl check lint typecheck gate crash fuzz benchmark commits lock clean python

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

python:
	@test -z "$(PYTHON)" || command -v "$(PYTHON)" >/dev/null || { echo "There is no $(PYTHON): name a Python 3.11 or newer with PYTHON=/path/to/python3." >&2; exit 1; }
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found: install it (on Debian or Ubuntu: apt install python3 python3-venv), or name it with PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11: install a newer one (on Debian or Ubuntu: apt install python3 python3-venv), or name it with PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python cannot make virtual environments: install its venv module (on Debian or Ubuntu: apt install python3-venv)." >&2; exit 1; }

$(BIN)/uv: requirements-build.lock | python
	@echo "[1/4] Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements-build.lock
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml $(BIN)/uv
	@echo "[2/4] Libraries, each checked against its recorded hash (up to a minute on a fresh machine)"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --editable .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@echo "[test] Test libraries"
	@$(INSTALL) --require-hashes -r requirements-test.lock
	@touch $@

build: $(VENV)/.installed  ## check the facts and build a new generation of the graph
	@echo "[3/4] The graph: read, checked, stored"
	@$(BIN)/unodc-kg build --state $(STATE)

serve: $(VENV)/.installed  ## set everything up and serve on HOST:PORT; changes that were not released are kept
	@echo "[3/4] The graph: read, checked, stored"
	@$(BIN)/unodc-kg build --keep --state $(STATE)
	@echo "[4/4] The server"
	@exec $(BIN)/unodc-kg serve --state $(STATE) --host $(HOST) --port $(PORT)

# Half of the time goes to tests of the server, so these run beside all others, whose report follows theirs.
test: lint typecheck  ## the whole test suite, linting and typing included
	@others=$$(mktemp); trap 'kill $$! 2>/dev/null; rm -f "$$others"' EXIT; trap 'exit 130' INT TERM; \
	echo "[test] tests/server here; all others beside it, their report below"; \
	$(BIN)/python -m pytest --ignore=tests/server >"$$others" 2>&1 & \
	$(BIN)/python -m pytest tests/server; server=$$?; \
	wait $$!; status=$$?; cat "$$others"; exit $$((server > status ? server : status))

crawl: $(VENV)/.installed-test  ## ask for every address of the graph in four formats each
	@UNODC_KG_CRAWL=full $(BIN)/python -m pytest tests/server/linked/test_crawl.py

check: $(VENV)/.installed  ## check the facts, description logic included
	@$(BIN)/unodc-kg check --dl

lint: $(VENV)/.installed-test  ## ruff: rules and layout
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

typecheck: $(VENV)/.installed-test  ## mypy --strict
	@$(BIN)/mypy

gate: $(VENV)/.installed-test  ## 2,000 random changes: the gate finds what validating everything finds (about 20 minutes)
	@GATE_CHANGES=2000 $(BIN)/python -m pytest tests/graph/test_gate_change.py

crash: $(VENV)/.installed-test  ## kill the server 500 times under writes and reads; nothing acknowledged is lost
	@CRASH_KILLS=500 $(BIN)/python -m pytest -s tests/server/test_write_crash.py

fuzz: $(VENV)/.installed-test  ## 10,000 requests at random against a server of its own
	@$(BIN)/python -m tests.server.fuzz --requests 10000

benchmark: build $(VENV)/.installed-test  ## speed of the server, as ratios of both sides of one run
	@$(BIN)/python -m tests.benchmarks.server_warm --state $(STATE)
	@$(BIN)/python -m tests.benchmarks.server_cold --state $(STATE)
	@$(BIN)/python -m tests.benchmarks.server_bombs --state $(STATE)

commits: $(VENV)/.installed-test  ## speed of changes to a graph of a million quads, and of reading beside them (about 12 minutes)
	@$(BIN)/python -m tests.benchmarks.commits

# The locks hold names, versions and hashes, and no address: which index serves them is the machine's own setting.
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-annotate
lock: $(BIN)/uv  ## pin the newest libraries that fit pyproject.toml
	@$(COMPILE) --group build -o requirements-build.lock
	@$(COMPILE) -c requirements-build.lock pyproject.toml -o requirements.lock
	@$(COMPILE) -c requirements.lock -c requirements-build.lock --extra test pyproject.toml -o requirements-test.lock

clean:  ## remove the environment and the built graph
	rm -rf $(VENV) $(STATE) build dist
