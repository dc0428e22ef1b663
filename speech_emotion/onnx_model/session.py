"""Open a model file with ONNX Runtime."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from speech_emotion.core.errors import UserError

EMBEDDING = "embedding"  # an output of networks that know the speaker; see onnx_model.export


def open_session(
    path: Path, inputs: list[str], outputs: list[str], optional_inputs: Sequence[str] = ()
) -> onnxruntime.InferenceSession:
    """Return a session for the model file `path`, whose inputs and outputs must have these names.

    It may also have all of `optional_inputs`, after the others, and EMBEDDING as a last output.

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
    known_inputs = (inputs, [*inputs, *optional_inputs])
    known_outputs = (outputs, [*outputs, EMBEDDING])
    if found_inputs not in known_inputs or found_outputs not in known_outputs:
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
