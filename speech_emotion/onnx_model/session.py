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
_ORT = onnxruntime.capi.onnxruntime_pybind11_state
# ONNX Runtime has no common class for its errors. These are the ones that a damaged or foreign file raises.
_UNREADABLE = (
    _ORT.Fail,
    _ORT.InvalidArgument,
    _ORT.InvalidGraph,
    _ORT.InvalidProtobuf,
    _ORT.NotImplemented,
    _ORT.RuntimeException,
)


def open_session(path: Path, inputs: list[str], outputs: list[str]) -> onnxruntime.InferenceSession:
    """Return a session for the model file `path`.

    Args:
        inputs: Names that the model's inputs must have.
        outputs: Names that the model's outputs must have.

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
    except _UNREADABLE as error:
        raise UserError(f"{path}: cannot be read as an ONNX model ({error}); make or fetch it again") from error
    found_inputs = [item.name for item in session.get_inputs()]
    found_outputs = [item.name for item in session.get_outputs()]
    if found_inputs != inputs or found_outputs != outputs:
        raise UserError(f"{path}: a model from {found_inputs} to {found_outputs}; expected {inputs} to {outputs}")
    return session


def read_metadata(session: onnxruntime.InferenceSession, path: Path, required: Sequence[str]) -> dict:
    """Return the metadata of a model file, whose values are JSON.

    Raises:
        UserError: a value is not JSON, or one of the keys `required` is missing.
    """
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

    Attributes:
        labels: the emotion of each class, in the order of the output.
        temperature: what the log probabilities were divided by.
        coefficients: how many values a frame must have.
    """

    def __init__(self, path: Path):
        """Load the file `path`.

        Raises:
            UserError: the file is missing or damaged, or is another kind of model.
        """
        self._session = open_session(path, ["features", "lengths"], ["log_probabilities"])
        metadata = read_metadata(self._session, path, ["labels", "temperature"])
        self.labels: list[str] = metadata["labels"]
        self.temperature: float = metadata["temperature"]
        self.coefficients: int = self._session.get_inputs()[0].shape[-1]

    def log_probabilities(self, sequences: Sequence[np.ndarray]) -> np.ndarray:
        """Return the log probability of every emotion for every sequence.

        Args:
            sequences: float32 arrays of shape (frames, coefficients), at least one frame each.

        Returns:
            float32 of shape (sequences, labels).

        Raises:
            UserError: a sequence has another number of coefficients.
        """
        for sequence in sequences:
            if sequence.shape[1] != self.coefficients:
                raise UserError(
                    f"features with {sequence.shape[1]} coefficients; the model expects {self.coefficients}, extracted "
                    "with the settings that it was trained with"
                )
        # Sequences of similar length share a batch, so that there is little padding.
        order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
        result = np.empty((len(sequences), len(self.labels)), np.float32)
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            features, lengths = pad([sequences[row] for row in rows])
            result[rows] = self._session.run(["log_probabilities"], {"features": features, "lengths": lengths})[0]
        return result
