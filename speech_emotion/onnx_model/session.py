"""Open a model file with ONNX Runtime, and run the network of one protocol. Needs no TensorFlow."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from speech_emotion.core.errors import UserError
from speech_emotion.core.padding import pad

BATCH_SIZE = 64
TOLERANCE = 1e-3  # largest difference of a log probability between Keras and ONNX


def open_session(
    path: Path, inputs: list[str], outputs: list[str], optional_inputs: Sequence[str] = ()
) -> onnxruntime.InferenceSession:
    """Return a session for the model file `path`, whose inputs and outputs must have these names.

    It may also have all of `optional_inputs`, after the others.

    Raises:
        UserError: the file is missing or damaged, or is another kind of model.
    """
    if not os.path.isfile(path):
        raise UserError(f"{path}: no such model file; run `dvc repro` to make it, or restore it from Git")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # sums in one order, so that every run gives the same digits
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no other class in common
        raise UserError(f"{path}: cannot be read as an ONNX model ({error}); make or fetch it again") from error
    found_inputs = [item.name for item in session.get_inputs()]
    found_outputs = [item.name for item in session.get_outputs()]
    if found_inputs not in (inputs, [*inputs, *optional_inputs]) or found_outputs != outputs:
        raise UserError(f"{path}: a model from {found_inputs} to {found_outputs}; expected {inputs} to {outputs}")
    return session


def read_metadata(session: onnxruntime.InferenceSession, path: Path, required: Sequence[str]) -> dict:
    """Return the metadata of a model file. Raises UserError if a value is not JSON or a `required` key is missing."""
    texts = session.get_modelmeta().custom_metadata_map
    try:
        metadata = {key: json.loads(text) for key, text in texts.items()}
    except ValueError as error:
        raise UserError(f"{path}: its metadata cannot be read as JSON ({error}); make or fetch it again") from error
    missing = [key for key in required if key not in metadata]
    if missing:
        raise UserError(f"{path}: its metadata lacks {', '.join(missing)}; make or fetch it again")
    return metadata


class NetworkSession:
    """The network of one protocol, which maps MFCC sequences to log probabilities.

    `uses_speaker_statistics` tells whether it also needs the mean and standard deviation of each speaker.
    """

    def __init__(self, path: Path):
        """Load the file `path`. Raises UserError as `open_session` and `read_metadata` do."""
        self._session = open_session(path, ["features", "lengths"], ["log_probabilities"], ["speaker_statistics"])
        self.uses_speaker_statistics = len(self._session.get_inputs()) == 3
        metadata = read_metadata(self._session, path, ["labels", "temperature"])
        self.labels: list[str] = metadata["labels"]  # the emotion of each class, in the order of the output
        self.temperature: float = metadata["temperature"]  # what the log probabilities were divided by
        self.speaker_prior = np.array(metadata.get("speaker_prior", []))  # see core.moments.statistics

    def log_probabilities(
        self, sequences: Sequence[np.ndarray], speaker_statistics: np.ndarray | None = None
    ) -> np.ndarray:
        """Return the log probability of every emotion for every sequence, float32 of shape (sequences, labels).

        Args:
            sequences: float32 arrays of shape (frames, coefficients), at least one frame each.
            speaker_statistics: float32 of shape (sequences, 2, coefficients), if the network uses them.
        """
        # Sequences of similar length share a batch, so that there is little padding.
        order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
        result = np.empty((len(sequences), len(self.labels)), np.float32)
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            features, lengths = pad([sequences[row] for row in rows])
            inputs = {"features": features, "lengths": lengths}
            if self.uses_speaker_statistics:
                inputs["speaker_statistics"] = speaker_statistics[rows]
            result[rows] = self._session.run(["log_probabilities"], inputs)[0]
        return result


def check_agreement(
    path: Path, expected: np.ndarray, sequences: Sequence[np.ndarray], speaker_statistics: np.ndarray | None = None
) -> None:
    """Raise an error if the network in `path` differs from the log probabilities that Keras computed.

    Args:
        expected: float32 of shape (sequences, classes).
        sequences: see `NetworkSession.log_probabilities`, like `speaker_statistics`.
    """
    difference = np.abs(NetworkSession(path).log_probabilities(sequences, speaker_statistics) - expected).max()
    if not difference <= TOLERANCE:  # also if the difference is NaN
        raise RuntimeError(f"ONNX differs from Keras by {difference:.1e}; expected at most {TOLERANCE}")
