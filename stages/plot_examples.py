"""Draw one word in every emotion, as the network sees it: spectrogram and MFCCs.

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
    settings = params.load_section("features", FeatureSettings)
    data = Path("data") / corpus
    clips = one_clip_per_emotion(clip_table.read(data / "clips.csv"))

    pictures = {}
    for clip in clips.itertuples():
        signal = mfcc.trim(loading.load(data / "raw" / clip.clip, settings.sample_rate), settings)
        pictures[clip.emotion] = mfcc.log_mel(signal, settings), mfcc.extract(signal, settings)

    first = clips.iloc[0]
    title = f"{corpus.upper()}, speaker {first['speaker']}, “{first['word']}”"
    frequencies = librosa.mel_frequencies(settings.n_mels, fmax=settings.sample_rate / 2)
    seconds_per_frame = settings.hop_length / settings.sample_rate
    plot_examples(Path("metrics") / corpus / "examples.png", pictures, title, frequencies, seconds_per_frame)


if __name__ == "__main__":
    run_stage(main)
