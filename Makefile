# Make targets. Each is a few plain commands, which you can also type without make. Targets that need Python first create
# .venv, the virtual environment.

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## Print this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 13

demo: .venv ## Run download to evaluation on the synthetic corpus, as an experiment: offline, in a temporary copy
	python -m experiments.demo

test: .venv ## Run all tests
	ruff check . && ruff format --check . && pytest -q -n auto --dist loadfile --no-loadscope-reorder --durations=20

quick: .venv ## Run the tests that need no pipeline, browser or server: about a minute
	pytest -q -n auto --dist loadfile -m "not slow"

repro: .venv ## Run the stages that changed, on the corpora in params.yaml
	dvc repro

seeds: .venv ## Train every protocol with more seeds, several at a time: how much do results vary?
	python -m experiments.repro experiments/seeds/dvc.yaml

voices: .venv ## Run the pipeline on many voices, several stages at a time: several corpora, tested on unknown speakers
	python -m experiments.repro voices/dvc.yaml

experiments: .venv ## Compare experiments: the UAR of every protocol, and the settings that differ
	python -m experiments.table

search: .venv ## Search for better settings, as experiments/search.yaml says; go on where the last search was stopped
	python -m experiments.search

bench: .venv ## Measure time and memory of predictions, next to Keras, of enrolment and of live speech
	python -m benchmarks.predict
	python -m benchmarks.enrolment
	python -m benchmarks.live

torture: .venv ## Kill the pipeline 20 times, fill the disk, forbid writing: does the next run end as if nothing happened?
	python -m experiments.torture

audit: .venv ## Report what the partitions of a split share: make audit SPLIT=table.csv (columns path, partition)
	speech-emotion audit $(or $(SPLIT),$(wildcard data/tess/splits/random.csv),--help)

live: .venv ## Recognize the emotion of live speech in this terminal
	speech-emotion live

app: .venv ## Serve a web page for recordings and live speech, on this machine only
	speech-emotion app

COMPILE = uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --python-version 3.11
pins: ## Compile requirements*.txt from pyproject.toml (needs uv)
	$(COMPILE) --all-extras --fork-strategy fewest -o requirements.txt
	$(COMPILE) -c requirements.txt -o requirements-predict.txt
	$(COMPILE) --extra live --extra app -c requirements.txt -o requirements-app.txt
	$(COMPILE) --group opensmile -c requirements.txt -o requirements-opensmile.txt

# uv if it is installed, because it is ten times faster; otherwise pip. Then the command `speech-emotion`, from this folder.
.venv: requirements.txt
	$(PYTHON) -m venv --clear .venv
	if command -v uv; then uv pip sync -q --compile-bytecode --python .venv/bin/python requirements.txt; else .venv/bin/pip install -q -r requirements.txt; fi
	.venv/bin/pip install -q --no-deps --no-build-isolation -e .
	touch .venv

.PHONY: help demo test quick repro seeds voices experiments search audit bench torture live app pins
