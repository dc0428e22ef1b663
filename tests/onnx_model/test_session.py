import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from speech_emotion.core.errors import UserError
from speech_emotion.onnx_model.session import BATCH, NetworkSession

LABELS = ["anger", "fear", "sadness"]
WEIGHTS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


@pytest.fixture
def classifier(tmp_path, write_model):
    return NetworkSession(write_model(tmp_path / "model.onnx", WEIGHTS, LABELS))


def sequences(number, seed=1):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(frames, 5)).astype(np.float32) for frames in rng.integers(1, 60, number)]


def expected(given):
    logits = np.array([sequence.mean(axis=0) for sequence in given]) @ WEIGHTS
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("number", [1, 2, BATCH, 2 * BATCH + 1])
def test_unequal_lengths_come_back_in_the_order_given(classifier, number):
    given = sequences(number)
    result = classifier.log_probabilities(given)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected(given), atol=1e-5)


def test_company_in_the_batch_does_not_change_a_prediction(classifier):
    given = sequences(20)
    alone = np.concatenate([classifier.log_probabilities([sequence]) for sequence in given])
    np.testing.assert_allclose(classifier.log_probabilities(given), alone, atol=1e-6)


def test_the_same_call_gives_the_same_digits(classifier):
    given = sequences(100)
    np.testing.assert_array_equal(classifier.log_probabilities(given), classifier.log_probabilities(given))


def test_no_sequences_give_no_rows(classifier):
    assert classifier.log_probabilities([]).shape == (0, 3)


def test_labels_and_coefficients_come_from_the_file(classifier):
    assert classifier.labels == LABELS
    assert classifier.coefficients == 5


@pytest.mark.parametrize("shape", [(0, 5), (7, 4), (7,)])
def test_features_of_another_shape_are_refused(classifier, shape):
    with pytest.raises(UserError, match="expects 1 or more frames of 5 coefficients"):
        classifier.log_probabilities([np.zeros(shape, dtype=np.float32)])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"absent\.onnx: no such model; run `dvc repro`"):
        NetworkSession(tmp_path / "absent.onnx")


@pytest.mark.parametrize("keep", [0, 10, 300])
def test_a_damaged_file_is_refused(tmp_path, write_model, keep):
    path = write_model(tmp_path / "model.onnx", WEIGHTS, LABELS)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match="cannot be read as an ONNX model"):
        NetworkSession(path)


@pytest.mark.parametrize("labels", [None, [], "anger", [1, 2, 3], ["anger", "fear"]])
def test_labels_that_cannot_name_the_classes_are_refused(tmp_path, write_model, labels):
    with pytest.raises(UserError, match="expected a JSON list of 3 emotions"):
        NetworkSession(write_model(tmp_path / "model.onnx", WEIGHTS, labels))


def test_a_model_of_another_kind_is_refused(tmp_path):
    value = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "other", value[:1], value[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "m.onnx")
    with pytest.raises(UserError, match=r"from \['x'\] to \['y'\]; expected \['features', 'lengths'\]"):
        NetworkSession(tmp_path / "m.onnx")


def test_the_predictor_needs_neither_tensorflow_nor_pandas():
    code = "import sys, ser.inference; sys.exit(bool({'tensorflow', 'keras', 'pandas', 'sklearn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], check=False).returncode == 0
