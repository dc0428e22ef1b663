import pandas as pd

from speech_emotion.core.clip_table import COLLECTION_COLUMNS, COLUMNS
from speech_emotion.corpus import description
from speech_emotion.corpus.collection import collect

CLIPS = pd.DataFrame(
    [
        ("03-01-05-01-01-01-07.wav", "07", "01", "anger", "1"),
        ("03-01-03-01-02-02-07.wav", "07", "02", "happiness", "2"),
        ("03-01-02-01-01-01-08.wav", "08", "01", "calm", "3"),
        ("03-01-05-01-01-01-08.wav", "08", "01", "anger", "4"),
    ],
    columns=COLUMNS,
)


def test_rows_name_their_corpus_and_sex():
    kept, _ = collect(description.load("ravdess"), CLIPS, ["anger", "happiness"])
    assert list(kept.columns) == COLLECTION_COLUMNS
    assert kept.to_dict("records")[1] == {
        "clip": "ravdess/03-01-05-01-01-01-08.wav",
        "corpus": "ravdess",
        "speaker": "ravdess/08",
        "sex": "female",
        "word": "ravdess/01",
        "emotion": "anger",
        "sha256": "4",
    }


def test_flawed_clips_and_other_emotions_are_left_out_with_the_reason():
    kept, left_out = collect(description.load("ravdess"), CLIPS, ["anger", "happiness"])
    assert len(kept) == 2
    reasons = dict(zip(left_out["clip"], left_out["reason"], strict=True))
    assert reasons["ravdess/03-01-02-01-01-01-08.wav"] == "no counterpart of calm"
    assert reasons["ravdess/03-01-03-01-02-02-07.wav"].startswith("same bytes as")


def test_every_flaw_and_every_speaker_is_one_of_the_corpus():
    for name in description.names():
        corpus = description.load(name)
        rows = [corpus.clip_row(clip.replace("_", "/", 1)) or corpus.clip_row(clip) for clip in corpus.hashes]
        assert set(corpus.flaws) <= {row["clip"] for row in rows}
        speakers = {row["speaker"] for row in rows}
        described = [speaker for speakers_of_sex in corpus.sex.values() for speaker in speakers_of_sex]
        assert sorted(described) == sorted(speakers), name
