import numpy as np
import pytest

from speech_emotion.network import layers, model
from speech_emotion.network.tensorflow_setup import keras, tf

GENERATOR = np.random.default_rng(3)


def test_mixup_mixes_with_the_reversed_batch():
    batch = np.arange(4, dtype=np.float32).reshape(2, 2, 1)
    mixed = layers.Mixup()(batch, np.array([0.75, 1], np.float32))
    np.testing.assert_allclose(mixed[:, :, 0], [[0.75 * 0 + 0.25 * 2, 0.75 * 1 + 0.25 * 3], [2, 3]])


@pytest.mark.parametrize(("mixup_lambda", "first"), [(1.0, [1, 0]), (0.5, [1, 1])])
def test_a_mixture_is_as_long_as_the_longer_clip(mixup_lambda, first):
    mask = np.array([[1, 0], [1, 1]], np.float32)[:, :, None]
    mixed = np.array(layers.MixupMask()(mask, np.array([mixup_lambda, 1], np.float32)))
    np.testing.assert_array_equal(mixed[:, :, 0], [first, [1, 1]])


def test_the_tilt_adds_a_line_over_the_bands_and_only_in_training():
    keras.utils.set_random_seed(1)
    x = np.zeros((200, 3, 8), np.float32)
    tilt = layers.RandomSpectralTilt(2.0)
    np.testing.assert_array_equal(tilt(x), x)
    added = np.array(tilt(x, training=True))
    np.testing.assert_array_equal(added[:, 0], added[:, 2])  # the same in every frame
    bands = added[:, 0] @ model.projection_matrix("log_mel", 8, 8)
    np.testing.assert_allclose(np.diff(bands, n=2), 0, atol=1e-5)
    np.testing.assert_allclose(bands.mean(axis=1), 0, atol=1e-6)
    assert (bands[:, -1] - bands[:, 0]).std() == pytest.approx(2.0, rel=0.15)


def test_the_lstm_gives_the_outputs_and_gradients_of_keras():
    """Both directions, clip by clip without padding."""
    x = tf.constant(GENERATOR.normal(size=(3, 9, 5)).astype(np.float32))
    lengths = [9, 4, 1]
    mask = (np.arange(9) < np.array(lengths)[:, None]).astype(np.float32)[:, :, None]
    ours = layers.LSTM(6, True)
    keras_lstm = keras.layers.Bidirectional(keras.layers.LSTM(6, return_sequences=True))
    ours(x, mask)
    keras_lstm(x)
    np.testing.assert_array_equal(ours.get_weights()[2], keras_lstm.get_weights()[2])  # the initial bias
    weights = [array + GENERATOR.normal(0, 0.2, array.shape) for array in keras_lstm.get_weights()]
    keras_lstm.set_weights(weights)
    ours.set_weights(weights)
    slopes = GENERATOR.normal(size=(3, 9, 12)).astype(np.float32)
    for clip, length in enumerate(lengths):
        expected, expected_gradients = run(keras_lstm, slopes[clip, :length], x[clip : clip + 1, :length])
        output, gradients = run(ours, slopes[clip] * mask[clip], x[clip : clip + 1], mask[clip][None])
        np.testing.assert_allclose(output[0, :length], expected[0], atol=1e-6)
        np.testing.assert_allclose(gradients[0][:, :length], expected_gradients[0], atol=1e-5)
        for gradient, expected_gradient in zip(gradients[1:], expected_gradients[1:], strict=True):
            np.testing.assert_allclose(gradient, expected_gradient, atol=1e-5)


def run(layer: keras.layers.Layer, slopes: np.ndarray, x: tf.Tensor, *mask) -> tuple:
    """Return the output, and the gradients of its product with `slopes`."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x, *mask)
        total = tf.reduce_sum(output * slopes)
    return output, tape.gradient(total, [x, *layer.trainable_variables])
