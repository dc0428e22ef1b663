"""How long a prediction takes and how much memory, beside a plain Keras prediction of the same clip in the same run.

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

from speech_emotion.audio import loading, mfcc
from speech_emotion.core import files, params
from speech_emotion.inference import predictor
from speech_emotion.network import batches, model
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.network.settings import ModelSettings

RESULT = Path("benchmarks", "predict.json")
RATE = 16000
CLIP, RECORDING = 2.0, 1200.0  # seconds
# A process starts with the peak memory of the one that started it, so that a small one does.
LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
KERAS = "import sys; from benchmarks.predict import keras_prediction; keras_prediction(sys.argv[1])()"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip, recording = sound(Path(folder, "clip.wav"), CLIP), sound(Path(folder, "recording.wav"), RECORDING)
        result = {
            "processor": processor(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "clip_seconds": CLIP,
            "recording_seconds": RECORDING,
            "shipped": shipped(clip, recording),
            "keras": keras(clip),
        }
    ours, theirs = result["shipped"], result["keras"]
    result["keras_over_shipped"] = {key: round(theirs[key] / ours[key], 1) for key in theirs}
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def shipped(clip: Path, recording: Path) -> dict[str, float]:
    predictor = predictor.Predictor()
    signal, _ = soundfile.read(clip, dtype="float32")
    window = np.resize(signal, 3 * RATE)
    cold = [process("-m", "ser", clip) for _ in range(5)]
    seconds, megabytes = process("-m", "ser", recording)
    return {
        "cold_start_s": round(float(np.median([second for second, _ in cold])), 3),
        "cold_start_mb": round(max(megabyte for _, megabyte in cold)),
        "clip_ms": median_ms(lambda: predictor.predict(loading.load(clip, RATE), RATE)),
        "window_ms": median_ms(lambda: predictor.predict(window, RATE)),
        "recording_s": round(seconds, 2),
        "recording_mb": round(megabytes),
    }


def keras(clip: Path) -> dict[str, float]:
    seconds, megabytes = process("-c", KERAS, clip)
    return {
        "cold_start_s": round(seconds, 3),
        "cold_start_mb": round(megabytes),
        "clip_ms": median_ms(keras_prediction(clip), 30),
    }


def keras_prediction(clip: Path) -> Callable[[], np.ndarray]:
    """Return what reads and classifies the clip with librosa and Keras; its weights do not matter to its speed."""
    from speech_emotion.network import batches
    from speech_emotion.network import model

    mfcc, network = params.load_section("features", FeatureSettings), params.load_section("model", ModelSettings)
    built = model.build_model(mfcc.n_mfcc, 1 + mfcc.deltas, 7, network)

    def prediction() -> np.ndarray:
        sequence = mfcc.extract(loading.load(Path(clip), mfcc.sample_rate), mfcc)
        return built.predict(batches.network_inputs([sequence], np.ones(1, np.float32)), verbose=0)

    return prediction


def sound(path: Path, seconds: float) -> Path:
    """Write a gliding harmonic tone with noise, over and over."""
    moment = np.arange(round(CLIP * RATE)) / RATE
    phase = 2 * np.pi * (180 * moment + 20 * np.sin(3 * moment))
    tone = sum(np.sin(n * phase) / n for n in range(1, 16))
    signal = 0.1 * tone + 0.01 * np.random.default_rng(0).standard_normal(len(moment))
    soundfile.write(path, np.resize(signal, round(seconds * RATE)), RATE)
    return path


def process(*arguments: object) -> tuple[float, float]:
    """Run Python with the arguments; return its wall time in seconds and its peak memory in MB."""
    command = [sys.executable, "-c", LAUNCHER, sys.executable, *map(str, arguments)]
    seconds, peak = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[-2:]
    return float(seconds), int(peak) / (2**20 if sys.platform == "darwin" else 2**10)


def median_ms(work: Callable[[], object], times: int = 200) -> float:
    """Return the median time of a call in milliseconds, after a few that are not counted."""
    taken = []
    for _ in range(times + 5):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return round(1000 * float(np.median(taken[5:])), 3)


def processor() -> str:
    """Return the processor's model, as Linux knows it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


if __name__ == "__main__":
    main()
