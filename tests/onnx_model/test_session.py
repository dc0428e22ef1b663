"""Running the network of one protocol."""

import numpy as np
import onnx
import pytest
from onnx import helper

from speech_emotion.core.errors import UserError
from speech_emotion.onnx_model.session import BATCH_SIZE, NetworkSession

METADATA = {"labels": '["anger", "fear", "sadness"]', "temperature": "1.0"}
WEIGHTS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


@pytest.fixture
def network(tmp_path, write_network):
    return NetworkSession(write_network(tmp_path / "model.onnx", WEIGHTS, **METADATA))


def random_sequences(number: int) -> list[np.ndarray]:
    generator = np.random.default_rng(1)
    return [generator.normal(size=(frames, 5)).astype(np.float32) for frames in generator.integers(1, 60, number)]


def expected(sequences: list[np.ndarray]) -> np.ndarray:
    logits = np.array([sequence.mean(axis=0) for sequence in sequences]) @ WEIGHTS
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("number", [1, 2, BATCH_SIZE, 2 * BATCH_SIZE + 1])
def test_sequences_of_any_length_come_back_in_order(network, number):
    sequences = random_sequences(number)
    result = network.log_probabilities(sequences)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected(sequences), atol=1e-5)


def test_other_sequences_in_the_batch_change_nothing(network):
    sequences = random_sequences(20)
    alone = np.concatenate([network.log_probabilities([sequence]) for sequence in sequences])
    np.testing.assert_allclose(network.log_probabilities(sequences), alone, atol=1e-6)


def test_equal_calls_give_equal_digits(network):
    sequences = random_sequences(100)
    np.testing.assert_array_equal(network.log_probabilities(sequences), network.log_probabilities(sequences))


def test_no_sequences_give_no_rows(network):
    assert network.log_probabilities([]).shape == (0, 3)


def test_labels_come_from_the_file(network):
    assert network.labels == ["anger", "fear", "sadness"]


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"absent\.onnx: no such model file"):
        NetworkSession(tmp_path / "absent.onnx")


@pytest.mark.parametrize("bytes_kept", [0, 10, 300])
def test_a_damaged_file_is_one_line(tmp_path, write_network, bytes_kept):
    path = write_network(tmp_path / "model.onnx", WEIGHTS, **METADATA)
    path.write_bytes(path.read_bytes()[:bytes_kept])
    with pytest.raises(UserError, match="cannot be read as an ONNX model"):
        NetworkSession(path)


@pytest.mark.parametrize(
    ("metadata", "message"), [({"temperature": "1"}, "lacks labels"), ({"labels": "anger"}, "cannot be read as JSON")]
)
def test_metadata_that_cannot_name_the_classes_is_one_line(tmp_path, write_network, metadata, message):
    with pytest.raises(UserError, match=message):
        NetworkSession(write_network(tmp_path / "model.onnx", WEIGHTS, **metadata))


def test_another_kind_of_model_is_one_line(tmp_path):
    x, y = (helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in ("x", "y"))
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "other", [x], [y])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "m.onnx")
    with pytest.raises(UserError, match=r"from \['x'\] to \['y'\]; expected"):
        NetworkSession(tmp_path / "m.onnx")
