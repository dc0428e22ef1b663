"""Layers that Keras does not have.

The mask is float32 of shape (batch, frames, 1): 1 for real frames, 0 for padding.
"""

import numpy as np
import scipy.fft

from speech_emotion.core.moments import VARIANCE_FLOOR
from speech_emotion.network.settings import Normalization
from speech_emotion.network.tensorflow_setup import keras, tf

layers = keras.layers
ops = keras.ops


class FrameMask(layers.Layer):
    """Make the mask: (batch, frames, coefficients) and lengths (batch,) to (batch, frames, 1)."""

    def call(self, x, lengths):
        positions = ops.arange(ops.shape(x)[1], dtype=lengths.dtype)
        return ops.cast(positions < lengths[:, None], x.dtype)[..., None]


class RandomSpectralTilt(layers.Layer):
    """In training, make each clip brighter or darker: add a straight line over the mel bands, of random slope.

    Inputs with cmn or cmvn remove it again. (batch, frames, coefficients) to the same shape; the coefficients are the
    cosine transform of an equal number of mel bands.
    """

    def __init__(self, std_db: float, **kwargs):
        """`std_db` is the standard deviation of the rise from the lowest to the highest band, in dB."""
        super().__init__(**kwargs)
        self.std_db = std_db
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, shape):
        line = np.linspace(-0.5, 0.5, shape[-1])
        self.line = scipy.fft.dct(line, norm="ortho").astype(np.float32)

    def call(self, x, training=False):
        if not training or self.std_db == 0:
            return x
        rise = keras.random.normal((ops.shape(x)[0], 1, 1), stddev=self.std_db, seed=self.seed_generator)
        return x + rise * self.line


class UtteranceNormalization(layers.Layer):
    """Normalize each column over the real frames of the utterance: none, cmn (mean) or cmvn (mean and variance).

    (batch, frames, columns) and the mask to (batch, frames, columns).
    """

    def __init__(self, normalization: Normalization, **kwargs):
        super().__init__(**kwargs)
        self.normalization = normalization

    def call(self, x, mask):
        if self.normalization == "none":
            return x
        centered = (x - _masked_mean(x, mask)) * mask
        if self.normalization == "cmn":
            return centered
        return centered / ops.sqrt(_masked_mean(centered**2, mask) + VARIANCE_FLOOR)


class SpeakerNormalization(layers.Layer):
    """Subtract the speaker's mean and divide by the speaker's standard deviation.

    (batch, frames, columns), statistics (batch, 2, columns or more) and the mask to (batch, frames, columns).
    """

    def call(self, x, statistics, mask):
        columns = x.shape[-1]
        mean = statistics[:, :1, :columns]
        std = statistics[:, 1:, :columns]
        return (x - mean) / std * mask


class Standardize(layers.Layer):
    """Subtract a mean and divide by a standard deviation, one for each column, fitted before training.

    (batch, frames, columns) and the mask to (batch, frames, columns). Padding becomes 0, the average frame.
    """

    def build(self, shape):
        self.mean = self.add_weight(shape=shape[-1:], initializer="zeros", trainable=False, name="mean")
        self.std = self.add_weight(shape=shape[-1:], initializer="ones", trainable=False, name="std")

    def call(self, x, mask):
        return (x - self.mean) / self.std * mask


class Mixup(layers.Layer):
    """Mix every clip with its partner in the reversed batch: lambda * x + (1 - lambda) * reversed x.

    The batch was shuffled, so the partner is random, and the targets can be mixed outside the network.
    Source: Zhang et al., mixup: Beyond Empirical Risk Minimization, https://arxiv.org/abs/1710.09412.

    (batch, frames, columns) and lambda (batch,) to (batch, frames, columns). A lambda of 1 leaves a clip as it is.
    """

    def call(self, x, mixup_lambda):
        weight = mixup_lambda[:, None, None]
        return x * weight + ops.flip(x, axis=0) * (1 - weight)


class MixupMask(layers.Layer):
    """The mask of a mixture, which is as long as the longer of its two clips.

    The mask and lambda (batch,) to (batch, frames, 1).
    """

    def call(self, mask, mixup_lambda):
        is_mixed = ops.cast(mixup_lambda < 1, mask.dtype)[:, None, None]
        return ops.maximum(mask, ops.flip(mask, axis=0) * is_mixed)


