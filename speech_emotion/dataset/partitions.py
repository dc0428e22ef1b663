"""The clips of one part, as sequences and targets; refuses a part that would leak."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from speech_emotion.core import clip_table
from speech_emotion.dataset import feature_store
from speech_emotion.core.errors import require


@dataclass(frozen=True)
class Partition:
    """Sequences with their targets, in the order of the clip table.

    Attributes:
        names: of the clips or copies.
        sequences: float32 arrays of shape (frames, coefficients).
        targets: int of shape (clips,), index into the label order.
    """

    names: list[str]
    feature_store: list[np.ndarray]
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.names)


def load(data: Path, fold: str) -> tuple[pd.DataFrame, dict[str, Partition]]:
    """Return the clip table with parts, and its clips by part: "train" with their altered copies, "validation", "test".

    "strange" are the strange copies of the validation clips.

    Args:
        data: the corpus' folder, such as data/tess.

    Raises:
        UserError: a file is absent or does not fit the others.
    """
    table = clip_table.read_partitions(data / "splits" / f"{fold}.csv", clip_table.read(data / "clips.csv"))
    features = feature_store.read(data / "features")
    parts = {part: select(table, part, features) for part in clip_table.PARTITIONS}
    copies = augmented_copies(parts["train"], feature_store.read(data / "augmented" / fold))
    strange = augmented_copies(parts["validation"], feature_store.read(data / "strange" / fold))
    return table, parts | {"train": concatenate(parts["train"], copies), "strange": strange}


def select(table: pd.DataFrame, part: str, features: dict[str, np.ndarray]) -> Partition:
    """Return the part of the split table (columns clip, emotion, part) with its features.

    Raises:
        UserError: a clip has no features.
    """
    chosen = table[table["part"] == part]
    missing = [name for name in chosen["clip"] if name not in features]
    require(not missing, f"{part} part: no features of {', '.join(missing[:10])}; run `dvc repro` to extract them")
    sequences = [features[name] for name in chosen["clip"]]
    return Partition(list(chosen["clip"]), sequences, _targets(chosen["emotion"], clip_table.label_order(table)))


def augmented_copies(part: Partition, copies: dict[str, np.ndarray]) -> Partition:
    """Return altered copies of a part's clips, with their parents' targets.

    Args:
        copies: {name of the copy, see `clips.copy_name`: sequence}.

    Raises:
        UserError: a copy's parent is not in the part.
    """
    target = dict(zip(part.names, part.targets, strict=True))
    parents = [clip_table.source_clip(name) for name in copies]
    foreign = sorted(set(parents) - set(target))
    require(not foreign, f"altered copies of clips outside their part: {', '.join(foreign[:10])}")
    return Partition(list(copies), list(copies.values()), np.array([target[name] for name in parents], dtype=int))


def concatenate(first: Partition, second: Partition) -> Partition:
    """Return both parts in one."""
    targets = np.concatenate([first.targets, second.targets])
    return Partition(first.names + second.names, first.sequences + second.sequences, targets)


def _targets(emotions: pd.Series, labels: list[str]) -> np.ndarray:
    return np.array([labels.index(emotion) for emotion in emotions], dtype=int)
