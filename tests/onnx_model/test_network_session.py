import numpy as np
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.onnx_model.network_session import BATCH_SIZE, NetworkSession

WEIGHTS = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


@pytest.fixture
def network(tmp_path, write_network):
    return NetworkSession(write_network(tmp_path / "model.onnx", WEIGHTS))


@pytest.mark.parametrize("number", [1, 2, BATCH_SIZE, 2 * BATCH_SIZE + 1])
def test_sequences_of_any_length_come_back_in_order(network, number):
    generator = np.random.default_rng(1)
    lengths = generator.integers(1, 60, number)
    sequences = [generator.normal(size=(length, 5)).astype(np.float32) for length in lengths]
    logits = np.array([sequence.mean(axis=0) for sequence in sequences]) @ WEIGHTS
    expected = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    result = network.log_probabilities(sequences)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_labels_come_from_the_file(network):
    assert network.labels == ["anger", "fear", "sadness"]


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"absent\.onnx: no such model file"):
        NetworkSession(tmp_path / "absent.onnx")


@pytest.mark.parametrize("bytes_kept", [0, 10, 300])
def test_a_damaged_file_is_one_line(tmp_path, write_network, bytes_kept):
    path = write_network(tmp_path / "model.onnx", WEIGHTS)
    path.write_bytes(path.read_bytes()[:bytes_kept])
    with pytest.raises(UserError, match="cannot be read as an ONNX model"):
        NetworkSession(path)


@pytest.mark.parametrize(
    ("metadata", "message"), [({"temperature": "1"}, "lacks labels"), ({"labels": "anger"}, "cannot be read as JSON")]
)
def test_metadata_that_cannot_name_the_classes_is_one_line(tmp_path, write_network, metadata, message):
    with pytest.raises(UserError, match=message):
        NetworkSession(write_network(tmp_path / "model.onnx", WEIGHTS, metadata))


def test_another_kind_of_model_is_one_line(shipped):
    with pytest.raises(UserError, match=r"from \['signal'\] to \['probabilities', 'features'\]; expected"):
        NetworkSession(shipped)
