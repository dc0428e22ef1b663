"""The MFCCs of a clip and of its augmented copies, from the audio of its corpus or collection."""

from collections.abc import Collection, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from speech_emotion.audio import loading, mfcc
from speech_emotion.audio.augmentation import make_copies
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table
from speech_emotion.parallel.executor import map_clips

# In both functions, `data` is the folder of the corpus or collection, such as data/tess; UserError is raised as
# `loading.load` does.


def extract_clip(clip: str, data: Path, settings: FeatureSettings) -> np.ndarray:
    """Return the MFCC sequence of a clip, float32 (frames, coefficients)."""
    signal = loading.load(clip_table.audio_path(data, clip), settings.sample_rate)
    return mfcc.extract(signal, settings)


def extract_copies(
    clips: Collection[str], data: Path, changes: list, settings: FeatureSettings, seed: int, description: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name of the copy, MFCC sequence) for every change of every clip, computed on all cores.

    `changes` and `seed`: see `augmentation.make_copies`. `description` is the name of the progress bar.
    """
    copy = partial(_extract_copies_of_one, data=data, changes=changes, settings=settings, seed=seed)
    yield from chain.from_iterable(map_clips(copy, clips, description))


def _extract_copies_of_one(
    clip: str, data: Path, changes: list, settings: FeatureSettings, seed: int
) -> list[tuple[str, np.ndarray]]:
    signal = loading.load(clip_table.audio_path(data, clip), settings.sample_rate)
    copies = make_copies(clip, signal, settings.sample_rate, changes, seed)
    return [(name, mfcc.extract(changed, settings)) for name, changed in copies]
