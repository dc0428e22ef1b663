"""What the page is told, as JSON: about the model, a recording, and a moment of live speech."""

import base64
from pathlib import Path

import numpy as np

from speech_emotion.audio import loading
from speech_emotion.inference import timeline
from speech_emotion.core.emotions import color
from speech_emotion.core.errors import UserError, require
from speech_emotion.core.formatting import printable
from speech_emotion.inference.output import round_probabilities
from speech_emotion.inference.predictor import Prediction, Predictor
from speech_emotion.inference.streaming import LivePrediction

SECONDS = 600  # of a recording
COLUMNS = 600  # of the waveform
DEVIATIONS = 2.5  # of a coefficient, from the palest to the strongest colour, as in metrics/<corpus>/examples.png


def about(predictor: Predictor) -> dict:
    """Return the model's labels and colours, what it was trained on, how right it is and its licence."""
    own = predictor.metadata
    return {
        "labels": {label: color(label) for label in predictor.labels},
        "corpus": own.get("corpus", ""),
        "licence": own.get("licence", ""),
        "citation": own.get("citation", ""),
        "scores": own.get("scores", {}),
        "held_out": own.get("held_out", {}),
    }


def classify(predictor: Predictor, path: Path, name: str) -> dict:
    """Return what is heard in a recording, its outline and its MFCCs.

    Raises:
        UserError: the recording is refused, or is longer than SECONDS.
    """
    name = printable(name)
    signal = _load(path, predictor.sample_rate, name)
    try:
        heard = timeline.classify(predictor, [signal])
    except UserError as error:
        raise UserError(f"{name}: {error}") from error
    return {
        "name": name,
        "duration": heard.whole.duration,
        **judgement(heard.whole),
        "segments": [{"start": item.start, "end": item.end, **judgement(item.prediction)} for item in heard.segments],
        "waveform": outline(signal),
        "mfcc": _mfcc(predictor, signal, max(heard.segments, key=lambda item: item.prediction.confidence)),
    }


def moment(now: LivePrediction) -> dict:
    """Return a moment of live speech."""
    return {"time": now.time, "level": now.level, "voice": now.voice, "window": now.window, **judgement(now.prediction)}


def judgement(prediction: Prediction) -> dict:
    return {
        "label": prediction.label,
        "emotion": prediction.emotion,
        "confidence": round(prediction.confidence, 4),
        "probabilities": round_probabilities(prediction.probabilities),
    }


def outline(signal: np.ndarray) -> list[list[float]]:
    """Return the lowest and the highest sample of every column of a waveform; float32 (samples,), one at least."""
    starts = np.linspace(0, len(signal), min(COLUMNS, len(signal)), endpoint=False).astype(int)
    sides = np.stack([np.minimum.reduceat(signal, starts), np.maximum.reduceat(signal, starts)], axis=1)
    return np.round(sides.astype(float), 4).tolist()


def line(error: UserError) -> str:
    """Return an error as one line."""
    return " ".join(str(error).split())


def _load(path: Path, rate: int, name: str) -> np.ndarray:
    pieces, total = [], 0
    for piece in loading.stream(path, rate, name):
        pieces.append(piece)
        total += len(piece)
        too_long = f"{name}: is longer than {SECONDS // 60} minutes; cut it, or use python -m ser"
        require(total <= SECONDS * rate, too_long)
    return np.concatenate(pieces)


def _mfcc(predictor: Predictor, signal: np.ndarray, part: timeline.Segment) -> dict:
    """Return the MFCCs of a part as bytes from the lowest to the highest value, a row a coefficient, base64."""
    start, end = (round(time * predictor.sample_rate) for time in (part.start, part.end))
    frames = predictor.mfcc(signal[start:end])  # (frames, coefficients)
    normal = (frames - frames.mean(axis=0)) / np.maximum(frames.std(axis=0), 1e-6)
    levels = np.clip(np.round(127.5 * (1 + normal.T / DEVIATIONS)), 0, 255).astype(np.uint8)  # (coefficients, frames)
    rows, columns = levels.shape
    own = predictor.metadata["features"]
    return {
        "start": part.start,
        "end": part.end,
        "rows": rows,
        "columns": columns,
        "column_ms": round(1000 * own["hop_length"] * own["pool"] / own["sample_rate"]),
        "data": base64.b64encode(levels.tobytes()).decode(),
    }
