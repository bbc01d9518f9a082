# The verbs of this project. Each sets up what it needs; none needs root.

PYTHON ?= python3
BIN := .venv/bin
# One process per core and one more, since many tests wait for a site or a process; tests of one file stay together, for
# they share what is slow to make; the longest files first.
PROCESSES = $$(($$(getconf _NPROCESSORS_ONLN) + 1))
PYTEST = $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
# Tests start hundreds of processes: each would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE
# Further arguments for pytest: make test ARGS="tests/diffs -k target"
ARGS ?=

.PHONY: help demo test check fix score score-check bench man build release lock clean setup setup-tests

# Say what there is.
help:
	@awk '/^# /{line=substr($$0,3)} /^[a-z-]+:/{split($$1,word,":"); if (line) printf "  make %-8s %s\n", word[1], line; line=""}' Makefile

# Run the whole way on this machine, without the internet: a small marketplace, its history, what is reported.
demo: setup
	$(BIN)/policywatch demo

# Run the quick tests: minutes. The long ones (labelled histories, many browsers, built wheels) are left to check.
test: setup-tests
	$(PYTEST) -m "not corpus and not slow" $(ARGS)

# Everything a change must pass: lint, format, types, arrows, all tests, coverage by the quick ones.
check: setup-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(PYTEST) --cov --cov-report= -m "not corpus and not slow" $(ARGS)
	$(BIN)/coverage report
	$(BIN)/coverage report --fail-under=100 --include="$$($(BIN)/python dev.py pure)"
	$(PYTEST) -m "corpus or slow" $(ARGS)

# Fix lint and format.
fix: setup-tests
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Score the labelled histories: precision, recall, material recall.
score: setup
	$(BIN)/python benchmarks/score.py

# The same on histories that nobody may tune to: run it, report the figures, then look.
score-check: setup
	$(BIN)/python benchmarks/score.py ../shared/corpus-check

# Measure speed and memory as ratios against named references.
bench: setup-tests
	$(BIN)/python benchmarks/compare.py
	$(BIN)/python benchmarks/crawl.py
	$(BIN)/python benchmarks/feed.py
	$(BIN)/python benchmarks/fetch.py
	$(BIN)/python benchmarks/history.py
	$(BIN)/python benchmarks/hostile.py
	$(BIN)/python benchmarks/judge.py
	$(BIN)/python benchmarks/lines.py
	$(BIN)/python benchmarks/notices.py
	$(BIN)/python benchmarks/start_up.py
	$(BIN)/python benchmarks/wording.py

# Write the manual page from the commands: docs/policywatch.1
man: setup-tests
	$(BIN)/python docs/manual.py

# Build the wheel and the source archive into dist/.
build: man
	$(BIN)/python -m build --no-isolation

# Check, build, and say what a release still needs.
release: check
	rm -rf build dist
	$(MAKE) build
	@echo "dist/ is ready. Date the section in CHANGELOG.md, tag the commit, upload dist/*."

# Take the newest versions that fit into both locks (needs uv; its own lock names hosts and stays out).
lock:
	uv lock --upgrade
	uv export $(EXPORT) --group build --output-file requirements.lock
	uv export $(EXPORT) --group dev --output-file requirements-dev.lock

EXPORT := --quiet --frozen --format requirements-txt --no-header --no-annotate --no-emit-project --no-default-groups

# Remove what was made, the environment too; data folders stay.
clean:
	rm -rf .venv build dist *.egg-info .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis demo

setup:
	@$(PYTHON) dev.py

setup-tests:
	@$(PYTHON) dev.py tests
