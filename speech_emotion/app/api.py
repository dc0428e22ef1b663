"""The JSON that the page gets: about the model, about a recording, and about live speech."""

import base64
from pathlib import Path

import numpy as np

from speech_emotion.audio import loading
from speech_emotion.core.emotions import color
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference import timeline
from speech_emotion.inference.output import round_probabilities
from speech_emotion.inference.predictor import Prediction, Predictor
from speech_emotion.inference.streaming import LivePrediction

MAX_SECONDS = 600  # longest recording
WAVEFORM_COLUMNS = 600
MFCC_RANGE = 2.5  # standard deviations from the mean to the strongest color, as in metrics/<corpus>/examples.png


def model_info(predictor: Predictor) -> dict:
    """Describe the model: its emotions and their colors, the corpora it was trained on, and how good it is.

    `strangers` are from `packaging.strangers.expectations`. `recall` is the recall of each emotion: the mean over these
    items.
    """
    metadata = predictor.metadata
    strangers = metadata.get("strangers", [])
    return {
        "colors": {label: color(label) for label in predictor.labels},
        "corpora": metadata.get("corpora", []),
        "strangers": strangers,
        "recall": _mean_recalls(strangers, predictor.labels),
        "threshold": predictor.threshold,
    }


def classify_recording(predictor: Predictor, path: Path, name: str, voice: Voice | None = None) -> dict:
    """Return the predictions for a recording, with its waveform and its MFCCs to draw.

    `voice` is who speaks, if the person was enrolled.

    Raises:
        UserError: the recording cannot be read, is longer than MAX_SECONDS, or is too short.
    """
    signal = _load(path, predictor.sample_rate, name)
    try:
        result = timeline.classify(predictor, [signal], voice=voice)
    except UserError as error:
        raise UserError(f"{name}: {error}") from error
    most_confident = max(result.segments, key=lambda segment: segment.prediction.confidence)
    return {
        "name": name,
        "duration": result.whole.duration,
        **prediction_fields(result.whole),
        "segments": [
            {"start": segment.start, "end": segment.end, **prediction_fields(segment.prediction)}
            for segment in result.segments
        ],
        "waveform": waveform(signal),
        "mfcc": _mfcc_image(predictor, signal, most_confident),
    }


def live_fields(live: LivePrediction) -> dict:
    """Return what the page shows at the end of a hop."""
    return {"time": live.time, "rms": live.rms, **prediction_fields(live.prediction)}


def prediction_fields(prediction: Prediction) -> dict:
    return {
        "label": prediction.label,
        "emotion": prediction.emotion,
        "confidence": round(prediction.confidence, 4),
        "probabilities": round_probabilities(prediction.probabilities),
    }


def waveform(signal: np.ndarray) -> list[list[float]]:
    """Return [lowest, highest sample] for each column of the picture; `signal` is (samples,) with at least one."""
    starts = np.linspace(0, len(signal), min(WAVEFORM_COLUMNS, len(signal)), endpoint=False).astype(int)
    lowest = np.minimum.reduceat(signal, starts)
    highest = np.maximum.reduceat(signal, starts)
    return np.stack([lowest, highest], axis=1).astype(float).round(4).tolist()


def _mean_recalls(strangers: list[dict], labels: list[str]) -> dict[str, float]:
    """Return the mean recall of each emotion over the items that have it."""
    means = {}
    for label in labels:
        recalls = [item["recall"][label] for item in strangers if label in item["recall"]]
        if recalls:
            means[label] = float(np.mean(recalls))
    return means


def _load(path: Path, rate: int, name: str) -> np.ndarray:
    """Load a recording chunk by chunk, because a small file can contain hours."""
    chunks = []
    samples = 0
    for chunk in loading.stream(path, rate, name):
        chunks.append(chunk)
        samples += len(chunk)
        if samples > MAX_SECONDS * rate:
            limit = f"{MAX_SECONDS // 60} minutes"
            raise UserError(f"{name}: is longer than {limit}; shorten it, or use the command speech-emotion")
    return np.concatenate(chunks)


def _mfcc_image(predictor: Predictor, signal: np.ndarray, segment: timeline.Segment) -> dict:
    """Return the MFCCs of a segment as base64 bytes, row by row: one row per coefficient, 0 far below its mean."""
    start = round(segment.start * predictor.sample_rate)
    end = round(segment.end * predictor.sample_rate)
    mfcc = predictor.features(signal[start:end]).T  # (coefficients, frames)
    deviation = mfcc - mfcc.mean(axis=1, keepdims=True)
    deviation /= np.maximum(mfcc.std(axis=1, keepdims=True), 1e-6)
    levels = np.clip(np.round(127.5 * (1 + deviation / MFCC_RANGE)), 0, 255).astype(np.uint8)
    features = predictor.metadata["features"]
    column_seconds = features["hop_length"] * features["frames_per_step"] / features["sample_rate"]
    return {
        "start": segment.start,
        "end": segment.end,
        "rows": levels.shape[0],
        "columns": levels.shape[1],
        "column_ms": round(1000 * column_seconds),
        "data": base64.b64encode(levels.tobytes()).decode(),
    }
