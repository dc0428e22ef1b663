"""Measure how long it takes to enroll a person with 35 clips, and how much longer a prediction takes with a voice.

python -m benchmarks.enrolment    writes benchmarks/enrolment.json
"""

import os
import time
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.predict import median_ms, processor
from corpora.synthetic import generate, speech
from speech_emotion.audio import loading
from speech_emotion.core import files, params
from speech_emotion.inference.predictor import Predictor

RESULT = Path("benchmarks", "enrolment.json")
RATE = 16000  # Hz
CLIPS = 5  # of each emotion


def main() -> None:
    predictor = Predictor()
    sentences = read_sentences(CLIPS * len(predictor.labels))
    clips = {label: sentences[place :: len(predictor.labels)] for place, label in enumerate(predictor.labels)}
    start = time.perf_counter()
    voice = predictor.enroll(clips, RATE)
    seconds = time.perf_counter() - start
    without = median_ms(lambda: predictor.predict(sentences[0], RATE), 500)
    with_voice = median_ms(lambda: predictor.predict(sentences[0], RATE, voice=voice), 500)
    result = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "clips": len(sentences),
        "clip_seconds": round(float(np.mean([len(signal) for signal in sentences])) / RATE, 1),
        "enroll_s": round(seconds, 2),
        "predict_ms": without,
        "longer_with_a_voice_ms": round(with_voice - without, 3),
    }
    files.write_json(RESULT, result)
    print(RESULT.read_text(), end="")


def read_sentences(number: int) -> list[np.ndarray]:
    """Return the first sentences of the synthetic corpus, float32 (samples,) at RATE."""
    settings = params.load("generate", generate.Settings, generate.DESCRIPTION)
    spoken = [samples for _, samples in islice(generate.clips(settings), number)]
    return [loading.resample((samples / 32768).astype(np.float32), speech.RATE, RATE) for samples in spoken]


if __name__ == "__main__":
    main()
