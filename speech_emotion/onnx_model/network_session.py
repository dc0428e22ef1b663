"""Run the network of one protocol with ONNX Runtime. Needs no TensorFlow."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from speech_emotion.core.padding import pad
from speech_emotion.dataset.partitions import Partition
from speech_emotion.onnx_model.session import EMBEDDING, open_session, read_metadata

BATCH_SIZE = 64
TOLERANCE = 1e-3  # largest difference of a log probability between Keras and ONNX


class NetworkSession:
    """The network of one protocol, which maps MFCC sequences to log probabilities.

    `uses_speaker_statistics` tells whether it also needs the mean and standard deviation of each speaker.
    """

    def __init__(self, path: Path):
        """Load the file `path`. Raises UserError as `open_session` and `read_metadata` do."""
        self._session = open_session(path, ["features", "lengths"], ["log_probabilities"], ["speaker_statistics"])
        self.uses_speaker_statistics = len(self._session.get_inputs()) == 3
        metadata = read_metadata(self._session, path, ["labels", "temperature"])
        self.labels: list[str] = metadata["labels"]  # the emotion of each class, in the order of the output
        self.temperature: float = metadata["temperature"]  # what the log probabilities were divided by
        self.speaker_prior = np.array(metadata.get("speaker_prior", []))  # see core.moments.statistics

    def log_probabilities(
        self, sequences: Sequence[np.ndarray], speaker_statistics: np.ndarray | None = None
    ) -> np.ndarray:
        """Return the log probability of every emotion for every sequence, float32 of shape (sequences, labels).

        Args:
            sequences: float32 arrays of shape (frames, coefficients), at least one frame each.
            speaker_statistics: float32 of shape (sequences, 2, coefficients), if the network uses them.
        """
        return self._run(["log_probabilities"], sequences, speaker_statistics)[0]

    def log_probabilities_and_embeddings(
        self, sequences: Sequence[np.ndarray], speaker_statistics: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `log_probabilities`, with the embedding of every sequence, float32 of shape (sequences, columns)."""
        return self._run(["log_probabilities", EMBEDDING], sequences, speaker_statistics)

    def predict(self, partition: Partition) -> np.ndarray:
        """Return `log_probabilities` of the sequences and speaker statistics of a partition."""
        return self.log_probabilities(partition.sequences, partition.speaker_statistics)

    def _run(
        self, outputs: list[str], sequences: Sequence[np.ndarray], speaker_statistics: np.ndarray | None
    ) -> tuple[np.ndarray, ...]:
        # Sequences of similar length share a batch, so that there is little padding.
        order = np.argsort([len(sequence) for sequence in sequences], kind="stable")
        batches = []
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            features, lengths = pad([sequences[row] for row in rows])
            inputs = {"features": features, "lengths": lengths}
            if self.uses_speaker_statistics:
                inputs["speaker_statistics"] = speaker_statistics[rows]
            batches.append(self._session.run(outputs, inputs))
        original_order = np.argsort(order, kind="stable")
        return tuple(np.concatenate(values)[original_order] for values in zip(*batches, strict=True))


def check_agreement(
    path: Path, expected: np.ndarray, sequences: Sequence[np.ndarray], speaker_statistics: np.ndarray | None = None
) -> None:
    """Raise an error if the network in `path` differs from the log probabilities that Keras computed.

    Args:
        expected: float32 of shape (sequences, classes).
        sequences: see `NetworkSession.log_probabilities`, like `speaker_statistics`.
    """
    difference = np.abs(NetworkSession(path).log_probabilities(sequences, speaker_statistics) - expected).max()
    if not difference <= TOLERANCE:  # also if the difference is NaN
        raise RuntimeError(f"ONNX differs from Keras by {difference:.1e}; expected at most {TOLERANCE}")
