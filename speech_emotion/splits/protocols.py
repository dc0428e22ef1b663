"""The split protocols: which clips are for training, for validation and for testing.

- random: every partition has every speaker, word and emotion. Usual in the literature, and speaker-dependent.
- words: no word is in two partitions. Every partition has every speaker.
- speaker-N: the N-th speaker in sorted order, from 1, is for testing. Each word of the others is for training or for
  validation.
- notebook: the last fifth of the files in folder order is for testing, as in the original notebook: the last emotions
  of the last speaker. No clip is for validation, and nothing is checked.

To add a protocol: write its function, add a case to `make_split`, and add its checks to `check_split`.
"""

import numpy as np
import pandas as pd
from pydantic import Field
from sklearn.model_selection import train_test_split

from speech_emotion.core.clip_table import PARTITIONS
from speech_emotion.core.errors import UserError
from speech_emotion.core.params import Section
from speech_emotion.splits.leakage import UTTERANCE, shared_clips

NOTEBOOK_TEST_SIZE = 0.2  # the notebook's validation_split


class SplitSettings(Section):
    """The section `split` of params.yaml: fractions of the clips (random) or of the words (words, speaker-N)."""

    test_size: float = Field(gt=0, lt=0.5)
    validation_size: float = Field(gt=0, lt=0.5)


def make_split(clips: pd.DataFrame, protocol: str, settings: SplitSettings, seed: int) -> pd.DataFrame:
    """Return the clip table with the column `partition`, one of PARTITIONS.

    Raises:
        UserError: the protocol is unknown, or the corpus is too small for it.
    """
    speakers = {f"speaker-{number}": name for number, name in enumerate(sorted(clips["speaker"].unique()), start=1)}
    match protocol:
        case "random":
            partition = _random(clips, settings, seed)
        case "words":
            partition = _words(clips, settings, seed)
        case "notebook":
            return clips.assign(partition=_notebook(clips))
        case _ if protocol in speakers:
            partition = _speaker(clips, speakers[protocol], settings, seed)
        case _:
            known = f"random, words, notebook, or speaker-1 to speaker-{len(speakers)}"
            raise UserError(f"unknown protocol {protocol!r}; expected {known}")
    table = clips.assign(partition=partition)
    check_split(table, protocol)
    return table


def check_split(table: pd.DataFrame, protocol: str) -> None:
    """Raise UserError if the partitions share what the protocol forbids, or if one of them lacks an emotion."""
    if protocol == "words":
        _check_disjoint(table, protocol, ["word"], PARTITIONS)
    if protocol.startswith("speaker-"):
        _check_disjoint(table, protocol, ["speaker"], ["train", "test"])
        _check_disjoint(table, protocol, ["speaker"], ["validation", "test"])
        _check_disjoint(table, protocol, ["word"], ["train", "validation"])
    _check_disjoint(table, protocol, ["sha256"], PARTITIONS)
    _check_disjoint(table, protocol, UTTERANCE, PARTITIONS)
    for name in PARTITIONS:
        missing = set(table["emotion"]) - set(table["emotion"][table["partition"] == name])
        if missing:
            raise UserError(f"protocol {protocol}: the {name} partition has no clip of {', '.join(sorted(missing))}")


def _check_disjoint(table: pd.DataFrame, protocol: str, columns: list[str], partitions: list[str]) -> None:
    shared = shared_clips(table[table["partition"].isin(partitions)], columns)
    if shared:
        same = " and ".join(columns)
        names = ", ".join(shared[:10])
        raise UserError(f"protocol {protocol}: {len(shared)} clips in different partitions share their {same}: {names}")


# One function for each protocol. It returns the partition of every clip, an array of names of shape (clips,).


def _random(clips: pd.DataFrame, settings: SplitSettings, seed: int) -> np.ndarray:
    utterance = clips["speaker"] + "/" + clips["word"] + "/" + clips["emotion"]
    emotions = clips["emotion"].set_axis(utterance)
    emotions = emotions[~emotions.index.duplicated()]  # two takes of one utterance go to the same partition
    rest, test = _stratify(emotions, settings.test_size, "test", seed)
    _, validation = _stratify(emotions[rest], settings.validation_size / (1 - settings.test_size), "validation", seed)
    return _partition(utterance.isin(test), utterance.isin(validation))


def _words(clips: pd.DataFrame, settings: SplitSettings, seed: int) -> np.ndarray:
    test_words, validation_words = _draw_words(clips["word"], [settings.test_size, settings.validation_size], seed)
    return _partition(clips["word"].isin(test_words), clips["word"].isin(validation_words))


def _speaker(clips: pd.DataFrame, speaker: str, settings: SplitSettings, seed: int) -> np.ndarray:
    test = clips["speaker"] == speaker
    (validation_words,) = _draw_words(clips["word"][~test], [settings.validation_size], seed)
    return _partition(test, clips["word"].isin(validation_words))


def _notebook(clips: pd.DataFrame) -> np.ndarray:
    ordered = clips.sort_values(["speaker", "emotion", "clip"]).index
    last = ordered[len(ordered) - int(NOTEBOOK_TEST_SIZE * len(ordered)) :]
    return np.where(clips.index.isin(last), "test", "train")


def _partition(test: pd.Series, validation: pd.Series) -> np.ndarray:
    """Turn two boolean series, one value for each clip, into names. A clip in both is a test clip."""
    return np.select([test, validation], ["test", "validation"], "train")


def _stratify(emotions: pd.Series, size: float, partition: str, seed: int) -> tuple[pd.Index, pd.Index]:
    """Split the index of `emotions` in two. The second has the fraction `size` of every emotion."""
    try:
        return train_test_split(emotions.index, test_size=size, stratify=emotions, random_state=seed)
    except ValueError as error:  # the partition would have fewer clips than there are emotions
        problem = f"protocol random: too few clips for the {partition} partition ({error})"
        raise UserError(f"{problem}; raise split.{partition}_size in params.yaml, or use a larger corpus") from error


def _draw_words(words: pd.Series, fractions: list[float], seed: int) -> list[np.ndarray]:
    """Draw disjoint sets of words, one for each fraction. A set has at least one word."""
    shuffled = np.random.default_rng(seed).permutation(np.unique(words.to_numpy(dtype=str)))
    sizes = [max(1, round(fraction * len(shuffled))) for fraction in fractions]
    return np.split(shuffled, np.cumsum(sizes))[:-1]
