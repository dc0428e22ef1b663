"""The partitions of a protocol as sequences and targets. Copies that would leak across partitions are an error."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import clip_table
from speech_emotion.core.errors import UserError
from speech_emotion.dataset import feature_store
from speech_emotion.dataset.feature_store import FeatureStore, StoredSequences

NAMES_SHOWN = 10


@dataclass(frozen=True)
class Partition:
    """Sequences with their targets."""

    names: list[str]  # of clips or augmented copies
    sequences: Sequence[np.ndarray]  # float32, (frames, coefficients)
    targets: np.ndarray  # int, (clips,), indices into the label order
    speakers: list[str] = field(default_factory=list)  # of each clip
    speaker_statistics: np.ndarray | None = None  # float32, (clips, 2, coefficients): mean and standard deviation

    def __len__(self) -> int:
        return len(self.names)


def load_table(data: Path, protocol: str, only: list[str] | None = None) -> pd.DataFrame:
    """Return the clip table of a corpus with the column `partition`; `data` is its folder, such as data/tess.

    `only`: see `clip_table.read`.

    Raises:
        UserError: a file is missing or does not fit the other.
    """
    clips = clip_table.read(data / "clips.csv", only=only)
    return clip_table.read_partitions(data / "splits" / f"{protocol}.csv", clips)


def load(data: Path, protocol: str) -> tuple[pd.DataFrame, dict[str, Partition]]:
    """Return the table of `load_table`, and the partitions that a network is trained with.

    They are "train" (with its augmented copies), "validation" and "calibration" (the augmented copies of the validation
    clips).

    Raises:
        UserError: a file is missing or does not fit the others.
    """
    table = load_table(data, protocol, only=["clip", "speaker", "emotion"])
    features = feature_store.read(data / "features")
    train = select(table, "train", features)
    validation = select(table, "validation", features)
    training_copies = augmented_copies(train, feature_store.read(data / "training_copies" / protocol))
    calibration_copies = augmented_copies(validation, feature_store.read(data / "calibration_copies" / protocol))
    train = concatenate(train, training_copies)
    return table, {"train": train, "validation": validation, "calibration": calibration_copies}


def load_collection_table(data: Path, protocol: str) -> pd.DataFrame:
    """As `load_table`, for a collection, with its partitions."""
    clips = clip_table.read(data / "clips.csv", clip_table.COLLECTION_COLUMNS)
    path = data / "splits" / f"{protocol}.csv"
    return clip_table.read_partitions(path, clips, clip_table.COLLECTION_PARTITIONS)


def tested_clips(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of a collection's table that are tested, and those that are heard before.

    Tested are the partitions test and sentences; in the protocol development, which has neither, validation.
    """
    names = ["test", "sentences"] if "test" in set(table["partition"]) else ["validation"]
    heard = [name for name in ("train", "validation") if name not in names]
    return table[table["partition"].isin(names)], table[table["partition"].isin(heard)]


def load_collection(data: Path, protocol: str) -> tuple[pd.DataFrame, dict[str, Partition]]:
    """As `load`, for a collection."""
    table = load_collection_table(data, protocol)
    return table, with_copies(table, feature_store.read(data / "features"), feature_store.read(data / "copies"))


def with_copies(
    table: pd.DataFrame, features: Mapping[str, np.ndarray], copies: Mapping[str, np.ndarray]
) -> dict[str, Partition]:
    """Return the partitions that a network is trained with, as `load` does.

    `copies` are those of all clips, and the copies of training clips are used. The validation clips themselves are for
    calibration.
    """
    train = select(table, "train", features)
    validation = select(table, "validation", features)
    is_train = set(train.names)
    of_train = [name for name in copies if clip_table.original_clip(name) in is_train]
    train = concatenate(train, _copies(train, of_train, copies))
    return {"train": train, "validation": validation, "calibration": validation}


def select(table: pd.DataFrame, name: str, features: Mapping[str, np.ndarray]) -> Partition:
    """Return the partition `name` of a clip table, with the sequence of each clip from `features`.

    Raises:
        UserError: a clip has no features.
    """
    return sequences_of(table[table["partition"] == name], clip_table.label_order(table), features)


def sequences_of(rows: pd.DataFrame, labels: list[str], features: Mapping[str, np.ndarray]) -> Partition:
    """Return rows of a clip table as a partition, with targets in the order of `labels`. Raises what `select` does."""
    missing = [clip for clip in rows["clip"] if clip not in features]
    if missing:
        raise UserError(f"no features of {', '.join(missing[:NAMES_SHOWN])}; run `dvc repro` to extract them")
    targets = np.array([labels.index(emotion) for emotion in rows["emotion"]], int)
    return Partition(list(rows["clip"]), _pick(features, rows["clip"]), targets, list(rows["speaker"]))


def augmented_copies(partition: Partition, copies: Mapping[str, np.ndarray]) -> Partition:
    """Return augmented copies of clips of `partition`, with the targets of these clips.

    Args:
        copies: {name of the copy (see clip_table.copy_name): sequence}.

    Raises:
        UserError: a copy was made from a clip outside the partition. It would leak.
    """
    return _copies(partition, list(copies), copies)


def concatenate(first: Partition, second: Partition) -> Partition:
    """Return both partitions as one."""
    if isinstance(first.sequences, StoredSequences) and isinstance(second.sequences, StoredSequences):
        sequences = first.sequences.followed_by(second.sequences)
    else:
        sequences = [*first.sequences, *second.sequences]
    targets = np.concatenate([first.targets, second.targets])
    return Partition(first.names + second.names, sequences, targets, first.speakers + second.speakers)


def _copies(partition: Partition, names: list[str], copies: Mapping[str, np.ndarray]) -> Partition:
    rows = {name: row for row, name in enumerate(partition.names)}
    sources = [clip_table.original_clip(name) for name in names]
    foreign = sorted(set(sources) - set(rows))
    if foreign:
        shown = ", ".join(foreign[:NAMES_SHOWN])
        raise UserError(f"augmented copies of clips outside their partition: {shown}; run `dvc repro`")
    originals = np.array([rows[clip] for clip in sources], int)
    speakers = [partition.speakers[row] for row in originals]
    return Partition(names, _pick(copies, names), partition.targets[originals], speakers)


def _pick(features: Mapping[str, np.ndarray], names: Iterable[str]) -> Sequence[np.ndarray]:
    """Return the sequences of these names. Those in files stay there until they are used."""
    if isinstance(features, FeatureStore):
        return features.pick(names)
    return [features[name] for name in names]
