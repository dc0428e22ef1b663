import pytest

from speech_emotion.corpus import description
from speech_emotion.packaging import model_card

SCORES = {
    **{"uar": 0.9, "uar_low": 0.85, "uar_high": 0.95, "accuracy": 0.91, "accuracy_low": 0.86, "accuracy_high": 0.96},
    **{"macro_f1": 0.9, "ece": 0.05, "recall.anger": 0.99, "recall.fear": 0.07, "recall.sadness": 0.98},
}


def card(scores: dict) -> str:
    report = {"clips": 2799, "missing": ["a.wav"], "altered": [], "speakers": ["OAF", "YAF"]}
    checks = {"clips": 280, "mfcc": 6.1e-4, "probability": 7e-7}
    return model_card.format_card(description.load("tess"), report, "words", scores, 16000, checks)


@pytest.mark.parametrize(
    "text",
    [
        "2,799 of 2,800 clips, 2 speakers (OAF, YAF)",
        "| 0.900 (0.850 to 0.950) |",
        "| fear | 0.07 | 0.07 |",
        "`speaker-1`: UAR 0.68; guessing gives 0.33.",
        "fear 0.07",
        "CC BY-NC-ND 4.0",
        "at most 1e-3 in any MFCC",
    ],
)
def test_the_card_has_the_numbers(text):
    assert text in card({"words": SCORES, "speaker-1": SCORES | {"uar": 0.68}})


def test_the_card_says_what_was_not_measured():
    assert "not measured" in card({"words": SCORES})
