"""All draws of one person. Separate from the stage, so that a worker can import it."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.dataset import feature_store
from speech_emotion.dataset.feature_store import FeatureStore
from speech_emotion.enrolment_curves.draws import EnrolmentSettings, draw_clips
from speech_emotion.enrolment_curves.predictions import Person, predict_by_logistic_regression
from speech_emotion.onnx_model.network_session import NetworkSession

AVERAGED = 40  # leading MFCCs, as in the original notebook


def enroll_person(
    rows: pd.DataFrame, features: Path, network: Path, settings: EnrolmentSettings, seed: int
) -> pd.DataFrame:
    """Return what a voice, the network alone and a baseline predict of every tested clip in every draw.

    Args:
        rows: of the clip table of a collection, all clips of one person.
        features: folder of a feature store.
        network: model file.

    Returns:
        The columns of `Person.predict`, then mfcc_logistic (the class that the baseline predicts, -1 without enrolled
        clips), actual, draw, corpus, speaker and clips.
    """
    stored = _stored(features.resolve(), modified(features / feature_store.INDEX))
    session = _session(network.resolve(), modified(network))
    sequences = [stored[clip] for clip in rows["clip"]]
    targets = np.array([session.labels.index(emotion) for emotion in rows["emotion"]])
    averages = np.stack([sequence[:, :AVERAGED].mean(axis=0) for sequence in sequences])
    person = Person(sequences, targets, session)
    parts = []
    for draw in draw_clips(rows, settings, seed):
        predicted = person.predict(draw)
        logistic = predict_by_logistic_regression(averages, targets, draw) if draw.clips else -1
        parts.append(
            predicted.assign(
                mfcc_logistic=logistic,
                actual=targets[draw.tested],
                draw=draw.number,
                corpus=rows["corpus"].iloc[0],
                speaker=rows["speaker"].iloc[0],
                clips=draw.clips,
            )
        )
    return pd.concat(parts)


def modified(path: Path) -> int:
    """Return when a file was written. The workers of a cluster live longer than a file."""
    return path.stat().st_mtime_ns


@cache
def _stored(features: Path, _modified: int) -> FeatureStore:
    return feature_store.read(features)


@cache
def _session(network: Path, _modified: int) -> NetworkSession:
    return NetworkSession(network)
