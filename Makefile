# The words of this project. Each is a line or two of plain commands, which can be typed without make as well.
# `python` is the one of .venv, which every word makes first if it is not there yet.

PYTHON ?= python3
FOLDS = random words speaker-1 speaker-2
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## Print these words
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 8

demo: .venv ## Run download to evaluate on the embedded corpus, as an experiment: no network, no edit
	dvc exp remove --quiet demo 2>/dev/null || true
	dvc exp run --temp --name demo -S 'corpora=[tess,synthetic]' -S train.epochs=8 illustrate@synthetic $(FOLDS:%=evaluate@synthetic-%)
	dvc metrics diff HEAD demo --md 2>/dev/null | grep -E 'Metric|---|uar|accuracy'
	dvc plots diff demo --targets metrics/synthetic/examples.png $(FOLDS:%=metrics/synthetic/%) --out demo && echo "pictures: demo/static"

test: .venv ## Run the tests
	ruff check . && ruff format --check . && pytest -q -n auto --dist loadfile

repro: .venv ## Run what has changed, on the corpora in params.yaml
	dvc repro

seeds: .venv ## Train every fold with five more seeds: how much of a result is chance
	dvc repro seeds/dvc.yaml

bench: .venv ## Measure time and memory of a prediction, beside Keras, and of live speech
	python -m benchmarks.predict
	python -m benchmarks.live

audit: .venv ## Say what a split's parts share: make audit SPLIT=table.csv (path, part)
	python -m ser.audit $(or $(SPLIT),$(wildcard data/tess/splits/random.csv),--help)

live: .venv ## Name the emotion of live speech in this terminal
	python -m app.microphone

app: .venv ## Serve a page for recordings and live speech to this machine
	python -m app.web

pins: ## Compile requirements.txt from pyproject.toml (needs uv)
	uv pip compile pyproject.toml -q --all-extras --group app --universal --fork-strategy fewest --generate-hashes --no-header --python-version 3.11 -o requirements.txt
	uv pip compile -q --group predict --universal --generate-hashes --no-header --python-version 3.11 -c requirements.txt -o requirements-predict.txt
	uv pip compile -q --group app --universal --generate-hashes --no-header --python-version 3.11 -c requirements.txt -o requirements-app.txt

# uv where it is there, for it is ten times faster; pip otherwise.
.venv: requirements.txt
	$(PYTHON) -m venv --clear .venv
	if command -v uv; then uv pip sync -q --python .venv/bin/python requirements.txt; else .venv/bin/pip install -q -r requirements.txt; fi
	touch .venv

.PHONY: help demo test repro seeds audit bench live app pins
