"""What a voice, the network alone and a baseline predict of a person's clips, for every draw."""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from speech_emotion.core.moments import moments, statistics
from speech_emotion.enrolment import classifier
from speech_emotion.enrolment.estimate import Estimate, estimate
from speech_emotion.enrolment_curves.draws import Draw
from speech_emotion.onnx_model.network_session import NetworkSession

LOGISTIC_C = 0.1  # of the baseline


class Person:
    """One person's clips, and what the network needs of them."""

    def __init__(self, sequences: Sequence[np.ndarray], targets: np.ndarray, network: NetworkSession):
        """`sequences` are float32 (frames, coefficients) each; `targets` int (clips,)."""
        self.sequences = list(sequences)
        self.targets = targets
        self.network = network
        self.leading = 2 * sequences[0].shape[1]  # columns of an embedding, see `classifier.fit`
        self.moments = np.stack([moments(sequence) for sequence in sequences])

    def predict(self, draw: Draw) -> pd.DataFrame:
        """Return a row for every tested clip.

        Columns: network (the class that the network predicts if it has heard the enrolled clips, without their labels),
        confidence_network, voice, confidence_voice; and, the same in all rows, what the voice itself would promise: the
        UAR (estimate) and its range (estimate_low, estimate_high), empty if it promises nothing. Without enrolled
        clips, the voice is the network.
        """
        heard = self.moments[draw.enrolled].sum(axis=0)  # zeros for no clips
        of_network, embeddings = self._run(draw.tested, heard + self.moments[draw.tested])
        of_voice = of_network
        promised = Estimate()
        if len(draw.enrolled):
            same_for_all = np.tile(heard, (len(draw.enrolled), 1))
            log_probabilities, enrolled = self._run(draw.enrolled, same_for_all)
            examples = (enrolled, log_probabilities, self.targets[draw.enrolled], self.leading)
            learned = classifier.fit(*examples)
            if draw.clips > 1:
                left_out = classifier.cross_validate(*examples)
                promised = estimate(left_out, self.targets[draw.enrolled], self.network.labels)
            of_voice = learned.log_probabilities(embeddings, of_network)
        return pd.DataFrame(
            {
                "network": of_network.argmax(axis=1),
                "confidence_network": np.exp(of_network.max(axis=1)),
                "voice": of_voice.argmax(axis=1),
                "confidence_voice": np.exp(of_voice.max(axis=1)),
                "estimate": promised.uar,
                "estimate_low": promised.low,
                "estimate_high": promised.high,
            }
        )

    def _run(self, positions: np.ndarray, heard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log probabilities and embeddings of clips; `heard` are the moments for each, (clips, columns)."""
        sequences = [self.sequences[position] for position in positions]
        of_speaker = statistics(heard, self.network.speaker_prior)
        return self.network.log_probabilities_and_embeddings(sequences, of_speaker)


def predict_by_logistic_regression(vectors: np.ndarray, targets: np.ndarray, draw: Draw) -> np.ndarray:
    """Return the predicted class of every tested clip, from a logistic regression on the enrolled clips alone.

    Args:
        vectors: float (clips, columns), one vector a clip; they are standardized on the enrolled clips.
        targets: int (clips,).
        draw: with at least one enrolled clip.
    """
    if len(np.unique(targets[draw.enrolled])) < 2:
        return np.full(len(draw.tested), targets[draw.enrolled][0])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=LOGISTIC_C, max_iter=500))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(vectors[draw.enrolled], targets[draw.enrolled])
    return model.predict(vectors[draw.tested])
