"""What the model knows of one person: `Predictor.enroll` makes it, `Predictor.predict` uses it.

It is personal data, kept in one small file with numbers only: no audio, and nothing that runs when it is read.
"""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from speech_emotion.core import files
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment.classifier import Classifier, finite_log
from speech_emotion.enrolment.estimate import Estimate

FORMAT = 1  # of the file
MAX_BYTES = 1 << 24  # of all numbers; a voice has some thousands
ARRAYS = ("emotions", "mean", "std", "weights", "bias")  # of the classifier
NUMBERS = ("network_weight", "temperature")


@dataclass(frozen=True)
class Voice:
    """A person whom the model knows.

    Attributes:
        model: SHA-256 of the model file that it belongs to.
        labels: the emotions, in the model's order.
        clips: {emotion: number of labelled clips}; empty if the person was only heard.
        moments: float64 (1 + 2 * coefficients,), see `core.moments.moments`, of all that was heard of the person.
        classifier: what the labels taught; None without labels.
        estimate: what to expect.
    """

    model: str
    labels: list[str]
    clips: dict[str, int]
    moments: np.ndarray
    classifier: Classifier | None = None
    estimate: Estimate = field(default_factory=Estimate)

    def probabilities(self, embedding: np.ndarray, of_network: np.ndarray) -> np.ndarray:
        """Return the probability of each emotion, float64 (labels,).

        Args:
            embedding: float32 (columns,) of a clip.
            of_network: the network's probabilities, float32 (labels,).
        """
        if self.classifier is None:
            return of_network.astype(np.float64)
        log_probabilities = finite_log(of_network)
        return np.exp(self.classifier.log_probabilities(embedding[None], log_probabilities[None])[0])

    def save(self, path: Path, replace: bool = True) -> None:
        """Write the file `path`, which only its owner may read.

        Raises:
            UserError: it cannot be written, or, without `replace`, there is such a file already.
        """
        about = {
            "format": FORMAT,
            "model": self.model,
            "labels": self.labels,
            "clips": self.clips,
            "estimate": asdict(self.estimate),
        }
        arrays = {"moments": self.moments}
        if self.classifier is not None:
            about |= {name: getattr(self.classifier, name) for name in NUMBERS}
            arrays |= {name: getattr(self.classifier, name) for name in ARRAYS}
        path = Path(path)
        try:
            with files.atomic_write(path) as temporary:
                temporary.touch(mode=0o600)
                with temporary.open("wb") as file:
                    np.savez(file, about=np.array(json.dumps(about, sort_keys=True)), **arrays)
                if not replace:
                    _claim(path, temporary)
        except OSError as error:
            raise UserError(f"{path}: the voice cannot be written ({error.strerror})") from error

    @classmethod
    def load(cls, path: Path, name: str = "") -> "Voice":
        """Read a file that `save` wrote. Raises UserError if it is missing, damaged or something else.

        `name` is what errors call it, instead of its path.
        """
        try:
            content = Path(path).read_bytes()
        except FileNotFoundError:
            raise UserError(f"{path}: no such voice") from None
        except OSError as error:
            raise UserError(f"{name or path}: cannot be read ({error.strerror})") from error
        try:
            return cls._from_arrays(_read_arrays(content))
        # zipfile, json and NumPy have errors of their own for damaged files, and _check_type raises ValueError.
        except Exception as error:
            raise UserError(f"{name or path}: this is no voice, or it is damaged; enroll the person again") from error

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Voice":
        """Return the voice of a file. Raises an error of any kind if something is missing or not what it should be."""
        about = json.loads(str(arrays["about"]))
        _check(about["format"] == FORMAT)
        labels, clips = about["labels"], about["clips"]
        _check(all(isinstance(label, str) for label in labels))
        _check(all(label in labels and isinstance(count, int) for label, count in clips.items()))
        classifier = None
        if clips:
            numbers = {name: float(about[name]) for name in NUMBERS}
            _check(all(map(np.isfinite, numbers.values())) and numbers["temperature"] > 0)
            classifier = Classifier(**{name: arrays[name] for name in ARRAYS}, **numbers)
            columns, enrolled = classifier.weights.shape
            _check([labels[emotion] for emotion in classifier.emotions] == list(clips))
            _check(classifier.mean.shape == classifier.std.shape == (columns,) and classifier.bias.shape == (enrolled,))
            _check(bool((classifier.std > 0).all()))
        moments = arrays["moments"]
        _check(moments.ndim == 1 and moments[0] > 0)
        estimate = about["estimate"]
        for name in ("confusions", "contradicting"):
            estimate[name] = [tuple(item) for item in estimate[name]]
        return cls(about["model"], labels, clips, moments, classifier, Estimate(**estimate))


def _claim(path: Path, temporary: Path) -> None:
    """Make the file `path`, or raise UserError if there is one, even if another process has just written it."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise UserError(f"there is a voice {path.stem!r} already; choose another name, or forget it first") from None


def _read_arrays(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an .npz file. Raises an error of any kind if it is none, or if they are huge."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check(sum(item.file_size for item in archive.infolist()) <= MAX_BYTES)
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    for name, array in arrays.items():
        _check(name == "about" or (array.dtype.kind in "fi" and bool(np.isfinite(array).all())))
    return arrays


def _check(is_right: bool) -> None:
    if not is_right:
        raise ValueError("not what `save` writes")
