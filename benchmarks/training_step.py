"""Measure a training step of the network in params.yaml in TensorFlow, as this project trains it, and in PyTorch.

python -m benchmarks.training_step TORCH_PYTHON              writes benchmarks/training_step.json
python -m benchmarks.training_step TORCH_PYTHON CHECKOUT     also measures the step of another checkout

PyTorch is no dependency of this project. TORCH_PYTHON is the Python of an environment that has it:

python3 -m venv torch
torch/bin/pip install numpy torch

Both train on the same batches, by turns, each time in a new process.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.predict import processor
from speech_emotion.core import files, params
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network import model
from speech_emotion.network.batches import training_batches
from speech_emotion.network.settings import ModelSettings, TrainSettings

RESULT = Path("benchmarks", "training_step.json")
BATCHES = 20
ROUNDS = 3
COEFFICIENTS = 64
CLASSES = 7
LENGTHS = (15, 36)  # steps of 80 ms: clips of one to three seconds
TENSORFLOW_STEP = Path("benchmarks", "tensorflow_step.py").resolve()
PYTORCH_STEP = Path("benchmarks", "pytorch_step.py").resolve()


def main(torch_python: str, other_checkout: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_batches(Path(folder))
        programs = {
            "tensorflow": (".", sys.executable, TENSORFLOW_STEP, folder),
            "pytorch_packed": (".", torch_python, PYTORCH_STEP, folder, "packed"),
            "pytorch_reversed": (".", torch_python, PYTORCH_STEP, folder, "reversed"),
        }
        if other_checkout:
            programs["tensorflow_other_checkout"] = (other_checkout, sys.executable, TENSORFLOW_STEP, folder)
        measured = defaultdict(list)
        for _ in range(ROUNDS):
            for name, program in programs.items():
                measured[name].append(step_ms(*program))
    milliseconds = {name: round(float(np.median(values)), 2) for name, values in measured.items()}
    fastest_pytorch = min(milliseconds["pytorch_packed"], milliseconds["pytorch_reversed"])
    result = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "batch_size": params.load("train", TrainSettings).batch_size,
        "step_ms": milliseconds,
        "tensorflow_over_pytorch": round(milliseconds["tensorflow"] / fastest_pytorch, 2),
    }
    if other_checkout:
        result["over_other_checkout"] = round(milliseconds["tensorflow"] / milliseconds["tensorflow_other_checkout"], 2)
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def write_batches(folder: Path) -> None:
    """Write the batches, and what PyTorch needs to know of the network, since it cannot import the project."""
    generator = np.random.default_rng(0)
    settings = params.load("train", TrainSettings)
    lengths = generator.integers(*LENGTHS, BATCHES * settings.batch_size)
    sequences = [generator.normal(size=(length, COEFFICIENTS)).astype(np.float32) for length in lengths]
    partition = Partition([f"{clip}.wav" for clip in range(len(lengths))], sequences, np.arange(len(lengths)) % CLASSES)
    targets = np.eye(CLASSES, dtype=np.float32)[partition.targets]
    for number, (inputs, mixed) in enumerate(
        islice(training_batches(partition, targets, settings, generator), BATCHES)
    ):
        np.savez(folder / f"{number:03}.npz", targets=mixed, **inputs)

    model_settings = params.load("model", ModelSettings)
    inputs = model_settings.network_inputs()
    kinds = {item.representation for item in inputs}
    matrices = {kind: model.projection_matrix(kind, COEFFICIENTS, model_settings.mfcc_used) for kind in kinds}
    description = model_settings.model_dump() | {
        "inputs": [(item.representation, item.normalization) for item in inputs],
        "matrices": {kind: matrix.tolist() for kind, matrix in matrices.items()},
        "classes": CLASSES,
        "learning_rate": settings.learning_rate,
    }
    (folder / "network.json").write_text(json.dumps(description))


def step_ms(folder: str, *command: object) -> float:
    """Run a program in a folder, whose modules it imports, and return what it prints: milliseconds a step."""
    environment = os.environ | {"PYTHONPATH": "."}
    arguments = list(map(str, command))
    output = subprocess.run(arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True).stdout
    return float(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
