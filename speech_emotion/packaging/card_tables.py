"""The tables of the model card, as Markdown. Their numbers are committed metrics."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from speech_emotion.corpus.description import Corpus

TEST_NAMES = {"new speakers": "new speakers", "new corpora": "as a new corpus"}


def training_table(corpora: Sequence[Corpus], clips: pd.DataFrame) -> str:
    rows = [["corpus", "language", "actors", "clips", "actors for validation"]]
    for corpus in corpora:
        of_corpus = clips[clips["corpus"] == corpus.name]
        trained, validated = (of_corpus[of_corpus["partition"] == name] for name in ("train", "validation"))
        counts = [str(trained["speaker"].nunique()), f"{len(trained):,}", str(validated["speaker"].nunique())]
        rows.append([corpus.title, corpus.language, *counts])
    return _markdown_table(rows)


def stranger_table(summary: pd.DataFrame) -> str:
    rows = [["corpus", "speakers", "emotions", "UAR, single clip", "UAR, speaker known", "ECE", "listeners"]]
    for single, known in _pairs(summary):
        emotions = sum(name.startswith("recall.") and pd.notna(single[name]) for name in single.index)
        rows.append(
            [
                _test_name(single),
                str(single["speakers"]),
                str(emotions),
                _with_interval(single),
                _with_interval(known),
                f"{single['ece']:.3f}",
                "-" if pd.isna(single["listeners"]) else f"{single['listeners']:.2f}",
            ]
        )
    return _markdown_table(rows)


def recall_table(summary: pd.DataFrame, labels: Sequence[str]) -> str:
    rows = [["corpus", *labels]]
    for single, _ in _pairs(summary):
        recalls = [single.get(f"recall.{label}", np.nan) for label in labels]
        rows.append([_test_name(single), *("-" if pd.isna(recall) else f"{recall:.2f}" for recall in recalls)])
    return _markdown_table(rows)


def sex_table(recalls: pd.DataFrame, names: Mapping[str, str]) -> str:
    rows = [["corpus", "women", "men"]]
    single = recalls[recalls["statistics"] == "single"]
    means = single.groupby(["test", "corpus", "sex"], sort=False)["recall"].mean().unstack()
    for (test, corpus), row in means.dropna().iterrows():
        rows.append([f"{names[corpus]}, {TEST_NAMES[test]}", f"{row['female']:.2f}", f"{row['male']:.2f}"])
    return _markdown_table(rows)


def unsure_table(summary: pd.DataFrame) -> str:
    rows = [["corpus", "called unsure", "of the others right", "unsure, speaker known", "of the others right"]]
    for single, known in _pairs(summary):
        shares = [row[name] for row in (single, known) for name in ("unsure", "right")]
        rows.append([_test_name(single), *("-" if pd.isna(share) else f"{share:.0%}" for share in shares)])
    return _markdown_table(rows)


def new_words(new_words: Mapping[str, float], names: Mapping[str, str]) -> str:
    scores = ", ".join(f"{uar:.3f} on {names[corpus]}" for corpus, uar in new_words.items())
    return f"For comparison, this file's UAR on people it *was* trained on, saying sentences that it was not: {scores}."


def _pairs(summary: pd.DataFrame) -> list[tuple[pd.Series, pd.Series]]:
    """Return the rows (single clip, speaker known) of every corpus and test."""
    groups = summary.groupby(["test", "corpus"], sort=False)
    pairs = []
    for _, rows in groups:
        by_statistics = {row["statistics"]: row for _, row in rows.iterrows()}
        pairs.append((by_statistics["single"], by_statistics["known"]))
    return pairs


def _test_name(row: pd.Series) -> str:
    return f"{row['name']}, {TEST_NAMES[row['test']]}"


def _with_interval(row: pd.Series) -> str:
    if pd.isna(row["uar_low"]):
        return f"{row['uar']:.3f}"
    return f"{row['uar']:.3f} ({row['uar_low']:.3f} to {row['uar_high']:.3f})"


def _markdown_table(rows: list[list[str]]) -> str:
    separator = ["---"] * len(rows[0])
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], separator, *rows[1:]])


def enrolment_table(enrolment: pd.DataFrame, names: Mapping[str, str]) -> str:
    """`enrolment` is from `enrolment_curves.summary.summarize`."""
    voice = enrolment[enrolment["method"] == "voice"]
    clips = sorted(voice["clips"].unique())
    rows = [["corpus", "speakers", *(str(count) if count else "none" for count in clips)]]
    for corpus, part in voice.groupby("corpus"):
        uars = part.set_index("clips")["uar"]
        rows.append([names[corpus], str(part["speakers"].iloc[0]), *(f"{uars[count]:.2f}" for count in clips)])
    return _markdown_table(rows)