class LSTM(layers.Layer):
    """An LSTM over time, in one direction or both, run by TensorFlow's kernel for whole sequences.

    Keras' own layer leaves a loop in the graph that takes twice the time on a CPU. The weights are those of Keras: for
    each direction kernel, recurrent kernel and bias, with the gates in the order input, forget, cell, output.

    (batch, frames, columns) and the mask to (batch, frames, units of all directions). Padded frames are undefined.
    """

    def __init__(self, units: int, bidirectional: bool, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.directions = ["forward", "backward"] if bidirectional else ["forward"]

    def build(self, shape):
        self.arrays = {direction: self._add_weights(direction, shape[-1]) for direction in self.directions}

    def call(self, x, mask):
        lengths = tf.cast(tf.reduce_sum(mask, axis=[1, 2]), tf.int32)
        frames = tf.transpose(x, [1, 0, 2])  # (frames, batch, columns)
        outputs = [self._run(frames, "forward")]
        if "backward" in self.directions:
            reversed_outputs = self._run(_reverse(frames, lengths), "backward")
            outputs.append(_reverse(reversed_outputs, lengths))
        return tf.transpose(tf.concat(outputs, axis=-1), [1, 0, 2])

    def _add_weights(self, direction: str, columns: int) -> tuple:
        gates = 4 * self.units
        bias = np.repeat(np.float32([0, 1, 0, 0]), self.units)  # as in Keras: 1 for the forget gate
        return (
            self.add_weight(shape=(columns, gates), initializer="glorot_uniform", name=f"{direction}_kernel"),
            self.add_weight(shape=(self.units, gates), initializer=orthogonal, name=f"{direction}_recurrent"),
            self.add_weight(shape=(gates,), initializer=keras.initializers.Constant(bias), name=f"{direction}_bias"),
        )

    def _run(self, frames, direction: str):
        """(frames, batch, columns) to (frames, batch, units)."""
        kernel, recurrent, bias = self.arrays[direction]
        initial = tf.zeros((tf.shape(frames)[1], self.units))
        no_peephole = tf.zeros(self.units)
        # Not BlockLSTMV2, although its gates are in Keras' order: its gradient is wrong.
        return tf.raw_ops.BlockLSTM(
            seq_len_max=tf.cast(tf.shape(frames)[0], tf.int64),
            x=frames,
            cs_prev=initial,
            h_prev=initial,
            w=_block_lstm_gates(tf.concat([kernel, recurrent], axis=0)),
            wci=no_peephole,
            wcf=no_peephole,
            wco=no_peephole,
            b=_block_lstm_gates(bias),
            forget_bias=0.0,
            cell_clip=0.0,
        ).h


class Convolution(layers.Layer):
    """A convolution over 5 frames with ReLU: (batch, frames, columns) and the mask to (batch, frames, filters)."""

    FRAMES = 5

    def __init__(self, filters: int, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, shape):
        kernel_shape = (self.FRAMES, shape[-1], self.filters)
        self.kernel = self.add_weight(shape=kernel_shape, initializer="glorot_uniform", name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, x, mask):
        return tf.nn.relu(tf.nn.conv1d(x * mask, self.kernel, 1, "SAME") + self.bias) * mask


class AttentionPooling(layers.Layer):
    """A weighted average over the real frames, with weights that the network learns.

    (batch, frames, units) and the mask to (batch, units).
    """

    def build(self, shape):
        self.query = self.add_weight(shape=(shape[-1], 1), initializer="glorot_uniform", name="query")

    def call(self, x, mask):
        scores = ops.matmul(x, self.query) - 1e9 * (1 - mask)  # (batch, frames, 1)
        return ops.sum(x * mask * ops.softmax(scores, axis=1), axis=1)


class MeanPooling(layers.Layer):
    """Average over the real frames: (batch, frames, units) and the mask to (batch, units)."""

    def call(self, x, mask):
        return ops.squeeze(_masked_mean(x, mask), axis=1)


def orthogonal(shape: tuple[int, int], dtype: str = "float32") -> np.ndarray:
    """Return orthonormal rows, (rows, columns) with rows <= columns, as Keras' initializer of this name does.

    By NumPy, because TensorFlow's QR decomposition adds in an order that depends on the sizes of the caches.
    """
    normal = keras.initializers.RandomNormal(stddev=1.0)((shape[1], shape[0]))
    q, r = np.linalg.qr(np.asarray(normal, np.float64))
    return (q * np.sign(np.diag(r))).T.astype(dtype)


def _masked_mean(x, mask):
    """Average over the real frames: (batch, frames, columns) to (batch, 1, columns)."""
    return ops.sum(x * mask, axis=1, keepdims=True) / ops.sum(mask, axis=1, keepdims=True)


def _reverse(frames, lengths):
    """Reverse the real frames of each clip and leave the padding at the end; (frames, batch, columns)."""
    return tf.reverse_sequence(frames, lengths, seq_axis=0, batch_axis=1)


def _block_lstm_gates(array):
    """Reorder gates from Keras (input, forget, cell, output) to BlockLSTM (input, cell, forget, output)."""
    input_gate, forget, cell, output = tf.split(array, 4, axis=-1)
    return tf.concat([input_gate, cell, forget, output], axis=-1)
