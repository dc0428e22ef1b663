"""MODEL_CARD.md: what the shipped model is good for and what not, in measured numbers."""

from collections.abc import Mapping

import numpy as np

from speech_emotion.corpus.description import Corpus
from speech_emotion.packaging.hub_metadata import front_matter

TESTED_ON = {
    "random": "clips drawn at random; every speaker and word was in training",
    "words": "words that were not in training, spoken by speakers who were",
}

CARD = """\
{front_matter}
# Model card: models/ser.onnx

This model names the emotion that a voice expresses: it turns a recording into the probabilities of {count} emotions
({labels}).
**It knows the {speakers} speakers it was trained on, and hardly anybody else**: read [how good it is](#how-good-is-it)
before you use it.

## Use it

In a clone of the repository, `pip install .` installs the command `speech-emotion clip.wav` and this library:

```python
import soundfile
from speech_emotion import Predictor

prediction = Predictor().predict(*soundfile.read("clip.wav"))
print(prediction.label, prediction.probabilities)
```

The file also works without this project. Its input is a signal of any length, its output one probability per label:

```python
import json
import onnxruntime

session = onnxruntime.InferenceSession("models/ser.onnx")
labels = json.loads(session.get_modelmeta().custom_metadata_map["labels"])
# signal: NumPy array of shape (samples,), float32, mono, {rate} Hz, full scale -1 to 1
[probabilities] = session.run(["probabilities"], {{"signal": signal}})
```

Everything from the waveform on is in the file: the features (MFCCs, mel-frequency cepstral coefficients), their
normalization, and the neural networks (LSTMs). Settings, scores, license and versions are in its metadata.

## Training data

{title}: {used:,} of {expected:,} clips, {speakers} speakers ({names}).
The emotions are acted. A protocol is a rule that splits the clips into partitions for training, validation and test.
The file is the network of the protocol `{protocol}`, whose test partition has {tested_on}.

## How good is it?

UAR (unweighted average recall) is the mean of the recalls of all emotions; guessing gives {chance:.3f}. The
confidence intervals come from a bootstrap over words: they show how much other words would change the result, not how
much other speakers would. ECE (expected calibration error) is the mean difference between the confidence of
predictions and how often they are correct; 0 is best. Every row is a network of its own, trained without its test
partition. The one in bold is shipped.

{protocols}

Recall of each emotion:

{recalls}

## On speakers who were not in training

{unseen_speakers}

These speakers belong to the same corpus as those in training. On other people, ages, languages, rooms and
microphones, and on emotions that are felt and not acted, expect much worse results, and errors with high confidence.
`benchmarks/other_corpora.csv` in the repository shows this for other corpora.

The probabilities are calibrated on augmented copies of the validation clips, which stand in for unknown voices. The
ECE of the rows above shows how well that works.

## Do not use it

- to judge people: in hiring, school, policing, border control, credit, insurance, health or lie detection;
- for emotion recognition at work or in education, which the EU's AI Act (Regulation 2024/1689, Article 5) prohibits;
- for any decision about a person, even with a human in the loop, or without the speaker's knowledge;
- to claim what somebody feels: it names the style in which {speakers} speakers acted an emotion.

Use it to learn, to teach, and to compare methods.

## License

The code is under the MIT license. The data are under {license} ({license_url}).
The file was trained on them, so this project applies the same terms to it: in a Creative Commons license BY means that
the attribution below is required, NC non-commercial use only, and ND that no altered version may be passed on. This
repository contains no audio.

> {citation}

## Checks before this file was written

On the {clips:,} validation clips the front end differs from librosa by at most {mfcc} in any MFCC, and the
probabilities differ by at most {probability} from those of the measured network. Every predicted label is the same."""


