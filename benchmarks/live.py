"""Measure live prediction: the compute time of a hop, and the time from the first sound to the first label.

python -m benchmarks.live    writes benchmarks/live.json
"""

import time
from collections.abc import Iterator
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
EVERY = 14  # of the clips that are played
BLOCK = round(0.05 * RATE)  # samples


def main() -> None:
    predictor = Predictor()
    hop_seconds = []
    delays = []
    for signal in signals():
        delays.append(play(StreamingPredictor(predictor, RATE), signal, hop_seconds))
    result = {
        "processor": processor(),
        "clips": len(delays),
        "hop_seconds": StreamingSettings().hop,
        "hop_ms_median": round(1000 * float(np.median(hop_seconds)), 1),
        "hop_ms_95_percent": round(1000 * float(np.percentile(hop_seconds, 95)), 1),
        "first_label_seconds_median": round(float(np.median(delays)), 2),
        "first_label_seconds_longest": round(max(delays), 2),
    }
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def signals() -> Iterator[np.ndarray]:
    """Yield every EVERY-th clip of the embedded corpus at RATE, another emotion each time; all voices are in."""
    settings = params.load_section("generate", generate.Settings, generate.CORPUS)
    for number, (_, samples) in enumerate(generate.clips(settings)):
        if number % EVERY == number // EVERY % EVERY:
            yield loading.resample((samples / 32768).astype(np.float32), speech.RATE, RATE)


def play(streaming: StreamingPredictor, signal: np.ndarray, hop_seconds: list[float]) -> float:
    """Feed a second of silence and then `signal`. Return the delay of the first label in seconds.

    The compute time of each hop in seconds is appended to `hop_seconds`.
    """
    signal = np.concatenate([np.zeros(RATE, np.float32), signal])
    first_label = np.inf
    elapsed = 0.0
    for start in range(0, len(signal), BLOCK):
        begin = time.perf_counter()
        predictions = streaming.feed(signal[start : start + BLOCK])
        elapsed += time.perf_counter() - begin
        if predictions:
            hop_seconds.append(elapsed)
            elapsed = 0.0
        if any(live.prediction.label != NO_SPEECH for live in predictions):
            first_label = min(first_label, (start + BLOCK) / RATE - 1)
    return first_label


if __name__ == "__main__":
    main()
