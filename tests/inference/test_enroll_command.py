import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from speech_emotion.__main__ import run
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment import storage

RATE = 16000


@pytest.fixture(autouse=True)
def voices(tmp_path, monkeypatch):
    monkeypatch.setenv("SPEECH_EMOTION_VOICES", str(tmp_path / "voices"))


@pytest.fixture
def folder(tmp_path, speech_like):
    """Six recordings of anger and of sadness each, in folders."""
    for emotion, kernel in (("anger", np.ones(40) / 40), ("sadness", [1, -2, 1])):
        (tmp_path / "clips" / emotion).mkdir(parents=True)
        for take in range(6):
            signal = np.convolve(speech_like(1.0, seed=take), kernel, "same")
            signal *= 0.5 / np.abs(signal).max()
            soundfile.write(tmp_path / "clips" / emotion / f"{take}.wav", signal, RATE)
    return tmp_path / "clips"


@pytest.fixture
def enroll(shipped_for_speakers, capsys):
    """A function that runs `speech-emotion enroll` and returns what it printed."""

    def run_enroll(*arguments):
        status = run(["enroll", *map(str, arguments), "--model", str(shipped_for_speakers)])
        output, errors = capsys.readouterr()
        assert status == (2 if "left out: " in errors else 0)
        return output + errors

    return run_enroll


def test_a_folder_is_enrolled_used_listed_and_forgotten(enroll, folder, shipped_for_speakers, capsys):
    output = enroll("anna", folder)
    about = re.match(r"anger 6, sadness 6; right in about \d+% \(\d+% to \d+%\) of new recordings .*", output)[0]
    assert "forget it: speech-emotion voices --delete anna\n" in output
    clip = str(folder / "anger" / "0.wav")
    model = ["--model", str(shipped_for_speakers)]
    assert run([clip, "--csv", "--voice", "anna", *model]) == 0
    with_voice = capsys.readouterr().out
    assert ",anger," in with_voice
    assert run([clip, "--csv", *model]) == 0
    assert capsys.readouterr().out != with_voice
    run(["voices"])
    assert capsys.readouterr().out == f"anna  {about}; of another model than the shipped one\n"
    run(["voices", "--delete", "anna"])
    run(["voices"])
    assert capsys.readouterr().out.startswith("forgot anna\nno voices in ")


def test_a_table_of_recordings_is_enrolled(enroll, folder):
    table = folder / "clips.csv"
    table.write_text("Emotion, Path\nAnger, anger/0.wav\nsadness,sadness/0.wav\n")
    assert enroll("anna", table).startswith("anger 1, sadness 1\n")


def test_recordings_without_speech_are_named_and_left_out(enroll, folder):
    soundfile.write(folder / "anger" / "quiet.wav", np.full(RATE, 1e-4), RATE)
    soundfile.write(folder / "anger" / "short.wav", np.full(100, 0.5), RATE)
    soundfile.write(folder / "anger" / "long.wav", np.full(31 * 8000, 0.5), 8000)
    (folder / "anger" / "text.wav").write_text("not audio")
    output = enroll("anna", folder)
    assert f"left out: {folder}/anger/quiet.wav: no speech" in output
    assert f"left out: {folder}/anger/short.wav: the signal is 0.006 s long" in output
    assert f"left out: {folder}/anger/long.wav: longer than 30 s; cut it to one sentence" in output
    assert f"left out: {folder}/anger/text.wav: " in output
    assert output.startswith("anger 6, sadness 6; ")


def test_a_recording_that_is_there_twice_is_left_out(enroll, folder):
    (folder / "sadness" / "copy.wav").write_bytes((folder / "anger" / "1.wav").read_bytes())
    output = enroll("anna", folder)
    assert f"left out: {folder}/sadness/copy.wav: the same recording as {folder}/anger/1.wav" in output


def test_a_recording_with_the_wrong_label_is_named(enroll, folder):
    wrong = folder / "anger" / "wrong.wav"
    signal, _ = soundfile.read(folder / "sadness" / "1.wav")
    soundfile.write(wrong, 0.9 * signal, RATE)
    assert f"sounds unlike your other recordings of anger: {wrong}; is the label right?" in enroll("anna", folder)


def test_a_voice_is_not_replaced_by_accident(enroll, folder):
    enroll("anna", folder)
    before = storage.path_of("anna").read_bytes()
    with pytest.raises(UserError, match="there is a voice 'anna' already; choose another name, or add --replace"):
        enroll("anna", folder)
    assert storage.path_of("anna").read_bytes() == before
    for path in (folder / "anger").iterdir():
        path.unlink()
    (folder / "anger").rmdir()
    output = enroll("anna", folder, "--replace")
    assert output.startswith("sadness 6\n")
    assert "not taught, and now found less often: anger, fear; add recordings of them\n" in output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "expected the columns path,emotion"),
        ("path,label\na.wav,anger\n", "the first line is 'path,label'; expected the columns path,emotion"),
        ("path,emotion\na\0.wav,anger\n", "line 2: no path"),
        ("path,emotion\na.wav,joy\n", "line 2: unknown emotion 'joy'; expected anger"),
        ("path,emotion\n,anger\n", "line 2: no path"),
        ("path,emotion\n", "no usable recording"),
    ],
)
def test_a_bad_table_is_one_line(enroll, tmp_path, content, message):
    (tmp_path / "clips.csv").write_text(content)
    with pytest.raises(UserError, match=message):
        enroll("anna", tmp_path / "clips.csv")
    assert storage.names() == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "no such folder or CSV file"),
        (lambda path: path.mkdir(), "no folders; expected one for each emotion"),
        (lambda path: (path / "joy").mkdir(parents=True), "unknown emotion 'joy'"),
        (lambda path: (path / "fear").mkdir(parents=True), "no usable recording"),
    ],
)
def test_a_bad_folder_is_one_line(enroll, tmp_path, make, message):
    make(tmp_path / "given")
    with pytest.raises(UserError, match=message):
        enroll("anna", tmp_path / "given")


def test_a_damaged_voice_is_listed_as_such(capsys):
    storage.folder().mkdir()
    storage.path_of("anna").write_bytes(b"")
    run(["voices"])
    assert "this is no voice, or it is damaged" in capsys.readouterr().out


def test_a_voice_and_same_speaker_exclude_each_other(folder):
    command = [sys.executable, "-m", "speech_emotion", "--voice", "anna", "--same-speaker", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "not allowed with" in ran.stderr
