"""Draw the spectrogram and the MFCCs of one word in every emotion.

python -m stages.plot_examples <corpus>    writes metrics/<corpus>/examples.png
"""

from pathlib import Path

import librosa

from speech_emotion.audio import loading, mfcc
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core import clip_table, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.plots.examples import one_clip_per_emotion, plot_examples


def main(corpus: str) -> None:
    settings = params.load("features", FeatureSettings)
    data = Path("data") / corpus
    clips = one_clip_per_emotion(clip_table.read(data / "clips.csv"))

    features = {}
    for clip in clips.itertuples():
        signal = loading.load(data / "raw" / clip.clip, settings.sample_rate)
        log_mel = mfcc.log_mel(mfcc.trim(signal, settings), settings)
        features[clip.emotion] = log_mel, mfcc.extract(signal, settings)  # extract trims

    first = clips.iloc[0]
    title = f"{corpus.upper()}, speaker {first['speaker']}, “{first['word']}”"
    edges = librosa.mel_frequencies(settings.n_mels + 2, fmax=settings.sample_rate / 2)
    centers = edges[1:-1]  # each band reaches from the center of the one below to that of the one above
    seconds_per_frame = settings.hop_length / settings.sample_rate
    plot_examples(Path("metrics") / corpus / "examples.png", features, title, centers, seconds_per_frame)


if __name__ == "__main__":
    run_stage(main)
