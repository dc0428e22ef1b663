import os

import soundfile

from speech_emotion.inference.recordings import classify_all, find_recordings
from speech_emotion.inference.timeline import Timeline, TimelineSettings


def test_folders_are_searched_in_order_with_the_folders_below(tmp_path):
    for name in ["b/2.wav", "a/c/1.flac", "a/0.WAV", "a/c/._1.wav", "a/readme.txt"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    recordings, errors = find_recordings([str(tmp_path), "-", "any.txt"])
    expected = [tmp_path / "a/0.WAV", tmp_path / "a/c/1.flac", tmp_path / "b/2.wav", "-", "any.txt"]
    assert [str(path) for path in recordings] == [str(path) for path in expected]
    assert errors == []


def test_an_error_names_its_recording_and_does_not_stop_the_others(predictor, recording, tmp_path):
    (tmp_path / "text.wav").write_text("Dear diary")
    (tmp_path / "empty.wav").touch()
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "dangling.wav").symlink_to(tmp_path / "elsewhere")
    soundfile.write(tmp_path / "short.wav", [0.5] * 100, 16000)
    names = ["text.wav", "absent.wav", "empty.wav", "dangling.wav", "short.wav", "pipe.wav", "x" * 5000]
    paths = [tmp_path / name for name in names]
    *errors, timeline = classify_all([*paths, recording()], predictor, TimelineSettings())
    assert isinstance(timeline, Timeline)
    for path, error in zip(paths, errors, strict=True):
        assert str(error).startswith(f"{path}: ")
        assert str(error).count(str(path)) == 1
