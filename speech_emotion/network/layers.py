"""The layers of the network that Keras does not have, or not as fast."""

import numpy as np
import scipy.fft

from speech_emotion.network.tensorflow_setup import keras, tf

layers, ops = keras.layers, keras.ops

EPSILON = 1e-6  # added to a variance before its root


class FrameMask(layers.Layer):
    """1 where a frame is real, 0 where it is padding: (batch, frames, columns) and (batch,) to (batch, frames, 1)."""

    def call(self, x, lengths):
        steps = ops.arange(ops.shape(x)[1], dtype=lengths.dtype)
        return ops.cast(steps < lengths[:, None], x.dtype)[..., None]


class RandomSpectralTilt(layers.Layer):
    """While training, make each clip brighter or darker by chance: a straight line over the mel bands is added.

    A view that takes out the mean over the utterance does not hear it. (batch, frames, coefficients) to the same shape;
    the coefficients are cosine transforms of as many bands.

    Args:
        deviation: of the line's rise from the lowest to the highest band, in the features' unit.
        orders: 1, or more where a frame goes on with differences of the coefficients, which a constant does not change.
    """

    def __init__(self, deviation: float, orders: int, **kwargs):
        super().__init__(**kwargs)
        self.deviation, self.orders = deviation, orders
        self.chance = keras.random.SeedGenerator()

    def build(self, shape):
        coefficients = shape[-1] // self.orders
        line = scipy.fft.dct(np.linspace(-0.5, 0.5, coefficients), norm="ortho")
        self.line = np.concatenate([line, np.zeros(shape[-1] - coefficients)]).astype(np.float32)

    def call(self, x, training=False):
        if not training or self.deviation == 0:
            return x
        rise = keras.random.normal((ops.shape(x)[0], 1, 1), stddev=self.deviation, seed=self.chance)
        return x + rise * self.line


class UtteranceNormalization(layers.Layer):
    """Subtract each column's mean over the utterance and divide by its deviation; padding stays out of both.

    (batch, frames, columns) and the mask to the first's shape.

    Args:
        normalisation: none, mean (subtract alone) or mean-variance.
    """

    def __init__(self, normalisation: str, **kwargs):
        super().__init__(**kwargs)
        self.normalisation = normalisation

    def call(self, x, mask):
        if self.normalisation == "none":
            return x
        centred = (x - _mean(x, mask)) * mask
        if self.normalisation == "mean":
            return centred
        return centred / ops.sqrt(_mean(centred**2, mask) + EPSILON)


class Standardize(layers.Layer):
    """Subtract a mean and divide by a deviation, one a column, both fitted on the training clips before training.

    (batch, frames, columns) and the mask to the first's shape; padding becomes 0, the average frame.
    """

    def build(self, shape):
        self.mean = self.add_weight(shape=shape[-1:], initializer="zeros", trainable=False, name="mean")
        self.deviation = self.add_weight(shape=shape[-1:], initializer="ones", trainable=False, name="deviation")

    def call(self, x, mask):
        return (x - self.mean) / self.deviation * mask


class Mixup(layers.Layer):
    """Mixup with the batch in reverse: x * share + reversed(x) * (1 - share); shares of 1 leave x as it is.

    The batch was shuffled, so the partner is a random one, and the targets can be mixed alike outside the network.
    https://arxiv.org/abs/1710.09412
    """

    def call(self, x, share):  # (batch, frames, columns), (batch,)
        share = share[:, None, None]
        return x * share + ops.flip(x, axis=0) * (1 - share)


class MixupMask(layers.Layer):
    """The mask of a mixture, which lasts as long as the longer clip in it; shares of 1 leave the mask as it is."""

    def call(self, mask, share):  # (batch, frames, 1), (batch,)
        partner = ops.flip(mask, axis=0) * ops.cast(share < 1, mask.dtype)[:, None, None]
        return ops.maximum(mask, partner)


class LSTM(layers.Layer):
    """An LSTM over time, forwards or both ways, by TensorFlow's kernel for whole sequences.

    Keras' own layer leaves a loop to the graph that costs twice the time on a CPU. Weights, their order, their initial
    values and the order of gates (input, forget, cell, output) are those of Keras: for each direction kernel, recurrent
    kernel, bias.

    (batch, frames, columns) and the mask to (batch, frames, units of all directions); padding may become any number.
    """

    def __init__(self, units: int, bidirectional: bool, **kwargs):
        super().__init__(**kwargs)
        self.units, self.directions = units, ["forwards", "backwards"] if bidirectional else ["forwards"]

    def build(self, shape):
        self.arrays = {direction: self._arrays(direction, shape[-1]) for direction in self.directions}

    def call(self, x, mask):
        frames, lengths = tf.transpose(x, [1, 0, 2]), tf.cast(tf.reduce_sum(mask, axis=[1, 2]), tf.int32)
        outputs = []
        for direction in self.directions:
            if direction == "backwards":
                reverse = self._run(_reversed(frames, lengths), direction)
                outputs.append(_reversed(reverse, lengths))
            else:
                outputs.append(self._run(frames, direction))
        return tf.transpose(tf.concat(outputs, axis=-1), [1, 0, 2])

    def _arrays(self, direction: str, columns: int) -> tuple:
        gates = 4 * self.units
        bias = np.repeat(np.float32([0, 1, 0, 0]), self.units)  # as in Keras: at first little is forgotten
        return (
            self.add_weight(shape=(columns, gates), initializer="glorot_uniform", name=f"{direction}_kernel"),
            self.add_weight(shape=(self.units, gates), initializer="orthogonal", name=f"{direction}_recurrent"),
            self.add_weight(shape=(gates,), initializer=lambda *_, **__: bias, name=f"{direction}_bias"),
        )

    def _run(self, frames, direction: str):
        """(frames, batch, columns) to (frames, batch, units)."""
        kernel, recurrent, bias = self.arrays[direction]
        count, batch = tf.shape(frames)[0], tf.shape(frames)[1]
        start, no_peephole = tf.zeros((batch, self.units)), tf.zeros(self.units)
        # Not BlockLSTMV2, whose gates are in Keras' order: its gradient takes them in that of BlockLSTM, and is wrong.
        return tf.raw_ops.BlockLSTM(
            seq_len_max=tf.cast(count, tf.int64),
            x=frames,
            cs_prev=start,
            h_prev=start,
            w=_kernel_gates(tf.concat([kernel, recurrent], axis=0)),
            wci=no_peephole,
            wcf=no_peephole,
            wco=no_peephole,
            b=_kernel_gates(bias),
            forget_bias=0.0,
            cell_clip=0.0,
        ).h


class MeanPooling(layers.Layer):
    """Average over the real frames. (batch, frames, units) and the mask to (batch, units)."""

    def call(self, x, mask):
        return ops.squeeze(_mean(x, mask), axis=1)


def _mean(x, mask):
    """Average over the real frames: (batch, frames, columns) and the mask to (batch, 1, columns)."""
    return ops.sum(x * mask, axis=1, keepdims=True) / ops.sum(mask, axis=1, keepdims=True)


def _reversed(frames, lengths):
    """Turn the real frames of each clip round; padding stays behind. (frames, batch, columns) to the same shape."""
    return tf.reverse_sequence(frames, lengths, seq_axis=0, batch_axis=1)


def _kernel_gates(array):
    """Put Keras' gates (input, forget, cell, output) into the order of BlockLSTM: input, cell, forget, output."""
    first, forget, cell, output = tf.split(array, 4, axis=-1)
    return tf.concat([first, cell, forget, output], axis=-1)
