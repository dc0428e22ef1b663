"""Voices on the page's server: teach, list, use, export, import, forget."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import requests
import soundfile
from support.programs import app_server

from speech_emotion.enrolment.voice import Voice

pytestmark = pytest.mark.slow
RATE = 16000
KERNELS = {"anger": np.ones(40) / 40, "fear": [1, 0, 0, 0, 1], "sadness": [1, -2, 1]}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory, speech_like):
    """Four recordings of anger, of fear and of sadness each: [(emotion, bytes of a WAV file)]."""
    folder = tmp_path_factory.mktemp("recordings")
    made = []
    for take in range(4):
        for emotion, kernel in KERNELS.items():
            signal = np.convolve(speech_like(1.0 + take / 10, seed=take), kernel, "same")
            path = folder / f"{emotion}{take}.wav"
            soundfile.write(path, 0.5 * signal / np.abs(signal).max(), RATE)
            made.append((emotion, path.read_bytes()))
    return made


@pytest.fixture(scope="module")
def server_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("voices")


@pytest.fixture(scope="module")
def server(shipped_for_speakers, server_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPEECH_EMOTION_VOICES", str(server_folder))
        with app_server(shipped_for_speakers) as address:
            yield address


@pytest.fixture
def address(server):
    yield server
    for voice in requests.get(f"{server}/voices").json()["voices"]:
        requests.delete(f"{server}/voices/{voice['name']}")


def teach(address, recordings, name="anna", **params):
    form = [(emotion, (f"recording {number}", content)) for number, (emotion, content) in enumerate(recordings)]
    return requests.post(f"{address}/voices/{name}", files=form, params=params, timeout=60)


def names(address) -> list[str]:
    return [voice["name"] for voice in requests.get(f"{address}/voices").json()["voices"]]


def classify(address, content, **params) -> dict:
    return requests.post(f"{address}/classify", params=params, data=content, timeout=60).json()


def test_a_voice_is_taught_and_changes_the_answer(address, recordings):
    taught = teach(address, recordings).json()
    assert taught["clips"] == {"anger": 4, "fear": 4, "sadness": 4}
    assert taught["estimate"]["uar"] > 0.5
    assert taught["left_out"] == []
    assert names(address) == ["anna"]
    emotion, content = recordings[0]
    anybody, anna = classify(address, content), classify(address, content, voice="anna")
    assert anna["emotion"] == emotion
    assert anna["probabilities"] != anybody["probabilities"]
    assert classify(address, content, voice="") == anybody


def test_a_voice_is_replaced_only_if_the_page_says_so(address, recordings):
    teach(address, recordings)
    refused = teach(address, recordings[:4])
    assert (refused.status_code, refused.json()["error"]) == (
        422,
        "there is a voice 'anna' already; choose another name, or forget it first",
    )
    assert teach(address, recordings[:4], replace="").json()["clips"] == {"anger": 2, "fear": 1, "sadness": 1}


def test_recordings_without_speech_are_left_out_by_position(address, recordings, tmp_path):
    soundfile.write(tmp_path / "quiet.wav", np.full(RATE, 1e-4), RATE)
    quiet = ("anger", (tmp_path / "quiet.wav").read_bytes())
    taught = teach(address, [quiet, *recordings, ("anger", b"not audio")]).json()
    assert [(item["position"], item["error"].partition(":")[0]) for item in taught["left_out"]] == [
        (0, "recording 1"),
        (13, "recording 14"),
    ]
    assert (
        teach(address, [quiet], name="bert").json()["error"]
        == "recording 1: no speech; record it again, or leave it out"
    )
    assert names(address) == ["anna"]


def test_a_recording_that_contradicts_the_rest_is_named_by_position(address, recordings, tmp_path):
    signal, _ = soundfile.read(io.BytesIO(recordings[3][1]))  # of anger
    soundfile.write(tmp_path / "wrong.wav", 0.9 * signal, RATE)
    wrong = ("sadness", (tmp_path / "wrong.wav").read_bytes())
    assert teach(address, [*recordings, wrong]).json()["contradicting"] == [12]


def test_a_voice_is_exported_and_imported(address, recordings):
    teach(address, recordings)
    exported = requests.get(f"{address}/voices/anna")
    assert exported.headers["Content-Disposition"] == "attachment"
    imported = requests.put(f"{address}/voices/copy", data=exported.content)
    assert imported.json()["clips"] == {"anger": 4, "fear": 4, "sadness": 4}
    content = recordings[1][1]
    with_copy, with_anna = (classify(address, content, voice=name) for name in ("copy", "anna"))
    assert with_copy == with_anna
    again = requests.put(f"{address}/voices/copy", data=exported.content)
    assert "there is a voice 'copy' already" in again.json()["error"]


def test_a_forgotten_voice_is_gone(address, recordings):
    teach(address, recordings)
    assert requests.delete(f"{address}/voices/anna").json() == {}
    assert names(address) == []
    assert "no voice 'anna'" in classify(address, recordings[0][1], voice="anna")["error"]
    assert "no voice 'anna'" in requests.delete(f"{address}/voices/anna").json()["error"]
    assert "no voice 'anna'" in requests.get(f"{address}/voices/anna").json()["error"]


@pytest.mark.parametrize(
    ("name", "form", "message"),
    [
        ("anna", [("joy", 0)], "unknown emotion 'joy'"),
        ("a%2Fb", [("anger", 0)], "the name 'a/b' cannot be used"),
        ("..%2F..%2Fa", [("anger", 0)], "cannot be used"),
    ],
)
def test_a_bad_form_is_one_line(address, recordings, name, form, message):
    form = [(emotion, recordings[number][1]) for emotion, number in form]
    response = teach(address, form, name=name)
    assert response.status_code == 422
    assert message in response.json()["error"]
    assert names(address) == []


def test_what_is_no_voice_is_one_line(address):
    assert (
        requests.post(f"{address}/voices/anna", data=b"abc").json()["error"]
        == "expected a complete form with recordings"
    )
    imported = requests.put(f"{address}/voices/anna", data=b"abc")
    assert imported.status_code == 422
    assert imported.json()["error"].startswith("the file: this is no voice")
    assert names(address) == []


def test_other_sites_are_refused(address):
    response = requests.delete(f"{address}/voices/anna", headers={"Origin": "https://example.com"})
    assert response.status_code == 403


def test_a_model_that_cannot_learn_offers_nothing(shipped):
    with app_server(shipped) as address:
        assert requests.get(f"{address}/voices").json()["emotions"] == []


def test_a_recording_that_is_there_twice_is_left_out(address, recordings):
    taught = teach(address, [*recordings, recordings[0]]).json()
    assert taught["left_out"] == [{"position": 12, "error": "recording 13: the same recording as recording 1"}]


def test_of_several_who_choose_a_name_at_once_one_gets_it(address, recordings):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: teach(address, recordings).status_code, range(4)))
    assert sorted(answers) == [200, 422, 422, 422]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("multipart/form-data", b"abc"), ("multipart/form-data; boundary=zz", b"abc"), ("text/plain", b"abc")],
)
def test_what_is_no_complete_form_is_one_line(address, content_type, body):
    response = requests.post(f"{address}/voices/anna", data=body, headers={"Content-Type": content_type})
    assert (response.status_code, response.json()["error"]) == (422, "expected a complete form with recordings")


def test_a_voice_of_another_model_is_listed_with_its_problem_and_can_be_forgotten(address, server_folder):
    Voice("0" * 64, ["anger"], {}, np.ones(81)).save(server_folder / "old.voice")
    [old] = requests.get(f"{address}/voices").json()["voices"]
    assert (old["name"], old["problem"][:41]) == ("old", "the voice was made with another model fil")
    assert requests.delete(f"{address}/voices/old").status_code == 200
