import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.enrolment import classifier

CLASSES = 4


def person(clips: list[int], seed: int = 0, spread: float = 1.0):
    """Clips of one person with `clips[i]` of class i: embeddings around a center for each class, and a random network."""
    generator = np.random.default_rng(seed)
    targets = np.repeat(range(len(clips)), clips)
    centers = np.random.default_rng(99).normal(size=(len(clips), 30))
    embeddings = (centers[targets] + spread * generator.normal(size=(len(targets), 30))).astype(np.float32)
    of_network = classifier.log_softmax(generator.normal(size=(len(targets), CLASSES))).astype(np.float32)
    return embeddings, of_network, targets


def test_it_learns_what_the_network_does_not_know():
    learned, _ = classifier.fit(*person([3, 3, 3, 3]))
    embeddings, of_network, targets = person([50, 50, 50, 50], seed=1)
    predicted = learned.log_probabilities(embeddings, of_network).argmax(axis=1)
    assert (predicted == targets).mean() > 0.85
    assert (of_network.argmax(axis=1) == targets).mean() < 0.4


@pytest.mark.parametrize("clips", [[2, 3, 4, 2], [1, 5, 0, 2]])
def test_what_it_says_of_a_left_out_clip_is_that_of_a_ridge_regression_without_it(clips):
    embeddings, of_network, targets = person(clips)
    learned, left_out = classifier.fit(embeddings, of_network, targets)
    standardized = ((embeddings - learned.mean) / learned.std).astype(np.float64)
    labels = (targets[:, None] == learned.emotions) - learned.bias
    for clip in range(len(targets)):
        rest = np.arange(len(targets)) != clip
        x = standardized[rest]
        penalty = classifier.RIDGE * x.shape[1] * np.eye(x.shape[1])
        weights = np.linalg.solve(x.T @ x + penalty, x.T @ labels[rest])
        expected = learned.combine(standardized[[clip]] @ weights + learned.bias, of_network[[clip]])
        np.testing.assert_allclose(left_out[[clip]], expected, atol=1e-4)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=CLASSES).filter(any), st.integers(0, 1000))
def test_probabilities_sum_to_1_and_emotions_without_clips_keep_those_of_the_network(clips, seed):
    learned, left_out = classifier.fit(*person(clips, seed))
    embeddings, of_network, _ = person([2] * CLASSES, seed + 1)
    found = learned.log_probabilities(embeddings, of_network)
    for log_probabilities in (found, left_out):
        np.testing.assert_allclose(np.exp(log_probabilities).sum(axis=1), 1, atol=1e-5)
    missing = [emotion for emotion in range(CLASSES) if emotion not in learned.emotions]
    np.testing.assert_array_equal(found[:, missing], of_network[:, missing].astype(float))


def test_a_single_emotion_changes_nothing():
    learned, _ = classifier.fit(*person([0, 3]))
    embeddings, of_network, _ = person([5, 5])
    np.testing.assert_allclose(learned.log_probabilities(embeddings, of_network), of_network, atol=1e-6)


def test_the_order_of_the_clips_does_not_matter():
    embeddings, of_network, targets = person([3, 2, 4, 1])
    order = np.random.default_rng(1).permutation(len(targets))
    one, _ = classifier.fit(embeddings, of_network, targets)
    other, _ = classifier.fit(embeddings[order], of_network[order], targets[order])
    asked = person([5, 5, 5, 5], seed=1)[:2]
    np.testing.assert_allclose(one.log_probabilities(*asked), other.log_probabilities(*asked), atol=1e-4)


def test_the_network_counts_less_with_every_clip():
    weights = [classifier.fit(*person([clips] * CLASSES))[0].network_weight for clips in (1, 4, 9)]
    assert weights == pytest.approx([0.7, 0.35, 0.7 / 3])


def test_a_person_whose_emotions_are_easy_to_tell_apart_gets_more_confident_predictions():
    easy, _ = classifier.fit(*person([5] * CLASSES, spread=0.3))
    hard, _ = classifier.fit(*person([5] * CLASSES, spread=3.0))
    assert easy.temperature < 0.7 * hard.temperature
