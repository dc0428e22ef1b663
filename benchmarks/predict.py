"""Measure time and memory of a prediction with the shipped model, and of one with librosa and Keras for comparison.

python -m benchmarks.predict    writes benchmarks/predict.json
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from speech_emotion.audio import loading
from speech_emotion.core import files, params
from speech_emotion.inference.predictor import Predictor

RESULT = Path("benchmarks", "predict.json")
RATE = 16000  # Hz
CLIP_SECONDS = 2.0
RECORDING_SECONDS = 1200.0
WINDOW_SECONDS = 3
# A child's reported peak memory includes its parent's, so a small process starts it.
LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
KERAS = """
import pathlib, sys
from benchmarks.predict import keras_prediction
keras_prediction(pathlib.Path(sys.argv[1]), int(sys.argv[2]))()
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip = write_sound(Path(folder, "clip.wav"), CLIP_SECONDS)
        recording = write_sound(Path(folder, "recording.wav"), RECORDING_SECONDS)
        shipped = measure_shipped(clip, recording)
        keras = measure_keras(clip, len(Predictor().labels))
    result = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "clip_seconds": CLIP_SECONDS,
        "recording_seconds": RECORDING_SECONDS,
        "shipped": shipped,
        "keras": keras,
        "keras_over_shipped": {key: round(keras[key] / shipped[key], 1) for key in keras},
    }
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def measure_shipped(clip: Path, recording: Path) -> dict[str, float]:
    cold_starts = [run_python("-m", "speech_emotion", clip) for _ in range(5)]
    recording_seconds, recording_megabytes = run_python("-m", "speech_emotion", recording)
    predictor = Predictor()
    window = np.resize(loading.load(clip, RATE), WINDOW_SECONDS * RATE)
    return {
        "cold_start_s": round(float(np.median([seconds for seconds, _ in cold_starts])), 3),
        "cold_start_mb": round(max(megabytes for _, megabytes in cold_starts)),
        "clip_ms": median_ms(lambda: predictor.predict(loading.load(clip, RATE), RATE)),
        "window_ms": median_ms(lambda: predictor.predict(window, RATE)),
        "recording_s": round(recording_seconds, 2),
        "recording_mb": round(recording_megabytes),
    }


def measure_keras(clip: Path, classes: int) -> dict[str, float]:
    seconds, megabytes = run_python("-c", KERAS, clip, classes)
    return {
        "cold_start_s": round(seconds, 3),
        "cold_start_mb": round(megabytes),
        "clip_ms": median_ms(keras_prediction(clip, classes), 30),
    }


def keras_prediction(clip: Path, classes: int) -> Callable[[], np.ndarray]:
    """Return a function that reads and classifies the clip. The network is untrained, but as fast as a trained one."""
    from speech_emotion.audio import mfcc
    from speech_emotion.network import batches, model
    from speech_emotion.network.settings import ModelSettings

    features = params.load("features", mfcc.FeatureSettings)
    network = model.build_model(features.n_mfcc, classes, params.load("model", ModelSettings))

    def predict() -> np.ndarray:
        sequence = mfcc.extract(loading.load(clip, features.sample_rate), features)
        return network.predict(batches.network_inputs([sequence], np.ones(1, np.float32)), verbose=0)

    return predict


def write_sound(path: Path, seconds: float) -> Path:
    """Write a gliding harmonic tone with noise, repeated every CLIP_SECONDS."""
    times = np.arange(round(CLIP_SECONDS * RATE)) / RATE
    phase = 2 * np.pi * (180 * times + 20 * np.sin(3 * times))
    tone = sum(np.sin(n * phase) / n for n in range(1, 16))
    signal = 0.1 * tone + 0.01 * np.random.default_rng(0).standard_normal(len(times))
    soundfile.write(path, np.resize(signal, round(seconds * RATE)), RATE)
    return path


def run_python(*arguments: object) -> tuple[float, float]:
    """Run Python with the arguments. Return its wall time in seconds and its peak memory in MB."""
    command = [sys.executable, "-c", LAUNCHER, sys.executable, *map(str, arguments)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, peak = output.split()[-2:]
    bytes_per_unit = 1 if sys.platform == "darwin" else 2**10
    return float(seconds), int(peak) * bytes_per_unit / 2**20


def median_ms(function: Callable[[], object], calls: int = 200) -> float:
    """Return the median time of a call in milliseconds, after five calls to warm up."""
    seconds = []
    for _ in range(calls + 5):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return round(1000 * float(np.median(seconds[5:])), 3)


def processor() -> str:
    """Return the model of the processor; only Linux knows more than its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
