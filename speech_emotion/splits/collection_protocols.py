"""The split protocols of a collection of corpora. No speaker is in two of train, validation and test.

The speakers of each corpus are dealt once to four groups, balanced by sex: development, speakers-1, speakers-2 and
speakers-3. Settings are chosen on the development speakers, so these are never tested on.

- development: some development speakers are for training, the others for validation. There is no test partition.
- speakers-N: group N is for testing. The others are for training and validation.
- corpus-NAME: the corpus NAME is for testing, without its development speakers. The other corpora are for training and
  validation.
- all: every corpus is for training and validation; the corpora in `unseen` are for testing.

In all of them but development, some sentences of each corpus are left out of training and validation. A fourth
partition, `sentences`, has the clips of them by speakers who are trained on. Its scores are reported apart.
"""

from math import ceil

import numpy as np
import pandas as pd

from speech_emotion.core.errors import UserError
from speech_emotion.corpus.collection import CollectionSettings
from speech_emotion.splits.leakage import shared_clips

DEVELOPMENT = "development"
DEAL = (DEVELOPMENT, "speakers-1", "speakers-2", DEVELOPMENT, "speakers-3")  # in turn: two fifths for development
DEAL_OF_A_SMALL_CORPUS = ("speakers-1", "speakers-2", "speakers-3")
SMALL = 5  # speakers; a corpus with fewer has no development speakers
DEVELOPMENT_VALIDATION = 1 / 2  # of the development speakers of each corpus
VALIDATION = 1 / 8  # of the training speakers of each corpus
UNSEEN_SENTENCES = 10  # one sentence in so many is left out of training; none of a corpus of fewer sentences


def make_split(clips: pd.DataFrame, protocol: str, collection: CollectionSettings, seed: int) -> pd.DataFrame:
    """Return the clips with the column `partition`: train, validation, test, sentences or unused.

    Args:
        clips: a table with clip_table.COLLECTION_COLUMNS.

    Raises:
        UserError: the protocol is unknown, or there are too few speakers for it.
    """
    is_seen = ~clips["corpus"].isin(collection.unseen)
    seen = clips[is_seen]
    group = clips["speaker"].map(speaker_groups(seen, seed))  # none in an unseen corpus
    is_development = group == DEVELOPMENT
    match protocol.partition("-"):
        case ("development", "", ""):
            is_trained, is_tested = is_development, pd.Series(False, clips.index)
        case ("speakers", "-", "1" | "2" | "3"):
            is_tested = group == protocol
            is_trained = is_seen & ~is_tested
        case ("corpus", "-", corpus) if corpus in collection.corpora:
            is_corpus = clips["corpus"] == corpus
            is_trained, is_tested = is_seen & ~is_corpus, is_corpus & ~is_development
        case ("all", "", ""):
            is_trained, is_tested = is_seen, ~is_seen
        case _:
            corpora = ", ".join(f"corpus-{name}" for name in collection.corpora)
            raise UserError(f"unknown protocol {protocol!r}; expected development, speakers-1 to -3, {corpora}, or all")
    fraction = DEVELOPMENT_VALIDATION if protocol == DEVELOPMENT else VALIDATION
    is_validation = clips["speaker"].isin(validation_speakers(clips[is_trained], fraction, seed))
    has_unseen_sentence = clips["word"].isin(unseen_sentences(seen, seed)) & (protocol != DEVELOPMENT)
    partition = pd.Series("unused", clips.index)
    partition[is_trained] = "train"
    partition[is_trained & has_unseen_sentence] = "sentences"
    partition[is_trained & is_validation] = "validation"
    partition[is_trained & is_validation & has_unseen_sentence] = "unused"
    partition[is_tested] = "test"
    table = clips.assign(partition=partition)
    check_split(table[partition != "unused"], protocol)
    return table


