"""MODEL_CARD.md: what the shipped model is and is not good for, in the numbers that were measured."""

from collections.abc import Mapping

from speech_emotion.corpus.description import Corpus

PROTOCOLS = {
    "random": "clips drawn at random: every voice and every word of the test was heard in training",
    "words": "words that were not heard in training, by voices that were",
}
HELD_OUT = "a voice that was not heard in training"

CARD = """\
<!-- Written by the package stage from the metrics files; edit ser/card.py instead. -->
# Model card: models/ser.onnx

One file from a recording of speech to the probabilities of {count} emotions: {labels}.
It hears mono at {rate:,} Hz, of any length. The MFCC front end, the normalisation and the LSTMs are all in the graph;
labels, settings, scores, licence and versions are in its metadata. It runs under ONNX Runtime, by `python -m ser`
and `ser.predict.Predictor`.

## Data

{title}: {used:,} of {expected:,} clips, {speakers} speakers ({names}).
Acted emotions, studio recordings. The file is the network of the fold `{fold}`. It was tested on
{protocol}.

## How good is it?

UAR is the mean recall of the emotions; guessing gives {chance:.3f}. Intervals are 95 % bootstrap intervals over words:
they say what other words would do, not what other speakers would. ECE is the expected calibration error. Every row is
a network of its own, trained without its test part; the shipped one is set in bold.

{folds}

Recall by emotion:

{recalls}

## On voices that it was not trained on

{strangers}

The probabilities are calibrated on validation clips that were altered, as far as those in training and further, to
stand in for new voices; the ECE of the rows above says how well that worked. On other ages, languages, rooms and
microphones, and on emotions that are felt instead of acted, expect less than the worst row above, and confident errors.

## What it must not be used for

- Judging people: hiring, schooling, policing, border control, credit, insurance, health, or lie detection.
- Emotion recognition at work or in education, which the EU's AI Act (Regulation 2024/1689, Article 5) prohibits.
- Any decision about a person, with or without a human in the loop; any use without the speaker's knowledge.
- Claims about what somebody feels: it names the style in which {speakers} speakers acted an emotion.

It is for learning, for teaching, and for comparing methods.

## Licence

The code is under the MIT licence. The data are under {licence}
({licence_url}), and this file was trained on them, so its use is bound to those terms: where they say NC,
non-commercial use only; where they say BY, with the attribution below. No audio is in this repository.

> {citation}

## Checks before this file was written

On the {clips:,} validation clips the front end differs from librosa by at most {mfcc} in an MFCC, and the
probabilities by at most {probability} from those of the measured network; every label is the same."""


def format_card(corpus: Corpus, report: Mapping, fold: str, scores: Mapping[str, Mapping], rate: int, checks: Mapping) -> str:
    """Return the card as Markdown.

    Args:
        corpus: that the model was trained on.
        report: the content of metrics/<corpus>/corpus.json.
        fold: that is shipped.
        scores: {fold: the content of its metrics.json}, in the order of the table.
        rate: sample rate of the model, in Hz.
        checks: from `bundle.check`.
    """
    labels = [key.removeprefix("recall.") for key in scores[fold] if key.startswith("recall.")]
    return CARD.format(
        count=len(labels),
        labels=", ".join(labels),
        chance=1 / len(labels),
        rate=rate,
        title=corpus.title,
        used=report["clips"]["used"],
        expected=report["clips"]["expected"],
        speakers=len(report["speakers"]),
        names=", ".join(report["speakers"]),
        fold=fold,
        protocol=PROTOCOLS.get(fold, HELD_OUT),
        folds=_folds(scores, fold),
        recalls=_recalls(scores, labels),
        strangers=_strangers(scores, labels),
        licence=corpus.licence,
        licence_url=corpus.licence_url,
        citation=corpus.citation.strip(),
        clips=checks["clips"],
        mfcc=_ceiling(checks["mfcc"]),
        probability=_ceiling(checks["probability"]),
    )


def _folds(scores: Mapping[str, Mapping], shipped: str) -> str:
    rows = [["fold", "tested on", "clips", "UAR (95 % interval)", "accuracy (95 % interval)", "macro F1", "ECE"]]
    for fold, own in scores.items():
        name = f"**{fold}**" if fold == shipped else fold
        intervals = [_interval(own, key) for key in ("uar", "accuracy")]
        rest = [f"{own[key]:.3f}" for key in ("macro_f1", "ece")]
        rows.append([name, PROTOCOLS.get(fold, HELD_OUT), f"{own['clips']:,}", *intervals, *rest])
    return _table(rows)


def _interval(own: Mapping[str, float], key: str) -> str:
    return f"{own[key]:.3f} ({own[f'{key}_low']:.3f} to {own[f'{key}_high']:.3f})"


def _recalls(scores: Mapping[str, Mapping], labels: list[str]) -> str:
    rows = [["emotion", *scores]]
    for label in labels:
        found = [own.get(f"recall.{label}") for own in scores.values()]
        rows.append([label, *("-" if value is None else f"{value:.2f}" for value in found)])
    return _table(rows)


def _strangers(scores: Mapping[str, Mapping], labels: list[str]) -> str:
    """Say what the folds with a held-out speaker found."""
    held_out = {fold: own for fold, own in scores.items() if fold.startswith("speaker-")}
    if not held_out:
        return "This was not measured: no fold holds a speaker out."
    lines = []
    for fold, own in held_out.items():
        recalls = {label: own[f"recall.{label}"] for label in labels if f"recall.{label}" in own}
        weak = [f"{label} {value:.2f}" for label, value in recalls.items() if value < 0.5]
        said = f"recall under one half: {', '.join(weak)}" if weak else "every recall is one half or more"
        lines.append(f"- `{fold}`: UAR {own['uar']:.2f}, where guessing gives {1 / len(recalls):.2f}; {said}.")
    return "\n".join(["How a speaker is recognised whom the network has never heard:", "", *lines])


def _table(rows: list[list[str]]) -> str:
    rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _ceiling(value: float) -> str:
    """The power of ten at or above, so that another processor's rounding does not change the card."""
    power = next((power for power in range(-9, 3) if value <= 10.0**power), 3)
    return f"1e{power}" if power else "1"
