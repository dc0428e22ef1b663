"""The network: an LSTM over time on each of several views of the same MFCC sequence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.fft

from ser.backend import keras
from ser.errors import require

layers, ops = keras.layers, keras.ops

BASES = ["mfcc", "mel"]
NORMALISATIONS = ["none", "mean", "mean-variance"]
EPSILON = 1e-6  # added to a variance before its root


class View(NamedTuple):
    """What one branch of the network sees; the name tells its layers apart."""

    name: str
    basis: str
    normalisation: str


@dataclass(frozen=True)
class Settings:
    """The section `model` of params.yaml, where each key is explained."""

    views: list
    cepstra: int
    units: int
    depth: int
    bidirectional: bool
    noise: float
    input_dropout: float
    dropout: float

    def __post_init__(self):
        known = [{basis: kind} for basis in BASES for kind in NORMALISATIONS]
        for place, view in enumerate(self.views):
            require(view in known, f"model.views has {view!r}; expected {' or '.join(BASES)}: {_any(NORMALISATIONS)}")
            require(view not in self.views[:place], f"model.views has {view!r} twice; expected once")
        require(len(self.views) > 0, "model.views is empty; expected at least one such as mfcc: mean")
        for name in ("cepstra", "units", "depth"):
            require(getattr(self, name) >= 1, f"model.{name} is {getattr(self, name)}; expected 1 or more")
        for name in ("input_dropout", "dropout"):
            share = getattr(self, name)
            require(0 <= share < 1, f"model.{name} is {share}; expected a share from 0 to below 1")
        require(self.noise >= 0, f"model.noise is {self.noise}; expected 0 or more")

    def branches(self) -> list[View]:
        """Return the views, in their order."""
        return [View(f"{basis}_{kind}", basis, kind) for view in self.views for basis, kind in view.items()]


def basis(kind: str, coefficients: int, orders: int, cepstra: int) -> np.ndarray:
    """Return the matrix that turns a frame of MFCCs into what a view sees, float32 (orders * coefficients, columns).

    - mfcc: the first `cepstra` coefficients, which describe the coarse shape of the spectrum.
    - mel: the log-mel bands, by the inverse cosine transform; smoothed where there are fewer coefficients than bands.

    Args:
        orders: 1, or more where the frame goes on with differences of the coefficients.
    """
    if kind == "mel":
        block = scipy.fft.idct(np.eye(coefficients), axis=1, norm="ortho")
    else:
        block = np.eye(coefficients)[:, :cepstra]
    return np.kron(np.eye(orders), block).astype(np.float32)


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
        count = ops.maximum(ops.sum(real, axis=1, keepdims=True), 1)  # a silent clip is all zeros, as padding is
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


def build(coefficients: int, orders: int, classes: int, settings: Settings) -> keras.Model:
    """Return the network.

    Inputs: `features`, float32 of shape (batch, frames, orders * coefficients), padded behind with zeros, and `share`,
    float32 of shape (batch,), the mixup share (1 outside training).
    Output: log probabilities of shape (batch, views, classes), one a view; the prediction is their mean, normalised.
    """
    features = keras.Input((None, orders * coefficients), name="features")
    share = keras.Input((), name="share")
    masked = layers.Masking(0.0, name="mask")(features)
    bases = {view.basis for view in settings.branches()}
    frames = {kind: _basis(kind, coefficients, orders, settings)(masked) for kind in sorted(bases)}
    branches = [_branch(frames[view.basis], share, classes, view, settings) for view in settings.branches()]
    stacked = layers.concatenate([layers.Reshape((1, classes))(branch) for branch in branches], axis=1)
    return keras.Model({"features": features, "share": share}, layers.Activation("log_softmax")(stacked))


def fit_scaling(model: keras.Model, batches: Iterable[dict], settings: Settings) -> None:
    """Set each view's scaling to the mean and deviation of its normalised training frames.

    Args:
        batches: the network's inputs, of training clips only.
    """
    names = [view.name for view in settings.branches()]
    normalised = keras.Model(model.inputs, {name: model.get_layer(f"normalise_{name}").output for name in names})
    frames, total, squares = 0, dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for inputs in batches:
        real = np.any(inputs["features"], axis=-1)  # as the mask sees it
        frames += real.sum()
        for name, output in normalised.predict_on_batch(inputs).items():
            own = output[real].astype(np.float64)  # (frames, columns)
            total[name], squares[name] = total[name] + own.sum(axis=0), squares[name] + np.square(own).sum(axis=0)
    for name in names:
        mean = total[name] / frames
        deviation = np.sqrt(squares[name] / frames - mean**2 + EPSILON)
        model.get_layer(f"scale_{name}").set_weights([mean, deviation])


def _basis(kind: str, coefficients: int, orders: int, settings: Settings) -> keras.layers.Layer:
    matrix = basis(kind, coefficients, orders, settings.cepstra)
    columns, name = matrix.shape[1], f"basis_{kind}"
    return layers.Dense(columns, use_bias=False, trainable=False, name=name, kernel_initializer=lambda *_, **__: matrix)


def _branch(x, share, classes: int, view: View, settings: Settings):
    x = UtteranceNormalisation(view.normalisation, name=f"normalise_{view.name}")(x)
    x = Scaling(name=f"scale_{view.name}")(x)
    x = Mixing(name=f"mix_{view.name}")([x, share])
    x = layers.GaussianNoise(settings.noise)(x)
    x = layers.SpatialDropout1D(settings.input_dropout)(x)
    for number in range(settings.depth):
        lstm = layers.LSTM(settings.units, return_sequences=True, name=f"lstm_{view.name}_{number}")
        x = layers.Bidirectional(lstm, name=lstm.name)(x) if settings.bidirectional else lstm(x)
    x = layers.Dropout(settings.dropout)(x)
    x = AttentionPooling(name=f"pool_{view.name}")(x)
    return layers.Dense(classes, name=f"classify_{view.name}")(x)


def _any(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
