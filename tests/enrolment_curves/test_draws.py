import numpy as np
import pandas as pd
import pytest

from speech_emotion.enrolment_curves.draws import EnrolmentSettings, draw_clips

SETTINGS = EnrolmentSettings(protocols=["all"], clips=[0, 1, 3], draws=4, enrolled_sentences=0.67)


def person(sentences: int) -> pd.DataFrame:
    """Every sentence with three emotions, and the first one twice with anger."""
    rows = [(f"s{number}", emotion) for number in range(sentences) for emotion in ("anger", "fear", "sadness")]
    return pd.DataFrame([*rows, ("s0", "anger")], columns=["word", "emotion"]).assign(speaker="x/1")


@pytest.mark.parametrize("sentences", [2, 3, 12])
def test_no_sentence_is_enrolled_and_tested(sentences):
    clips = person(sentences)
    for draw in draw_clips(clips, SETTINGS, 1):
        enrolled, tested = clips.iloc[draw.enrolled], clips.iloc[draw.tested]
        assert not set(enrolled["word"]) & set(tested["word"])
        assert len(tested) > 0
        assert enrolled["emotion"].value_counts().max() <= draw.clips if draw.clips else enrolled.empty


def test_all_numbers_of_clips_are_tested_with_the_same_ones_and_fewer_are_part_of_more():
    draws = list(draw_clips(person(12), SETTINGS, 1))
    assert [(draw.number, draw.clips) for draw in draws] == [(n, clips) for n in range(4) for clips in (0, 1, 3)]
    for none, one, three in zip(draws[0::3], draws[1::3], draws[2::3], strict=True):
        np.testing.assert_array_equal(none.tested, one.tested)
        np.testing.assert_array_equal(one.tested, three.tested)
        assert set(one.enrolled) < set(three.enrolled)
        assert len(three.enrolled) == 9


def test_draws_differ_and_can_be_repeated():
    first, again, other = (list(draw_clips(person(12), SETTINGS, seed)) for seed in (1, 1, 2))
    assert all((a.tested == b.tested).all() for a, b in zip(first, again, strict=True))
    assert len({tuple(draw.tested) for draw in first}) == 4
    assert any(tuple(a.tested) != tuple(b.tested) for a, b in zip(first, other, strict=True))


def test_who_has_fewer_clips_enrolls_all():
    enrolled = max(len(draw.enrolled) for draw in draw_clips(person(2), SETTINGS, 1))
    assert enrolled in (3, 4)  # one sentence
