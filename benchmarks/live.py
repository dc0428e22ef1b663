"""How long live speech takes: the work behind a hop, and from the first word to the first label.

python -m benchmarks.live    writes benchmarks/live.json
"""

import time
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
EVERY = 14  # of the embedded corpus's clips, so that each voice and emotion is among those listened to
BLOCK = 0.05  # seconds


def main() -> None:
    predictor, work, delays = Predictor(), [], []
    settings = params.load_section("generate", generate.Settings, generate.CORPUS)
    for number, (_, samples) in enumerate(generate.clips(settings)):
        if number % EVERY == number // EVERY % EVERY:  # another emotion each time
            signal = loading.resample((samples / 32768).astype(np.float32), speech.RATE, RATE)
            delays.append(listen(predictor, signal, work))
    result = {
        "processor": processor(),
        "clips": len(delays),
        "hop_seconds": StreamingSettings().hop,
        "hop_ms_median": round(1000 * float(np.median(work)), 1),
        "hop_ms_95_percent": round(1000 * float(np.percentile(work, 95)), 1),
        "first_label_seconds_median": round(float(np.median(delays)), 2),
        "first_label_seconds_longest": round(max(delays), 2),
    }
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def listen(predictor: Predictor, signal: np.ndarray, work: list[float]) -> float:
    """Listen to a second of nothing, then `signal`; add every hop's seconds of work, return the first label's delay."""
    listener, size = StreamingPredictor(predictor, RATE), round(BLOCK * RATE)
    signal, first = np.concatenate([np.zeros(RATE, np.float32), signal]), np.inf
    spent = 0.0
    for start in range(0, len(signal), size):
        begin = time.perf_counter()
        moments = listener.feed(signal[start : start + size])
        spent += time.perf_counter() - begin
        if moments:
            work.append(spent)
            spent = 0.0
        if any(moment.prediction.label != NO_SPEECH for moment in moments):
            first = min(first, (start + size) / RATE - 1)
    return first


if __name__ == "__main__":
    main()
