"""A collection: several corpora as one, with one set of labels and with the flawed clips left out."""

from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from speech_emotion.core.clip_table import COLLECTION_COLUMNS
from speech_emotion.core.emotions import EMOTIONS
from speech_emotion.core.params import Section
from speech_emotion.corpus.description import Corpus


class CollectionSettings(Section):
    """The section `voices.collection` of params.yaml, where each key is explained."""

    corpora: Annotated[list[str], Field(min_length=1)]
    unseen: list[str]
    emotions: Annotated[list[Literal[EMOTIONS]], Field(min_length=2)]


def collect(corpus: Corpus, clips: pd.DataFrame, emotions: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the clips of one corpus as rows of a collection, and those that are left out.

    Args:
        clips: the clip table of the corpus.
        emotions: the labels of the collection.

    Returns:
        kept: a table with COLLECTION_COLUMNS.
        left_out: a table with the columns corpus, clip and reason.
    """
    reasons = clips["clip"].map(corpus.flaws).fillna("")
    unknown = ~clips["emotion"].isin(emotions)
    reasons = reasons.mask(unknown, "no counterpart of " + clips["emotion"])
    rows = pd.DataFrame(
        {
            "clip": corpus.name + "/" + clips["clip"],
            "corpus": corpus.name,
            "speaker": corpus.name + "/" + clips["speaker"],
            "sex": clips["speaker"].map(corpus.sex_of),
            "word": corpus.name + "/" + clips["word"],
            "emotion": clips["emotion"],
            "sha256": clips["sha256"],
            "reason": reasons,
        }
    )
    is_kept = rows["reason"] == ""
    return rows.loc[is_kept, COLLECTION_COLUMNS], rows.loc[~is_kept, ["corpus", "clip", "reason"]]
