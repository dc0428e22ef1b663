"""Measure live prediction: the compute time of a hop, and the time from the first sound to the first label.

python -m benchmarks.live    writes benchmarks/live.json
"""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.predict import processor
from corpora.synthetic import generate, speech
from speech_emotion.audio import loading
from speech_emotion.core import files, params
from speech_emotion.inference.predictor import NO_SPEECH, Predictor
from speech_emotion.inference.streaming import StreamingPredictor, StreamingSettings
from speech_emotion.inference.voice_activity import RATE

RESULT = Path("benchmarks", "live.json")
STRIDE = 15  # between the clips that are played; the emotions of the clips alternate, and 15 reaches all seven
CHUNK = round(0.05 * RATE)  # samples


def main() -> None:
    predictor = Predictor()
    compute_seconds = []
    first_labels = []
    for signal in signals():
        first_labels.append(play(StreamingPredictor(predictor, RATE), signal, compute_seconds))
    delays = [delay for delay in first_labels if delay is not None]
    result = {
        "processor": processor(),
        "clips": len(first_labels),
        "clips_without_label": len(first_labels) - len(delays),
        "hop_seconds": StreamingSettings().hop,
        "hop_ms_median": round(1000 * float(np.median(compute_seconds)), 1),
        "hop_ms_95_percent": round(1000 * float(np.percentile(compute_seconds, 95)), 1),
        "first_label_seconds_median": round(float(np.median(delays)), 2),
        "first_label_seconds_longest": round(max(delays), 2),
    }
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def signals() -> Iterator[np.ndarray]:
    """Yield every STRIDE-th clip of the synthetic corpus at RATE, which includes all voices and emotions."""
    settings = params.load("generate", generate.Settings, generate.DESCRIPTION)
    for _, samples in islice(generate.clips(settings), 0, None, STRIDE):
        yield loading.resample((samples / 32768).astype(np.float32), speech.RATE, RATE)


def play(streaming: StreamingPredictor, signal: np.ndarray, compute_seconds: list[float]) -> float | None:
    """Feed a second of silence and then `signal`. Return the delay of the first label in seconds, None without one.

    The compute time of each hop in seconds is appended to `compute_seconds`.
    """
    signal = np.concatenate([np.zeros(RATE, np.float32), signal])
    first_label = None
    elapsed = 0.0
    for start in range(0, len(signal), CHUNK):
        begin = time.perf_counter()
        predictions = streaming.feed(signal[start : start + CHUNK])
        elapsed += time.perf_counter() - begin
        if predictions:
            compute_seconds.append(elapsed)
            elapsed = 0.0
        if first_label is None and any(live.prediction.label != NO_SPEECH for live in predictions):
            first_label = (start + CHUNK) / RATE - 1
    return first_label


if __name__ == "__main__":
    main()
