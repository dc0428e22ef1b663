"""Draw one word of one speaker in every emotion, as the network sees it: metrics/<corpus>/examples.png."""

from pathlib import Path

import librosa

from ser import audio, clips, features, params, plots
from ser.errors import run


def main(corpus: str) -> None:
    data, settings = Path("data") / corpus, params.load("features", features.Settings)
    chosen = plots.one_of_each(clips.read(data / "clips.csv"))
    pictures = {}
    for row in chosen.itertuples():
        signal = features.trim(audio.load(data / "raw" / row.clip, settings.sample_rate), settings)
        mfcc = features.extract(signal, settings)[:, : settings.n_mfcc]  # without deltas
        pictures[row.emotion] = features.log_mel(signal, settings), mfcc
    name = f"{corpus.upper()}, speaker {chosen['speaker'].iloc[0]}, “{chosen['word'].iloc[0]}”"
    hertz = librosa.mel_frequencies(settings.n_mels, fmax=settings.sample_rate / 2)
    seconds = settings.hop_length / settings.sample_rate
    plots.examples(Path("metrics") / corpus / "examples.png", pictures, name, hertz, seconds)


if __name__ == "__main__":
    run(main)
