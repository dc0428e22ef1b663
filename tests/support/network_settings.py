"""Settings of training with everything optional turned off, for tests to change."""

from speech_emotion.network.settings import TrainSettings

TRAIN = TrainSettings(
    epochs=1,
    steps_per_epoch=1,
    batch_size=4,
    learning_rate=0.01,
    cosine_decay=False,
    label_smoothing=0.0,
    mixup_alpha=0.0,
    log_tempo_std=0.0,
    longest=0,
    time_mask=0.0,
    band_mask=0.0,
    balance=0.0,
    most_speaker_clips=1,
    prior_steps=0,
    patience=1,
)
