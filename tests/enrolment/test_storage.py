import numpy as np
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.voice import Voice

VOICE = Voice("0123", ["anger", "fear"], {}, np.arange(1.0, 6.0))


@pytest.fixture(autouse=True)
def voices(tmp_path, monkeypatch):
    monkeypatch.setenv("SPEECH_EMOTION_VOICES", str(tmp_path / "voices"))
    return tmp_path / "voices"


def test_voices_are_listed_loaded_and_forgotten():
    assert storage.names() == []
    for name in ("zoë", "anna b."[:-1]):
        VOICE.save(storage.path_of(name))
    assert storage.names() == ["anna b", "zoë"]
    assert storage.load("zoë").model == "0123"
    storage.delete("zoë")
    assert storage.names() == ["anna b"]


def test_the_usual_folder_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("SPEECH_EMOTION_VOICES")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert storage.folder() == tmp_path / ".speech-emotion" / "voices"


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".a", "-a", "a/b", "a\\b", "a\n", "a.", "a ", "a" * 201, "ä" * 101, "../a", "a:b"]
)
def test_a_name_that_could_lead_elsewhere_is_one_line(name):
    with pytest.raises(UserError, match="cannot be used; expected a short one of letters"):
        storage.path_of(name)


def test_an_unknown_voice_is_one_line_with_the_known_ones():
    VOICE.save(storage.path_of("anna"))
    with pytest.raises(UserError, match="no voice 'ana' in .*; the voices there: anna"):
        storage.load("ana")
    with pytest.raises(UserError, match="no voice 'ana'"):
        storage.delete("ana")


def test_a_folder_that_cannot_be_read_is_one_line(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPEECH_EMOTION_VOICES", str(tmp_path / "file"))
    with pytest.raises(UserError, match="file: cannot be read .Not a directory.; expected the folder of the voices"):
        storage.names()


def test_a_folder_is_no_voice():
    storage.path_of("anna").mkdir(parents=True)
    assert storage.names() == []
    with pytest.raises(UserError, match="the voice 'anna' in .* cannot be deleted"):
        storage.delete("anna")
