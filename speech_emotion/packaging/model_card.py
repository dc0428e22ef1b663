"""MODEL_CARD.md: what the shipped model is good for and what not, in measured numbers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from speech_emotion.corpus.description import Corpus
from speech_emotion.packaging import card_tables as tables
from speech_emotion.packaging.hub_metadata import front_matter

CARD = """\
{front_matter}
# Model card: models/ser.onnx

This model names the emotion that a voice expresses: it turns a recording into the probabilities of {count} emotions
({labels}).
It learned from {speakers} actors. **With people it has never heard it is often wrong**: read
[how good it is](#how-good-is-it-with-people-it-has-never-heard) before you use it.

## Use it

In a clone of the repository, `pip install .` installs the command `speech-emotion clip.wav` and this library:

```python
import soundfile
from speech_emotion import Predictor

prediction = Predictor().predict(*soundfile.read("clip.wav"))
print(prediction.label, prediction.probabilities)
```

If you have several recordings of one person, say so: `speech-emotion --same-speaker FOLDER`, or in Python give
`predict` a `Speaker`, which grows with every recording. They need no labels. This was measured with recordings of all
emotions: the column "speaker known" below. If all have the same emotion, leave it out: it would be taken for the voice.

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
normalization, and the neural network (an LSTM). Settings, scores, licenses and versions are in its metadata.

## Training data

{training}

The emotions are acted. Other emotions, such as calm and boredom, and flawed clips are left out.

## How good is it with people it has never heard?

UAR (unweighted average recall) is the mean of the recalls of all emotions; guessing gives 1 / their number. "Single
clip": nothing but the clip is known. "Speaker known": ten other clips of the person, of all emotions, were heard
before, without labels. The 95 % confidence intervals resample speakers; with fewer than five there is none. ECE
(expected calibration error) is the mean difference between the confidence of predictions and how often they are
correct; 0 is best.

{strangers}

"New speakers": other speakers of the corpus were in training. "As a new corpus": nobody of the corpus was. Each row is
from networks with the settings of this file that did not hear the tested people; the rows of {unseen} are from this
very file. Listeners: the accuracy of people who heard the same corpus, as published
([sources](voices/listeners.csv)); some chose among other emotions, and accuracy is not UAR, so compare roughly.

{tess_words}

### By emotion

Recall of each emotion from a single clip:

{recalls}

### By sex

UAR of women and men from a single clip. Corpora with speakers of one sex only are left out.

{sexes}

## When it knows the person

A few labelled recordings of one person help more than anything else: `speech-emotion enroll NAME FOLDER`, or `enroll`
in Python, or the page. UAR on other sentences of people whom the network has never heard, by the number of recordings
of each emotion, or all where a person has fewer:

{enrolment}

Nobody of {unseen} was in training; of the other corpora, other speakers were. How it works and what it was compared
with: [docs/enrolment.md](docs/enrolment.md).

**A voice is personal data.** It is a file of numbers, without sound, in `~/.speech-emotion/voices` on your computer,
and may still tell who somebody is. Enroll only people who agree. `speech-emotion voices --delete NAME` forgets one.

## When it says "unsure"

If the most probable emotion has less than {threshold:.0%}, the label is `unsure`. This threshold was chosen on the
validation speakers, so that the other predictions are right twice in three in every corpus; there, {right:.0%} are. For
other people:

{unsure}

## Do not use it

- to judge people: in hiring, school, policing, border control, credit, insurance, health or lie detection;
- for emotion recognition at work or in education, which the EU's AI Act (Regulation 2024/1689, Article 5) prohibits;
- for any decision about a person, even with a human in the loop, or without the speaker's knowledge;
- to claim what somebody feels: it names the style in which {speakers} actors expressed an emotion.

On other ages, languages, rooms and microphones, and on emotions that are felt and not acted, expect worse. Use it to
learn, to teach, and to compare methods.

## License

The code is under the MIT license. The file was trained on these data, so it is for non-commercial use only, with the
attribution below. This repository contains no audio.

{licenses}

## Checks before this file was written

On {clips:,} validation clips the front end differs from librosa by at most {mfcc} in any MFCC, and the
probabilities differ by at most {probability} from those of the measured network. Every predicted label is the same."""


class Measured(NamedTuple):
    """The committed figures that the card shows."""

    clips: pd.DataFrame  # of the collection, with the partitions of the shipped network
    summary: pd.DataFrame  # metrics/voices/summary.csv
    recalls: pd.DataFrame  # metrics/voices/recalls.csv
    threshold: dict[str, float]  # metrics/voices/threshold.json
    new_words: dict[str, float]  # {corpus: UAR} of this file on new sentences by its training speakers
    enrolment: pd.DataFrame  # metrics/voices/enrolment.csv


def format_card(
    corpora: Sequence[Corpus],
    unseen: Sequence[Corpus],
    measured: Measured,
    labels: Sequence[str],
    sample_rate: int,
    checks: Mapping,
) -> str:
    """Return the card as Markdown.

    Args:
        corpora: Corpora that the model was trained on.
        unseen: Corpora that the file itself was tested on.
        labels: Emotions of the model.
        sample_rate: Sample rate of the model in Hz.
        checks: Result of `merged_model.check`.
    """
    names = {corpus.name: corpus.acronym for corpus in [*corpora, *unseen]}
    summary = measured.summary.assign(name=measured.summary["corpus"].map(names))
    trained = measured.clips[measured.clips["partition"] == "train"]
    return CARD.format(
        front_matter=front_matter(corpora, summary, {corpus.name: corpus for corpus in unseen}),
        count=len(labels),
        labels=", ".join(labels),
        speakers=trained["speaker"].nunique(),
        rate=sample_rate,
        training=tables.training_table(corpora, measured.clips),
        strangers=tables.stranger_table(summary),
        unseen=", ".join(corpus.acronym for corpus in unseen),
        tess_words=tables.new_words(measured.new_words, names),
        recalls=tables.recall_table(summary, labels),
        sexes=tables.sex_table(measured.recalls, names),
        enrolment=tables.enrolment_table(measured.enrolment, names),
        threshold=measured.threshold["threshold"],
        right=measured.threshold["right_in_every_corpus"],
        unsure=tables.unsure_table(summary),
        licenses="\n".join(f"- {corpus.acronym}: {corpus.license}. {corpus.citation.strip()}" for corpus in corpora),
        clips=checks["clips"],
        mfcc=_power_of_ten_above(checks["mfcc"]),
        probability=_power_of_ten_above(checks["probability"]),
    )


def _power_of_ten_above(value: float) -> str:
    """Return the power of ten at or above `value`. Rounding on another processor does not change it."""
    power = int(np.ceil(np.log10(max(value, 1e-9))))
    return f"1e{power}"
