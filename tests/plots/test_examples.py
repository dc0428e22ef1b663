import pandas as pd

from speech_emotion.plots.examples import one_clip_per_emotion


def chosen(*rows):
    return one_clip_per_emotion(pd.DataFrame(rows, columns=["clip", "speaker", "word", "emotion"]))["clip"].tolist()


def test_the_first_word_with_most_emotions_of_the_first_speaker():
    bar = [("a", "OAF", "bar", "fear"), ("b", "OAF", "bar", "anger")]
    cab = [("c", "OAF", "cab", "fear"), ("d", "OAF", "cab", "anger")]
    ask = [("e", "OAF", "ask", "fear"), ("f", "YAF", "ask", "anger"), ("g", "YAF", "ask", "fear")]
    assert chosen(*cab, *ask, *bar) == ["b", "a"]


def test_a_second_recording_of_an_emotion_is_left_out():
    assert chosen(("a", "03", "a01", "fear"), ("b", "03", "a01", "fear"), ("c", "04", "a01", "anger")) == ["a"]
