# make run: the register on this machine, with a demo school where there is none (DEMO=0: an empty school).
# make test: linters, types, import contracts and all tests. make bench: speed, beside the rivals' figures.
DEMO ?= 1
PORT ?= 8501
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint bench clean

run: .venv/run-ready
ifeq ($(DEMO),1)
	$(BIN)/python -m demo --if-missing
endif
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.address localhost

test: .venv/test-ready lint
	$(BIN)/pytest -n 2 --dist loadfile

lint: .venv/test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/test-ready
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis data/bench

.venv/run-ready: requirements.txt constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements.txt
	touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -r requirements-dev.txt
	touch $@