def format_card(
    corpus: Corpus, report: Mapping, protocol: str, scores: Mapping[str, Mapping], sample_rate: int, checks: Mapping
) -> str:
    """Return the card as Markdown.

    Args:
        corpus: Corpus that the model was trained on.
        report: Content of metrics/<corpus>/corpus.json.
        protocol: Protocol whose network is shipped.
        scores: {protocol: its scores, see metrics.summarize}, in the order of the table.
        sample_rate: Sample rate of the model in Hz.
        checks: Result of `merged_model.check`.
    """
    labels = [key.removeprefix("recall.") for key in scores[protocol] if key.startswith("recall.")]
    tested_on = {name: _tested_on(name, report["speakers"]) for name in scores}
    return CARD.format(
        front_matter=front_matter(corpus, protocol, scores, tested_on),
        count=len(labels),
        labels=", ".join(labels),
        chance=1 / len(labels),
        rate=sample_rate,
        title=corpus.title,
        used=report["clips"],
        expected=report["clips"] + len(report["missing"]) + len(report["altered"]),
        speakers=len(report["speakers"]),
        names=", ".join(report["speakers"]),
        protocol=protocol,
        tested_on=tested_on[protocol],
        protocols=_protocol_table(scores, protocol, tested_on),
        recalls=_recall_table(scores, labels),
        unseen_speakers=_unseen_speakers(scores, labels),
        license=corpus.license,
        license_url=corpus.license_url,
        citation=corpus.citation.strip(),
        clips=checks["clips"],
        mfcc=_power_of_ten_above(checks["mfcc"]),
        probability=_power_of_ten_above(checks["probability"]),
    )


def _tested_on(protocol: str, speakers: list[str]) -> str:
    if protocol.startswith("speaker-"):
        number = int(protocol.removeprefix("speaker-"))
        return f"speaker {speakers[number - 1]}, who was not in training"
    return TESTED_ON[protocol]


def _protocol_table(scores: Mapping[str, Mapping], shipped: str, tested_on: Mapping[str, str]) -> str:
    rows = [["protocol", "tested on", "UAR (interval)", "accuracy (interval)", "macro F1", "ECE"]]
    for protocol, numbers in scores.items():
        name = f"**{protocol}**" if protocol == shipped else protocol
        intervals = [_interval(numbers, key) for key in ("uar", "accuracy")]
        rest = [f"{numbers[key]:.3f}" for key in ("macro_f1", "ece")]
        rows.append([name, tested_on[protocol], *intervals, *rest])
    return _markdown_table(rows)


def _interval(numbers: Mapping[str, float], key: str) -> str:
    return f"{numbers[key]:.3f} ({numbers[f'{key}_low']:.3f} to {numbers[f'{key}_high']:.3f})"


def _recall_table(scores: Mapping[str, Mapping], labels: list[str]) -> str:
    rows = [["emotion", *scores]]
    for label in labels:
        recalls = [numbers.get(f"recall.{label}") for numbers in scores.values()]
        rows.append([label, *("-" if recall is None else f"{recall:.2f}" for recall in recalls)])
    return _markdown_table(rows)


def _unseen_speakers(scores: Mapping[str, Mapping], labels: list[str]) -> str:
    lines = []
    for protocol, numbers in scores.items():
        if not protocol.startswith("speaker-"):
            continue
        recalls = {label: numbers[f"recall.{label}"] for label in labels if f"recall.{label}" in numbers}
        weak = [f"{label} {recall:.2f}" for label, recall in recalls.items() if recall < 0.5]
        weakness = f"Recall below one half: {', '.join(weak)}." if weak else "No recall is below one half."
        lines.append(f"- `{protocol}`: UAR {numbers['uar']:.2f}; guessing gives {1 / len(recalls):.2f}. {weakness}")
    if not lines:
        return "This was not measured: no protocol holds out a speaker."
    return "\n".join(lines)


def _markdown_table(rows: list[list[str]]) -> str:
    separator = ["---"] * len(rows[0])
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], separator, *rows[1:]])


def _power_of_ten_above(value: float) -> str:
    """Return the power of ten at or above `value`. Rounding on another processor does not change it."""
    power = int(np.ceil(np.log10(max(value, 1e-9))))
    return f"1e{power}"
