import asyncio
import base64
import json
import re

import aiohttp
import numpy as np
import pytest
import requests
from support.programs import run_python

from speech_emotion.app import web
from speech_emotion.audio import loading
from speech_emotion.inference import timeline
from speech_emotion.inference.predictor import NO_SPEECH, Predictor

pytestmark = pytest.mark.slow
RATE = 16000
NAN = np.full(9, np.nan, "<f4").tobytes()


def post(address, content, name="clip.wav", **headers):
    return requests.post(f"{address}/classify", params={"name": name}, data=content, headers=headers, timeout=60)


def classify(model, path):
    return timeline.classify(Predictor(model), [loading.load(path, RATE)])


@pytest.mark.parametrize("name", ["clip.wav", "clip.flac", "clip.ogg", "clip.mp3", "clip.aiff", "silence.wav"])
def test_an_upload_is_classified(address, clips, model, name):
    path = clips / name
    result = post(address, path.read_bytes(), path.name).json()
    expected = classify(model, path).whole
    assert (result["name"], result["label"], result["emotion"]) == (path.name, expected.label, expected.emotion)
    assert result["probabilities"] == pytest.approx(expected.probabilities, abs=1e-3)


def test_an_upload_has_its_waveform_and_mfccs(address, clips):
    result = post(address, (clips / "clip.wav").read_bytes()).json()
    assert all(lowest <= highest for lowest, highest in result["waveform"])
    mfcc = result["mfcc"]
    assert (mfcc["rows"], mfcc["column_ms"]) == (40, 40)  # 4 frames of 10 ms
    assert len(base64.b64decode(mfcc["data"])) == mfcc["rows"] * mfcc["columns"]


def test_a_long_upload_has_a_timeline(address, clips, model):
    result = post(address, (clips / "long.wav").read_bytes()).json()
    expected = [segment.prediction.label for segment in classify(model, clips / "long.wav").segments]
    assert [segment["label"] for segment in result["segments"]] == expected
    assert len(expected) > 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [("empty.wav", "audio"), ("text.wav", "audio"), ("short.wav", "frame"), ("hours.flac", "longer than 10 minutes")],
)
def test_a_bad_upload_gets_an_error_of_one_line(address, clips, name, reason):
    response = post(address, (clips / name).read_bytes(), name)
    assert response.status_code == 422
    assert re.fullmatch(f"{re.escape(name)}: .*{reason}.*", response.json()["error"])


def test_an_upload_that_is_too_large_is_refused(address):
    chunks = (bytes(1 << 20) for _ in range(web.MAX_MEGABYTES + 1))
    response = post(address, chunks)
    assert response.status_code == 422
    assert "64 MB" in response.json()["error"]


def test_an_upload_is_the_bytes_that_were_sent(address, clips):
    response = post(address, (clips / "clip.wav").read_bytes(), **{"Content-Encoding": "gzip"})
    assert response.ok


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_requests_from_other_sites_are_refused(address, origin):
    for path in ("", "model", "live"):
        assert requests.get(f"{address}/{path}", headers={"Origin": origin}, timeout=60).status_code == 403
    assert post(address, b"", Origin=origin).status_code == 403


def test_other_host_names_are_refused(address):
    assert post(address, b"", Host="evil.example").status_code == 403


def test_the_page_loads_nothing_from_other_sites(address):
    response = requests.get(address, timeout=60)
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    for file in web.PAGE.iterdir():
        content = requests.get(f"{address}/page/{file.name}", timeout=60).text
        assert set(re.findall(r"https?://[^\s\"'<]+", content)) <= {"http://www.w3.org/2000/svg"}


def send_live(address, rate, *messages):
    """Send messages to /live and return its answers."""

    async def run():
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{address}/live?rate={rate}") as socket:
            for message in messages:
                await socket.send_bytes(message)
            await socket.send_str("end")
            return [json.loads(answer.data) async for answer in socket]

    return asyncio.run(asyncio.wait_for(run(), 60))


def test_live_speech_gets_a_prediction_every_hop(address, spoken):
    signal = np.concatenate([spoken(0, 48000), np.zeros(48000, np.float32)])
    answers = send_live(address, 48000, *(chunk.astype("<f4").tobytes() for chunk in np.array_split(signal, 20)))
    assert [answer["time"] for answer in answers[:3]] == [0.25, 0.5, 0.75]
    assert answers[5]["emotion"] in ("anger", "fear", "sadness")
    assert answers[-1]["label"] == NO_SPEECH


@pytest.mark.parametrize(
    ("rate", "chunk", "error"),
    [("", b"", "rate"), ("fast", b"", "rate"), ("1", b"", "rate"), (RATE, bytes(5), "5 bytes"), (RATE, NAN, "NaN")],
)
def test_bad_live_input_gets_an_error(address, rate, chunk, error):
    assert error in send_live(address, rate, chunk)[-1]["error"]


def test_live_speech_ends_after_five_minutes(address):
    minute = bytes(4 * 60 * 1000)
    answers = send_live(address, 1000, *[minute] * 6)
    assert answers[-2]["time"] < 300
    assert "5 minutes" in answers[-1]["error"]


@pytest.mark.parametrize("arguments", [["--host", "203.0.113.1"], ["--host", "a..b"], ["--port", "99999"]])
def test_an_address_that_cannot_be_served_prints_one_line(model, arguments):
    done = run_python("-m", "speech_emotion", "app", "--model", model, *arguments, timeout=60)
    assert done.returncode == 2
    assert re.fullmatch(r"error: cannot serve .*--port\n", done.stderr)
