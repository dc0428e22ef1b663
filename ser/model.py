"""The network: an LSTM over time on one or several normalisations of the same MFCC sequence."""

from dataclasses import dataclass

import numpy as np

from ser.backend import keras
from ser.errors import require

layers, ops = keras.layers, keras.ops

NORMALISATIONS = ["none", "mean", "mean-variance"]
EPSILON = 1e-6  # added to a variance before its root


@dataclass(frozen=True)
class Settings:
    """The section `model` of params.yaml, where each key is explained."""

    views: list
    units: int
    depth: int
    bidirectional: bool
    noise: float
    input_dropout: float
    dropout: float

    def __post_init__(self):
        for view in self.views:
            require(view in NORMALISATIONS, f"model.views has {view!r}; expected some of {', '.join(NORMALISATIONS)}")
        require(len(self.views) > 0, "model.views is empty; expected at least one normalisation")
        for name in ("units", "depth"):
            require(getattr(self, name) >= 1, f"model.{name} is {getattr(self, name)}; expected 1 or more")
        for name in ("input_dropout", "dropout"):
            share = getattr(self, name)
            require(0 <= share < 1, f"model.{name} is {share}; expected a share from 0 to below 1")
        require(self.noise >= 0, f"model.noise is {self.noise}; expected 0 or more")


class UtteranceNormalisation(layers.Layer):
    """Subtract each coefficient's mean over the utterance and divide by its deviation; padding stays out of both.

    (batch, frames, coefficients) to the same shape.
    """

    def __init__(self, kind: str, **kwargs):
        super().__init__(**kwargs)
        self.kind, self.supports_masking = kind, True

    def call(self, x, mask=None):
        if self.kind == "none":
            return x
        real = ops.cast(mask, x.dtype)[..., None]  # (batch, frames, 1)
        count = ops.sum(real, axis=1, keepdims=True)
        centred = (x - ops.sum(x * real, axis=1, keepdims=True) / count) * real
        if self.kind == "mean":
            return centred
        return centred / ops.sqrt(ops.sum(centred**2, axis=1, keepdims=True) / count + EPSILON)


class Scaling(layers.Layer):
    """Subtract a mean and divide by a deviation, one a coefficient, both fitted on the training clips before training.

    Padding becomes 0, the average frame.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, shape):
        self.mean = self.add_weight(shape=shape[-1:], initializer="zeros", trainable=False, name="mean")
        self.deviation = self.add_weight(shape=shape[-1:], initializer="ones", trainable=False, name="deviation")

    def call(self, x, mask=None):
        return (x - self.mean) / self.deviation * ops.cast(mask, x.dtype)[..., None]


class Mixing(layers.Layer):
    """Mixup with the batch in reverse: x * share + reversed(x) * (1 - share); shares of 1 leave x as it is.

    The batch was shuffled, so the partner is a random one, and the targets can be mixed alike outside the network.
    https://arxiv.org/abs/1710.09412
    """

    def call(self, inputs, mask=None):
        x, share = inputs  # (batch, frames, coefficients), (batch,)
        share = share[:, None, None]
        return x * share + ops.flip(x, axis=0) * (1 - share)

    def compute_mask(self, inputs, mask=None):
        share = inputs[1][:, None]
        return mask[0] | (ops.flip(mask[0], axis=0) & (share < 1))


class AttentionPooling(layers.Layer):
    """Average over time with learnt weights; padding has none. (batch, frames, units) to (batch, units)."""

    def build(self, shape):
        self.score = self.add_weight(shape=(shape[-1], 1), initializer="glorot_uniform", name="score")

    def call(self, x, mask=None):
        scores = ops.matmul(x, self.score)  # (batch, frames, 1)
        weights = ops.softmax(ops.where(mask[..., None], scores, -1e9), axis=1)
        return ops.sum(x * weights, axis=1)

    def compute_mask(self, x, mask=None):
        return None


def build(coefficients: int, classes: int, settings: Settings) -> keras.Model:
    """Return the network.

    Inputs: `features`, float32 of shape (batch, frames, coefficients), padded behind with zeros, and `share`, float32
    of shape (batch,), the mixup share (1 outside training).
    Output: log probabilities of shape (batch, views, classes), one a view; the prediction is their mean, normalised.
    """
    features = keras.Input((None, coefficients), name="features")
    share = keras.Input((), name="share")
    masked = layers.Masking(0.0, name="mask")(features)
    branches = [_branch(masked, share, classes, view, settings) for view in settings.views]
    stacked = layers.concatenate([layers.Reshape((1, classes))(branch) for branch in branches], axis=1)
    return keras.Model({"features": features, "share": share}, layers.Activation("log_softmax")(stacked))


def fit_scaling(model: keras.Model, sequences: list[np.ndarray], settings: Settings) -> None:
    """Set each view's scaling to the mean and deviation of its normalised training frames.

    Args:
        sequences: of training clips only, arrays of shape (frames, coefficients).
    """
    for view in settings.views:
        layer = model.get_layer(f"normalise_{view}")
        frames = np.concatenate([_normalised(layer, sequence) for sequence in sequences])  # (frames, coefficients)
        deviation = np.sqrt(frames.var(axis=0) + EPSILON)
        model.get_layer(f"scale_{view}").set_weights([frames.mean(axis=0), deviation])


def _normalised(layer: UtteranceNormalisation, sequence: np.ndarray) -> np.ndarray:
    batch = np.asarray(sequence)[None]
    return ops.convert_to_numpy(layer(batch, mask=np.ones(batch.shape[:2], dtype=bool)))[0].astype(np.float64)


def _branch(x, share, classes: int, view: str, settings: Settings):
    x = UtteranceNormalisation(view, name=f"normalise_{view}")(x)
    x = Scaling(name=f"scale_{view}")(x)
    x = Mixing(name=f"mix_{view}")([x, share])
    x = layers.GaussianNoise(settings.noise)(x)
    x = layers.SpatialDropout1D(settings.input_dropout)(x)
    for number in range(settings.depth):
        lstm = layers.LSTM(settings.units, return_sequences=True, name=f"lstm_{view}_{number}")
        x = layers.Bidirectional(lstm, name=lstm.name)(x) if settings.bidirectional else lstm(x)
    x = layers.Dropout(settings.dropout)(x)
    x = AttentionPooling(name=f"pool_{view}")(x)
    return layers.Dense(classes, name=f"classify_{view}")(x)
