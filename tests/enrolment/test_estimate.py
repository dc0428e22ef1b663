import numpy as np

from speech_emotion.enrolment.estimate import Estimate, estimate

LABELS = ["anger", "fear", "sadness"]


def log_probabilities(predicted: list[int], confidence: float = 0.8) -> np.ndarray:
    rest = (1 - confidence) / 2
    return np.log(np.where(np.eye(3)[predicted] == 1, confidence, rest))


def test_uar_confusions_and_contradicting_clips():
    targets = np.array([0, 0, 1, 1, 1, 1])
    found = estimate(log_probabilities([0, 1, 1, 1, 2, 2], confidence=0.9), targets, LABELS)
    assert (found.uar, found.clips) == (0.5, 6)
    assert 0 <= found.low < 0.5 < found.high <= 1
    assert sorted(found.confusions) == [("anger", "fear", 0.5), ("fear", "sadness", 0.5)]
    assert found.contradicting == [("fear", 2), ("fear", 3)]  # there are too few of anger to tell


def test_an_emotion_with_one_clip_does_not_count():
    found = estimate(log_probabilities([0, 0, 1, 1, 0]), np.array([0, 0, 1, 1, 2]), LABELS)
    assert (found.uar, found.clips, found.confusions) == (1.0, 4, [])


def test_without_two_emotions_of_two_clips_there_is_no_estimate():
    assert estimate(log_probabilities([0, 0, 1]), np.array([0, 0, 1]), LABELS) == Estimate()


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    generator = np.random.default_rng(0)
    covered = []
    for _ in range(200):
        targets = np.repeat([0, 1, 2], 12)
        is_correct = generator.random(36) < 0.7
        predicted = np.where(is_correct, targets, (targets + 1) % 3)
        found = estimate(log_probabilities(list(predicted)), targets, LABELS)
        covered.append(found.low <= 0.7 <= found.high)
    assert 0.88 < np.mean(covered) <= 1
