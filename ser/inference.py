"""A trained model file, run by onnxruntime: no TensorFlow, half a second to load."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from ser.errors import UserError, require

BATCH = 64
# onnxruntime's errors are direct children of Exception, so that only their names tell them from a bug of ours.
_ERRORS = onnxruntime.capi.onnxruntime_pybind11_state
UNREADABLE = (_ERRORS.Fail, _ERRORS.InvalidArgument, _ERRORS.InvalidGraph, _ERRORS.InvalidProtobuf)
UNREADABLE += (_ERRORS.NoSuchFile, _ERRORS.NotImplemented, _ERRORS.RuntimeException)
INPUTS, OUTPUT = {"features", "lengths"}, "log_probabilities"


class Classifier:
    """A model file made by the train stage: MFCC sequences in, log-probabilities out.

    Attributes:
        labels: the emotion of each class, in the order of the output.
        temperature: what the log probabilities were divided by, so that it can be undone; 1 where the file says none.
        coefficients: how many values a frame must have.
    """

    def __init__(self, path: Path):
        """Load the file `path`.

        Raises:
            UserError: the file is absent or damaged, or is not a model of this product.
        """
        self._session = _session(Path(path))
        self.labels = _labels(self._session, path)
        self.temperature = float(self._session.get_modelmeta().custom_metadata_map.get("temperature", 1))
        self.coefficients = {item.name: item.shape[-1] for item in self._session.get_inputs()}["features"]

    def log_probabilities(self, sequences: Sequence[np.ndarray]) -> np.ndarray:
        """Return the log-probability of every emotion for every sequence, in the order given.

        Sequences of like length share a batch, so that little is padded; the network masks what is.

        Args:
            sequences: float32 arrays of shape (frames, coefficients), at least one frame each.

        Returns:
            float32 of shape (sequences, labels); each row's exponentials sum to 1.

        Raises:
            UserError: a sequence is empty or its frames have another number of values.
        """
        for sequence in sequences:
            self._check(sequence)
        order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
        result = np.empty((len(sequences), len(self.labels)), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            result[chosen] = self._run([sequences[place] for place in chosen])
        return result

    def _check(self, sequence: np.ndarray) -> None:
        require(
            sequence.ndim == 2 and len(sequence) > 0 and sequence.shape[1] == self.coefficients,
            f"features of shape {sequence.shape}; the model expects 1 or more frames of {self.coefficients} "
            "coefficients, extracted with the settings that it was trained with",
        )

    def _run(self, batch: list[np.ndarray]) -> np.ndarray:
        lengths = np.array([len(sequence) for sequence in batch], dtype=np.int32)
        shape = (len(batch), lengths.max(), batch[0].shape[1])  # (batch, frames, coefficients)
        padded = np.zeros(shape, dtype=np.float32)
        for row, sequence in zip(padded, batch, strict=True):
            row[: len(sequence)] = sequence
        return self._session.run([OUTPUT], {"features": padded, "lengths": lengths})[0]


def _session(path: Path) -> onnxruntime.InferenceSession:
    require(os.path.isfile(path), f"{path}: no such model; run `dvc repro` to train it, or `dvc pull` to fetch it")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums in one order: the same digits on every run
    try:
        session = onnxruntime.InferenceSession(Path(path).read_bytes(), options, providers=["CPUExecutionProvider"])
    except UNREADABLE as error:
        raise UserError(f"{path}: cannot be read as an ONNX model ({error}); train or fetch it again") from error
    inputs, outputs = ({item.name for item in items} for items in (session.get_inputs(), session.get_outputs()))
    require(
        inputs == INPUTS and OUTPUT in outputs,
        f"{path}: a model from {sorted(inputs)} to {sorted(outputs)}; expected {sorted(INPUTS)} to {OUTPUT}",
    )
    return session


def _labels(session: onnxruntime.InferenceSession, path: Path) -> list[str]:
    """Read the JSON list under "labels" in the model's own metadata: a model without it could only guess its order."""
    text = session.get_modelmeta().custom_metadata_map.get("labels", "")
    classes = {item.name: item.shape[-1] for item in session.get_outputs()}[OUTPUT]
    try:
        labels = json.loads(text)
    except json.JSONDecodeError:
        labels = None
    require(
        isinstance(labels, list) and len(labels) == classes and all(isinstance(label, str) for label in labels),
        f"{path}: its metadata has {text!r} as labels; expected a JSON list of {classes} emotions; train it again",
    )
    return labels
