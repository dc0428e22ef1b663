# Make targets. Each is a few plain commands, which you can also type without make. Targets that need Python first create
# .venv, the virtual environment.

PYTHON ?= python3
PROTOCOLS = random words speaker-1 speaker-2
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## Print this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 8

demo: .venv ## Run download to evaluation on the synthetic corpus, as an experiment: offline, in a temporary copy
	dvc exp remove --quiet demo 2>/dev/null || true
	dvc exp run --temp --name demo -S 'corpora=[tess,synthetic]' -S train.epochs=8 plot_examples@synthetic $(PROTOCOLS:%=evaluate@synthetic-%)
	dvc metrics diff HEAD demo --md 2>/dev/null | grep -E 'Metric|---|uar|ece'
	dvc plots diff demo --targets metrics/synthetic/examples.png $(PROTOCOLS:%=metrics/synthetic/%) --out demo && echo "pictures: demo/static"

test: .venv ## Run all tests
	ruff check . && ruff format --check . && pytest -q -n auto --dist loadfile --durations=10

quick: .venv ## Run the tests that need no pipeline, browser or server: under a minute
	pytest -q -n auto --dist loadfile -m "not slow"

repro: .venv ## Run the stages that changed, on the corpora in params.yaml
	dvc repro

seeds: .venv ## Train every protocol with more seeds: how much do results vary?
	dvc repro experiments/seeds/dvc.yaml

bench: .venv ## Measure time and memory of predictions, next to Keras, and of live speech
	python -m benchmarks.predict
	python -m benchmarks.live

audit: .venv ## Report what the partitions of a split share: make audit SPLIT=table.csv (columns path, partition)
	python -m speech_emotion.splits.audit $(or $(SPLIT),$(wildcard data/tess/splits/random.csv),--help)

live: .venv ## Recognize the emotion of live speech in this terminal
	python -m app.live

app: .venv ## Serve a web page for recordings and live speech, on this machine only
	python -m app.web

pins: ## Compile requirements*.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml -q --all-extras --group app --universal --fork-strategy fewest --generate-hashes --no-header --python-version 3.11 -o requirements.txt
	uv pip compile -q --group predict --universal --generate-hashes --no-header --python-version 3.11 -c requirements.txt -o requirements-predict.txt
	uv pip compile -q --group app --universal --generate-hashes --no-header --python-version 3.11 -c requirements.txt -o requirements-app.txt

# uv if it is installed, because it is ten times faster; otherwise pip.
.venv: requirements.txt
	$(PYTHON) -m venv --clear .venv
	if command -v uv; then uv pip sync -q --compile-bytecode --python .venv/bin/python requirements.txt; else .venv/bin/pip install -q -r requirements.txt; fi
	touch .venv

.PHONY: help demo test quick repro seeds audit bench live app pins
