"""What the model knows of one person: `Predictor.enroll` makes it, `Predictor.predict` uses it.

It is personal data, kept in one small file with numbers only: no audio, and nothing that runs when it is read.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from speech_emotion.core import files
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment.classifier import Classifier
from speech_emotion.enrolment.estimate import Estimate

FORMAT = 1  # of the file
ARRAYS = ("emotions", "mean", "std", "weights", "bias")  # of the classifier
NUMBERS = ("network_weight", "discount", "temperature")


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
        log_probabilities = np.log(np.maximum(of_network, np.finfo(np.float32).tiny))
        return np.exp(self.classifier.log_probabilities(embedding[None], log_probabilities[None])[0])

    def save(self, path: Path) -> None:
        """Write the file `path`, which only its owner may read. Raises UserError if it cannot be written."""
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
        try:
            with files.atomic_write(Path(path)) as temporary:
                temporary.touch(mode=0o600)
                with temporary.open("wb") as file:
                    np.savez(file, about=np.array(json.dumps(about, sort_keys=True)), **arrays)
        except OSError as error:
            raise UserError(f"{path}: the voice cannot be written ({error.strerror})") from error

    @classmethod
    def load(cls, path: Path, name: str = "") -> "Voice":
        """Read a file that `save` wrote. Raises UserError if it is missing, damaged or something else.

        `name` is what errors call it, instead of its path.
        """
        try:
            with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as content:
                return cls._from_arrays({name: content[name] for name in content.files})
        except FileNotFoundError:
            raise UserError(f"{path}: no such voice") from None
        except Exception as error:  # zipfile, json and NumPy each have errors of their own for damaged files
            raise UserError(f"{name or path}: cannot be read as a voice ({error}); enroll the person again") from error

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Voice":
        about = json.loads(str(arrays["about"]))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}, expected {FORMAT}")
        classifier = None
        if "weights" in arrays:
            of_classifier = {name: arrays[name] for name in ARRAYS} | {name: about[name] for name in NUMBERS}
            classifier = Classifier(**of_classifier)
        estimate = about["estimate"]
        estimate["confusions"] = [tuple(item) for item in estimate["confusions"]]
        estimate["contradicting"] = [tuple(item) for item in estimate["contradicting"]]
        return cls(
            model=about["model"],
            labels=about["labels"],
            clips=about["clips"],
            moments=arrays["moments"],
            classifier=classifier,
            estimate=Estimate(**estimate),
        )
