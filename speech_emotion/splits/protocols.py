"""Which clip is trained on, validated on, tested on: one protocol a fold."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from speech_emotion.splits import leakage
from speech_emotion.core.clip_table import PARTITIONS
from speech_emotion.core.errors import UserError, require

NOTEBOOK_SHARE = 0.2  # its validation_split
EXPECTED = "expected random, words, notebook, or speaker-N with N from 1 to the number of speakers"


@dataclass(frozen=True)
class SplitSettings:
    """The section `split` of params.yaml: shares of the clips (random) or of the words (words, speaker-N)."""

    test: float
    validation: float

    def __post_init__(self):
        for name, share in (("test", self.test), ("validation", self.validation)):
            require(0 < share < 0.5, f"split.{name} is {share}; expected a share between 0 and 0.5")


def make_split(clips: pd.DataFrame, fold: str, settings: SplitSettings, seed: int) -> pd.DataFrame:
    """Return the clip table with the column `part` (one of PARTS), a row a clip.

    - random: every part has every speaker, word and emotion. The literature's protocol; it leaks the voice.
    - words: no word is in two parts; every part has every speaker. The voice still leaks.
    - speaker-N: the test part is the N-th speaker in sorted order; validation words come from the other speakers and
      are not among the training words.
    - notebook: the original notebook's own protocol, for its baseline: the last fifth of the files in folder order. It
      tests on the last speaker's last emotions alone and nothing is checked.

    Raises:
        UserError: the fold is none of these, or its parts would share what they must not.
    """
    number = re.fullmatch(r"speaker-([1-9]\d{0,3})", fold)
    if number:
        part = _speaker(clips, int(number[1]), settings, seed)
    elif fold == "words":
        part = _words(clips, settings, seed)
    elif fold == "random":
        part = _random(clips, settings, seed)
    elif fold == "notebook":
        return clips.assign(part=_folder_order(clips))
    else:
        raise UserError(f"fold {fold!r} is unknown; {EXPECTED}")
    table = clips.assign(part=part)
    check_split(table, fold)
    return table


def check_split(table: pd.DataFrame, fold: str) -> None:
    """Raise UserError with the clips' names if the parts share what the protocol `fold` forbids."""
    if fold == "words":
        _refuse(table, fold, ["word"])
    if fold.startswith("speaker-"):
        _refuse(table.assign(part=np.where(table["part"] == "test", "test", "train")), fold, ["speaker"])
        _refuse(table[table["part"] != "test"], fold, ["word"])
    _refuse(table, fold, ["sha256"])
    _refuse(table, fold, leakage.UTTERANCE)
    for name in PARTITIONS:
        missing = set(table["emotion"]) - set(table["emotion"][table["part"] == name])
        require(not missing, f"fold {fold}: the {name} part has no clip of {', '.join(sorted(missing))}")


def _random(clips: pd.DataFrame, settings: SplitSettings, seed: int) -> pd.Series:
    takes = clips.drop_duplicates(leakage.UTTERANCE)  # two takes of one utterance go to the same part
    rest, test = _stratified(takes["emotion"], settings.test, "test", seed)
    share = settings.validation / (1 - settings.test)
    _, validation = _stratified(takes["emotion"][rest], share, "validation", seed)
    take = clips.groupby(leakage.UTTERANCE)["clip"].transform(lambda names: names.index[0])
    return _parts(clips, take.isin(validation), take.isin(test))


def _stratified(emotions: pd.Series, share: float, part: str, seed: int) -> tuple[pd.Index, pd.Index]:
    try:
        return train_test_split(emotions.index, test_size=share, stratify=emotions, random_state=seed)
    except ValueError as error:  # a part would have fewer clips than there are emotions
        advice = f"raise split.{part} in params.yaml, or use a corpus of more clips"
        raise UserError(f"fold random: no {part} part with every emotion can be made ({error}); {advice}") from error


def _words(clips: pd.DataFrame, settings: SplitSettings, seed: int) -> pd.Series:
    words = _shuffled(clips["word"], seed)
    tested, validated = (max(1, round(share * len(words))) for share in (settings.test, settings.validation))
    validation = clips["word"].isin(words[tested : tested + validated])
    return _parts(clips, validation, clips["word"].isin(words[:tested]))


def _speaker(clips: pd.DataFrame, number: int, settings: SplitSettings, seed: int) -> pd.Series:
    speakers = sorted(clips["speaker"].unique())
    require(1 < len(speakers) >= number, f"fold speaker-{number}: the corpus has {len(speakers)} speakers; {EXPECTED}")
    test = clips["speaker"] == speakers[number - 1]
    words = _shuffled(clips["word"][~test], seed)
    validated = words[: max(1, round(settings.validation * len(words)))]
    return _parts(clips, ~test & clips["word"].isin(validated), test)


def _folder_order(clips: pd.DataFrame) -> pd.Series:
    ordered = clips.sort_values(["speaker", "emotion", "clip"]).index
    last = ordered[len(ordered) - int(NOTEBOOK_SHARE * len(ordered)) :]
    return _parts(clips, clips.index.isin([]), clips.index.isin(last))


def _shuffled(words: pd.Series, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.unique(words.to_numpy(dtype=str)))


def _parts(clips: pd.DataFrame, validation: pd.Series, test: pd.Series) -> pd.Series:
    return pd.Series(np.select([test, validation], ["test", "validation"], "train"), index=clips.index)


def _refuse(table: pd.DataFrame, fold: str, by: list[str]) -> None:
    shared = leakage.shared_clips(table, by)
    names = ", ".join(shared[:10]) + (f" and {len(shared) - 10} more" if len(shared) > 10 else "")
    require(not shared, f"fold {fold}: clips in different parts share their {' and '.join(by)}: {names}")
