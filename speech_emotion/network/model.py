"""The network: LSTM branches over several representations of the same MFCCs. Their predictions are averaged."""

from collections.abc import Iterable

import numpy as np
import scipy.fft

from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import VARIANCE_FLOOR
from speech_emotion.network.layers import (
    LSTM,
    AttentionPooling,
    Convolution,
    FrameMask,
    MeanPooling,
    Mixup,
    MixupMask,
    RandomSpectralTilt,
    SpeakerNormalization,
    Standardize,
    UtteranceNormalization,
)
from speech_emotion.network.settings import ModelSettings, Representation
from speech_emotion.network.tensorflow_setup import keras

layers = keras.layers


def build_model(coefficients: int, classes: int, settings: ModelSettings) -> keras.Model:
    """Return the network, untrained.

    Inputs: `features`, float32 (batch, frames, coefficients), padded at the end; `lengths`, int32 (batch,), the number
    of real frames; `mixup_lambda`, float32 (batch,), 1 outside training; and, if an input is normalized by the speaker,
    `speaker_statistics`, float32 (batch, 2, coefficients), the mean and standard deviation of the speaker's frames.
    Output: log probabilities of shape (batch, branches, classes). The prediction is their mean over the branches.

    Raises:
        UserError: an input needs more coefficients than there are.
    """
    if settings.mfcc_used > coefficients:
        raise UserError(f"model.mfcc_used is {settings.mfcc_used}; expected at most features.n_mfcc, {coefficients}")
    features = keras.Input((None, coefficients), name="features")
    lengths = keras.Input((), dtype="int32", name="lengths")
    mixup_lambda = keras.Input((), name="mixup_lambda")
    inputs = {"features": features, "lengths": lengths, "mixup_lambda": mixup_lambda}
    if settings.uses_speaker_statistics:
        inputs["speaker_statistics"] = keras.Input((2, coefficients), name="speaker_statistics")
    mask = FrameMask()(features, lengths)
    mixup_mask = MixupMask()(mask, mixup_lambda)
    tilted = RandomSpectralTilt(settings.spectral_tilt_std_db)(features)
    network_inputs = settings.network_inputs()
    kinds = sorted({network_input.representation for network_input in network_inputs})
    projections = {kind: _projection(kind, coefficients, settings) for kind in kinds}
    frames = {kind: projection(tilted) for kind, projection in projections.items()}
    outputs = []
    for network_input in network_inputs:
        name = network_input.name
        if network_input.normalization == "speaker":
            # Without the tilt: the statistics are those of recordings that nothing has tilted.
            untilted = projections[network_input.representation](features)
            x = SpeakerNormalization(name=f"normalize_{name}")(untilted, inputs["speaker_statistics"], mask)
        else:
            normalize = UtteranceNormalization(network_input.normalization, name=f"normalize_{name}")
            x = normalize(frames[network_input.representation], mask)
        x = Standardize(name=f"standardize_{name}")(x, mask)
        x = Mixup(name=f"mixup_{name}")(x, mixup_lambda)
        for branch in settings.branch_names(network_input):
            outputs.append(_branch(x, mixup_mask, classes, branch, settings))
    stacked = layers.concatenate([layers.Reshape((1, classes))(output) for output in outputs], axis=1)
    return keras.Model(inputs, layers.Activation("log_softmax")(stacked))


def projection_matrix(representation: Representation, coefficients: int, mfcc_used: int) -> np.ndarray:
    """Return the matrix that turns MFCCs into what an input sees, float32 (coefficients, columns).

    - mfcc: the first `mfcc_used` coefficients, which describe the coarse shape of the spectrum.
    - log_mel: the log-mel bands, by the inverse cosine transform; smoothed if there are fewer coefficients than bands.
    """
    if representation == "log_mel":
        return scipy.fft.idct(np.eye(coefficients), axis=1, norm="ortho").astype(np.float32)
    return np.eye(coefficients)[:, :mfcc_used].astype(np.float32)


def fit_standardization(model: keras.Model, batches: Iterable[dict], settings: ModelSettings) -> None:
    """Set each input's Standardize layer to the mean and standard deviation of its normalized training frames.

    Args:
        batches: the network's inputs, of training clips only.
    """
    names = [network_input.name for network_input in settings.network_inputs()]
    normalized = keras.Model(model.inputs, {name: model.get_layer(f"normalize_{name}").output for name in names})
    count = 0
    sums = dict.fromkeys(names, 0)
    square_sums = dict.fromkeys(names, 0)
    for inputs in batches:
        is_real = np.arange(inputs["features"].shape[1]) < inputs["lengths"][:, None]  # (batch, frames)
        count += is_real.sum()
        for name, output in normalized.predict_on_batch(inputs).items():
            frames = output[is_real].astype(np.float64)  # (frames, columns)
            sums[name] = sums[name] + frames.sum(axis=0)
            square_sums[name] = square_sums[name] + np.square(frames).sum(axis=0)
    for name in names:
        mean = sums[name] / count
        std = np.sqrt(square_sums[name] / count - mean**2 + VARIANCE_FLOOR)
        model.get_layer(f"standardize_{name}").set_weights([mean, std])


def _projection(representation: Representation, coefficients: int, settings: ModelSettings) -> keras.layers.Layer:
    matrix = projection_matrix(representation, coefficients, settings.mfcc_used)
    return layers.Dense(
        matrix.shape[1],
        use_bias=False,
        trainable=False,
        kernel_initializer=keras.initializers.Constant(matrix),
        name=f"project_{representation}",
    )


def _branch(x, mask, classes: int, name: str, settings: ModelSettings):
    """Standardized frames and the mask to logits of shape (batch, classes)."""
    x = layers.GaussianNoise(settings.input_noise_std)(x)
    x = layers.SpatialDropout1D(settings.input_dropout)(x)
    if settings.convolution:
        x = Convolution(settings.convolution, name=f"convolution_{name}")(x, mask)
    for number in range(settings.layers):
        x = LSTM(settings.units, settings.bidirectional, name=f"lstm_{name}_{number}")(x, mask)
    x = layers.Dropout(settings.dropout)(x)
    pooling = AttentionPooling(name=f"pool_{name}") if settings.pooling == "attention" else MeanPooling()
    x = pooling(x, mask)
    return layers.Dense(classes, name=f"classify_{name}")(x)
