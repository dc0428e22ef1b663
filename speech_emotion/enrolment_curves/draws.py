"""Which clips of a person are enrolled and which are tested: many random draws, with different sentences in both."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from speech_emotion.core.params import Section


class EnrolmentSettings(Section):
    """The section `voices.enrolment` of params.yaml, where each key is explained."""

    protocols: Annotated[list[str], Field(min_length=1)]
    clips: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    draws: Annotated[int, Field(ge=1)]
    enrolled_sentences: Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True)
class Draw:
    """Attributes:
    number: of the draw, from 0.
    clips: how many clips of each emotion are enrolled, or all where there are fewer.
    enrolled, tested: int, positions of the clips.
    """

    number: int
    clips: int
    enrolled: np.ndarray
    tested: np.ndarray


def draw_clips(person: pd.DataFrame, settings: EnrolmentSettings, seed: int) -> Iterator[Draw]:
    """Yield every draw of one person's clips with every number of clips.

    In a draw, all numbers of clips are tested with the same clips, and a smaller number is part of a larger one.

    Args:
        person: rows of the clip table, with the columns speaker, word (the sentence) and emotion.
    """
    generator = np.random.default_rng([seed, *person["speaker"].iloc[0].encode()])
    sentences = np.sort(person["word"].unique())
    emotions = person["emotion"].to_numpy()
    count = min(max(round(settings.enrolled_sentences * len(sentences)), 1), len(sentences) - 1)
    for number in range(settings.draws):
        chosen = generator.permutation(sentences)[:count]
        may_enroll = person["word"].isin(chosen).to_numpy()
        order = generator.permutation(np.flatnonzero(may_enroll))
        by_emotion = [order[emotions[order] == emotion] for emotion in np.unique(emotions)]
        for clips in settings.clips:
            enrolled = np.concatenate([positions[:clips] for positions in by_emotion])
            yield Draw(number, clips, enrolled, np.flatnonzero(~may_enroll))
