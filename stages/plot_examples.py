"""Draw one word of one speaker in every emotion, as the network sees it: metrics/<corpus>/examples.png."""

from pathlib import Path

import librosa

from speech_emotion.audio import loading, mfcc
from speech_emotion.core import clip_table, params
from speech_emotion.plots import evaluation
from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.command_line import run_stage


def main(corpus: str) -> None:
    data, settings = Path("data") / corpus, params.load_section("features", FeatureSettings)
    chosen = evaluation.one_of_each(clip_table.read(data / "clips.csv"))
    pictures = {}
    for row in chosen.itertuples():
        signal = mfcc.trim(loading.load(data / "raw" / row.clip, settings.sample_rate), settings)
        mfcc = mfcc.extract(signal, settings)[:, : settings.n_mfcc]  # without deltas
        pictures[row.emotion] = mfcc.log_mel(signal, settings), mfcc
    name = f"{corpus.upper()}, speaker {chosen['speaker'].iloc[0]}, “{chosen['word'].iloc[0]}”"
    hertz = librosa.mel_frequencies(settings.n_mels, fmax=settings.sample_rate / 2)
    seconds = settings.hop_length / settings.sample_rate
    evaluation.plot_examples(Path("metrics") / corpus / "examples.png", pictures, name, hertz, seconds)


if __name__ == "__main__":
    run_stage(main)
