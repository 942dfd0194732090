# make run: the register on this machine, with a demo school where there is none (DEMO=0: an empty school).
# make check: linters, types and import contracts; seconds once their caches are warm. make format: what they can put right.
# make test: make check and all tests, T=tests/register only those. make bench: speed beside a rival's, under load, on a
# day, and of a district beside raw SQL (SCHOOLS=500: 100 million marks); GROWTH=1: in growing schools, drawn into
# docs/speed.md; WEEK=100000: memory over so many visits; FAULTS=1: kills (KILLS=500), full disks, lost logs, as a table.
# make coverage: all tests, with the lines of the product that none of them runs; CI counts them too, and has a floor.
# make audit: asks the network for known faults of the pinned libraries; tests/house asks the advisories that are kept here.
# make guides: the pictures of the guides, taken in a demonstration school; before a release is packed.
# make fast: the tests of the subjects changed since origin/main (the last commit, where there is no origin), without browser
# and Spark; the rules of the house, the register and the store where no subject has changed.
DEMO ?= 1
PORT ?= 8501
PYTHON ?= python3
T ?= tests
SCHOOLS ?= 100
BIN := .venv/bin
# One file of tests a core, the long ones of the browser not left to the end; a thread more in a file would only wait for the
# other file.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder
# What pytest needs to count lines: see tests/lines_run.py.
LINES := SLIPCOVER_ENABLED=1 SLIPCOVER_SOURCE=server,pages,school,pipelines,models,demo,docs
NODE := $(shell command -v node && command -v npm >/dev/null)
CHANGED = $(shell { git diff --name-only $$(git merge-base HEAD origin/main 2>/dev/null || echo HEAD); \
	git ls-files --others --exclude-standard; } | sed -nE \
	's:^(school|pages|tests)/([a-z_]+)/.*:tests/\2:p; s:^(pipelines|models|demo)/.*:tests/\1:p; s:^server/.*:tests/sign_in:p' | sort -u)
SUBJECTS = $(filter-out tests/browser tests/grid,$(wildcard $(CHANGED)))

.PHONY: run check format test coverage audit fast grid guides bench clean

run: .venv/run-ready
ifeq ($(DEMO),1)
	$(BIN)/python -m demo --if-missing
else
	$(BIN)/python -m school.store create --if-missing
endif
	$(BIN)/python -m server --server.port $(PORT) --server.address localhost

check: .venv/test-ready $(if $(NODE),node_modules/.ready)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(NODE),npm run --silent lint,@echo "JavaScript is not checked: no node here")

format: .venv/test-ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check $(if $(filter tests,$(T)),grid)
	$(if $(filter tests,$(T)),$(if $(CI),$(LINES))) $(PYTEST) $(T)

coverage: .venv/test-ready
	$(LINES) $(PYTEST) tests

audit:
	$(PYTHON) -m venv .venv/audit
	.venv/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	.venv/audit/bin/pip-audit --no-deps --disable-pip -r constraints.txt -r requirements-cluster.txt
	$(if $(NODE),npm audit,@echo "JavaScript is not audited: no node here")

fast: .venv/test-ready
	$(PYTEST) -m "not browser" -k "not spark" $(or $(SUBJECTS),tests/house tests/register tests/store)

grid: $(if $(NODE),node_modules/.ready)
	$(if $(NODE),npm test --silent,@echo "JavaScript is not tested: no node here")

guides: .venv/test-ready
	$(BIN)/python -m docs.pictures

bench: .venv/test-ready
	$(BIN)/python -m $(if $(FAULTS),benchmarks.faults,$(if $(GROWTH),benchmarks.growth,$(if $(WEEK),benchmarks.crowd.week $(WEEK),benchmarks --schools $(SCHOOLS))))

clean:
	rm -rf .venv .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis node_modules data/bench

.venv/run-ready: requirements.txt constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements.txt
	touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	touch $@

node_modules/.ready: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