def hold_out_speaker(clips: pd.DataFrame, speaker: str, corpora: list[str], seed: int) -> pd.DataFrame:
    """Return the clips with the column `partition`: `speaker` is for testing, the others of `corpora` for training.

    For validation are the speakers that `validation_speakers` draws, and one in ten sentences of the speaker's corpus.

    Raises:
        UserError: there is no such speaker, or partitions share a file, or training and validation a sentence that is
            for validation.
    """
    if speaker not in set(clips["speaker"]):
        raise UserError(
            f"no speaker {speaker!r}; expected one of {', '.join(sorted(clips['speaker'].unique())[:10])} ..."
        )
    corpus = clips["corpus"][clips["speaker"] == speaker].iloc[0]
    is_tested = clips["speaker"] == speaker
    is_trained = clips["corpus"].isin(corpora) & ~is_tested
    is_of_corpus = clips["corpus"] == corpus
    is_validation = clips["speaker"].isin(validation_speakers(clips[is_trained & ~is_of_corpus], VALIDATION, seed))
    is_validation |= is_of_corpus & clips["word"].isin(unseen_sentences(clips[is_of_corpus], seed))
    partition = pd.Series("unused", clips.index)
    partition[is_trained] = "train"
    partition[is_trained & is_validation] = "validation"
    partition[is_tested] = "test"
    table = clips.assign(partition=partition)
    shared = shared_clips(table[partition != "unused"], ["sha256"])
    shared += shared_clips(table[is_of_corpus & is_trained], ["word"])
    if shared:
        raise UserError(
            f"speaker {speaker}: clips in different partitions share a file or a word: {', '.join(shared[:10])}"
        )
    return table


def check_split(table: pd.DataFrame, protocol: str) -> None:
    """Raise UserError if partitions share what they must not, or if nobody is left for training or validation.

    No file may be in two partitions, no speaker in two of train, validation and test, and no sentence in the partition
    `sentences` and in train or validation.
    """
    for name in ("train", "validation"):
        if name not in set(table["partition"]):
            raise UserError(f"protocol {protocol}: no speaker for {name}; no corpus has enough of them")
    if protocol != DEVELOPMENT and "test" not in set(table["partition"]):
        raise UserError(f"protocol {protocol}: nobody to test; add corpora, or remove it from voices.protocols")
    partition = table["partition"]
    trained_with = table[partition != "test"].assign(partition=partition.replace("validation", "train"))
    may_not_share = {"speaker": table[partition != "sentences"], "word": trained_with, "sha256": table}
    for column, rows in may_not_share.items():
        shared = shared_clips(rows, [column])
        if shared:
            names = ", ".join(shared[:10])
            raise UserError(f"protocol {protocol}: clips in different partitions share their {column}: {names}")


def speaker_groups(clips: pd.DataFrame, seed: int) -> dict[str, str]:
    """Return the group of every speaker: development, speakers-1, speakers-2 or speakers-3."""
    groups = {}
    for corpus, rows in clips.groupby("corpus"):
        speakers = _shuffle(rows, [seed, *corpus.encode()])
        deal = DEAL if len(speakers) >= SMALL else DEAL_OF_A_SMALL_CORPUS
        groups |= {speaker: deal[position % len(deal)] for position, speaker in enumerate(speakers)}
    return groups


def validation_speakers(clips: pd.DataFrame, fraction: float, seed: int) -> set[str]:
    """Return the fraction of the speakers of each corpus, rounded up, but none where it is less than half a speaker."""
    chosen = set()
    for corpus, rows in clips.groupby("corpus"):
        speakers = _shuffle(rows, [seed, *corpus.encode(), 1])
        if len(speakers) > 1 and fraction * len(speakers) >= 0.5:
            chosen |= set(speakers[: ceil(fraction * len(speakers))])
    return chosen


def unseen_sentences(clips: pd.DataFrame, seed: int) -> set[str]:
    """Return one in UNSEEN_SENTENCES of the sentences of each corpus, drawn at random."""
    chosen = set()
    for corpus, rows in clips.groupby("corpus"):
        sentences = sorted(rows["word"].unique())
        generator = np.random.default_rng([seed, *corpus.encode(), 2])
        chosen |= set(generator.choice(sentences, len(sentences) // UNSEEN_SENTENCES, replace=False))
    return chosen


def _shuffle(clips: pd.DataFrame, seed: list[int]) -> list[str]:
    """Return the speakers of one corpus in random order, with the sexes in turn as long as there are both."""
    generator = np.random.default_rng(seed)
    speakers = clips[["speaker", "sex"]].drop_duplicates().sort_values("speaker")
    speakers = speakers.iloc[generator.permutation(len(speakers))]
    turn = speakers.groupby("sex").cumcount()
    return list(speakers.assign(turn=turn).sort_values(["turn", "sex"], kind="stable")["speaker"])
