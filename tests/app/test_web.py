"""The page and its server."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import numpy as np
import pytest
import requests
import soundfile
from browser import Page, needs_chromium, open_browser

from app import answers, web
from speech_emotion.audio import loading
from speech_emotion.inference import timeline
from speech_emotion.inference.predictor import MODEL, NO_SPEECH, Predictor, UNSURE

RATE = 16000
SUFFIXES = ["wav", "flac", "ogg", "mp3", "aiff"]
JUNK = {
    "empty.wav": b"",
    "text.wav": b"This is no audio, whatever its name says.\n" * 50,
    "picture.mp3": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "header.wav": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80>\0\0\0}\0\0\2\0\x10\0data\0\0\0\0",
}


@contextmanager
def serving(*arguments):
    """Yield the address of a server in a process of its own; it must end by Ctrl-C without a complaint."""
    command = [sys.executable, "-m", "app.web", "--port", "0", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A shell's background job, and so all that it starts, ignores Ctrl-C.
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, **pipes, **heeding) as process:
        try:
            line = process.stdout.readline()
            yield re.fullmatch(r"(http://127\.0\.0\.1:\d+) \(Ctrl-C ends\)\n", line)[1]
        finally:
            process.send_signal(signal.SIGINT)
            patience = threading.Timer(20, process.kill)  # a server that stays fails the test instead of stopping it
            patience.start()
            said = process.communicate()
            patience.cancel()
    assert (process.returncode, *said) == (130, "", "")


@pytest.fixture(scope="module")
def address(shipped):
    with serving("--model", shipped) as address:
        yield address


@pytest.fixture(scope="module")
def clips(tmp_path_factory, spoken):
    """A folder with a sentence in every format, four sentences in long.wav, and junk."""
    folder = tmp_path_factory.mktemp("clips")
    for suffix in SUFFIXES:
        soundfile.write(folder / f"clip.{suffix}", spoken(0, 44100), 44100)
    soundfile.write(folder / "long.wav", np.concatenate([spoken(number, RATE) for number in range(4)]), RATE)
    soundfile.write(folder / "short.wav", np.ones(100) / 2, RATE)
    for name, content in JUNK.items():
        (folder / name).write_bytes(content)
    return folder


def post(address, content, name="clip.wav", **headers):
    return requests.post(f"{address}/classify", params={"name": name}, data=content, headers=headers, timeout=60)


def offline(model: Path, path: Path):
    return timeline.classify(Predictor(model), [loading.load(path, RATE)])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_answer_is_what_the_command_line_says(address, clips, shipped, suffix):
    path = clips / f"clip.{suffix}"
    told, expected = post(address, path.read_bytes(), path.name).json(), offline(shipped, path).whole
    assert told["name"] == path.name
    assert (told["label"], told["emotion"]) == (expected.label, expected.emotion)
    assert told["probabilities"] == pytest.approx(expected.probabilities, abs=1e-3)
    assert len(told["waveform"]) == answers.COLUMNS and all(low <= high for low, high in told["waveform"])
    assert told["mfcc"]["rows"] == 40
    assert told["mfcc"]["column_ms"] == 40  # 4 frames of 10 ms


def test_a_long_recording_has_a_timeline(address, clips, shipped):
    told = post(address, (clips / "long.wav").read_bytes()).json()
    expected = offline(shipped, clips / "long.wav").segments
    assert [item["label"] for item in told["segments"]] == [item.prediction.label for item in expected]
    assert len(told["segments"]) > 3


@pytest.mark.parametrize("name", [*JUNK, "short.wav"])
def test_junk_is_refused_in_one_line(address, clips, name):
    answer = post(address, (clips / name).read_bytes(), name)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(f"{name}: ") and "\n" not in answer.json()["error"]


def test_a_body_that_says_it_is_compressed_is_taken_as_it_is(address, clips):
    said = {"Content-Encoding": "gzip"}
    assert "expected audio such as wav" in post(address, b"junk", "clip.wav", **said).json()["error"]
    assert post(address, (clips / "clip.wav").read_bytes(), "clip.wav", **said).ok


def test_silence_has_no_speech(address, tmp_path):
    soundfile.write(tmp_path / "quiet.wav", np.full(RATE, 1e-4), RATE)
    told = post(address, (tmp_path / "quiet.wav").read_bytes()).json()
    assert (told["label"], told["emotion"], told["probabilities"]) == (NO_SPEECH, None, {})


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
def test_an_upload_that_is_too_large_is_refused(address, told):
    sent, piece = 0, bytes(1 << 20)

    def pieces():
        nonlocal sent
        while sent <= web.BYTES:
            sent += len(piece)
            yield piece

    answer = post(address, bytes(web.BYTES + 1) if told else pieces())
    assert answer.status_code == 422
    assert re.search(r"64 MB; expected at most 64 MB; cut it", answer.json()["error"])


def test_a_recording_that_is_too_long_is_refused(address, tmp_path):
    soundfile.write(tmp_path / "long.flac", np.tile([0.1, -0.1], (answers.SECONDS + 1) * 4000), 8000)
    answer = post(address, (tmp_path / "long.flac").read_bytes(), "long.flac")
    assert answer.json()["error"] == "long.flac: is longer than 10 minutes; cut it, or use python -m ser"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
    ],
)
def test_other_sites_are_refused(address, headers):
    assert post(address, b"", **headers).status_code == 403
    assert requests.get(f"{address}/live", headers=headers, timeout=60).status_code == 403


def test_the_page_needs_nothing_from_elsewhere(address):
    answer = requests.get(address, timeout=60)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    for file in web.PAGE.iterdir():
        served = requests.get(f"{address}/page/{file.name}", timeout=60).text
        assert set(re.findall(r"https?://[^\s\"'<]+", served)) <= {"http://www.w3.org/2000/svg"}


def test_about_says_how_right_it_is_and_the_colours(address, shipped):
    told = requests.get(f"{address}/about", timeout=60).json()
    assert told["labels"] == {"anger": "#882255", "fear": "#AA4499", "sadness": "#332288"}
    assert told["scores"] == Predictor(shipped).metadata["scores"]
    assert told["limits"] == {"bytes": 64 << 20, "seconds": 600, "live": 300}


def converse(address, *messages):
    """Send messages to /live, and return the answers until it closes."""

    async def talk():
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{address}/live") as socket:
            for message in messages:
                await (socket.send_str if isinstance(message, str) else socket.send_bytes)(message)
            await socket.close() if not messages else None
            return [json.loads(answer.data) async for answer in socket]

    return asyncio.run(asyncio.wait_for(talk(), 60))


def test_live_speech_is_judged_as_it_comes(address, spoken):
    blocks = np.array_split(np.concatenate([spoken(0, 48000), np.zeros(48000, np.float32)]), 20)
    told = converse(address, '{"rate": 48000}', *(block.astype("<f4").tobytes() for block in blocks), "end")
    assert "expected" in told.pop()["error"]  # "end" is no rate
    labels = [moment["label"] for moment in told]
    assert [moment["time"] for moment in told[:3]] == [0.25, 0.5, 0.75]
    assert labels[-1] == NO_SPEECH and set(labels[4:7]) & {"anger", "fear", "sadness", UNSURE}


@pytest.mark.parametrize(
    ("messages", "error"),
    [
        (["hello"], "not understood; expected"),
        (['{"rate": "fast"}'], "not understood; expected"),
        (['{"rate": 1}'], "a sample rate of 1.0 Hz; expected"),
        ([bytes(4)], "speech before its rate"),
        (['{"rate": 16000}', bytes(5)], "a block of 5 bytes"),
        (['{"rate": 16000}', np.full(9, np.nan, "<f4").tobytes()], "NaN"),
    ],
)
def test_live_nonsense_is_refused(address, messages, error):
    assert error in converse(address, *messages)[-1]["error"]


@pytest.mark.parametrize("arguments", [["--host", "203.0.113.1"], ["--host", "a..b"], ["--port", "99999"]])
def test_an_address_that_cannot_be_had_is_refused(shipped, arguments):
    command = [sys.executable, "-m", "app.web", "--model", str(shipped), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert re.fullmatch(r"error: .* cannot be listened on .*; name another --host or --port\n", done.stderr)


@pytest.fixture(scope="module")
def browser(tmp_path_factory, clips, spoken):
    heard = clips / "heard.wav"
    soundfile.write(heard, np.concatenate([spoken(0, 44100), np.zeros(22050, np.float32)]), 44100)
    with open_browser(tmp_path_factory.mktemp("profile"), heard) as browser:
        yield browser


@pytest.fixture
def shown(browser, address):
    page = Page(browser, address)
    yield page
    wrong = [entry for entry in browser.get_log("browser") if "422" not in entry["message"]]
    assert not wrong  # no script error, nothing refused by the content security policy


@needs_chromium
def test_browser_records_and_shows_the_label(shown):
    shown["record"].click()
    shown.wait(lambda: shown.label() in ("anger", "fear", "sadness"))  # while it is being said
    assert shown["record"].text == "Stop" and len(shown.shares()) == 3
    shown["record"].click()
    shown.wait(shown["pictures"].is_displayed)
    assert shown["name"].text.startswith("Your recording, 0:0")
    assert shown.label() in ("anger", "fear", "sadness", UNSURE)
    assert shown.colours("waveform") > 1 and shown.colours("mfcc") > 20
    assert shown["mfcc-column"].text == "40"


@needs_chromium
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_browser_uploads(shown, clips, shipped, suffix):
    path = clips / f"clip.{suffix}"
    shown.upload(path)
    expected = offline(shipped, path).whole
    assert shown.label() == expected.label
    assert shown.shares().keys() == expected.probabilities.keys()
    assert not shown["timeline-figure"].is_displayed() and not shown["error"].is_displayed()


@needs_chromium
def test_browser_shows_the_timeline_of_a_long_recording(shown, clips):
    shown.upload(clips / "long.wav")
    assert shown["timeline-figure"].is_displayed() and shown.colours("timeline") > 2
    shown["windows"].click()
    assert "0:00.0 0:03.0" in shown["windows"].text


@needs_chromium
@pytest.mark.parametrize("name", JUNK)
def test_browser_shows_why_junk_is_refused(shown, clips, name):
    shown.upload(clips / name)
    assert shown["error"].text.startswith(f"{name}: ") and shown["error"].get_attribute("role") == "alert"
    assert shown.shares() == {} and not shown["pictures"].is_displayed()


@needs_chromium
def test_browser_is_usable_by_keyboard(shown):
    from selenium.webdriver.common.keys import Keys

    order = []
    for _ in range(2):
        shown.browser.switch_to.active_element.send_keys(Keys.TAB)
        order.append(shown.browser.switch_to.active_element.get_attribute("id"))
    assert order == ["record", "file"]


@needs_chromium
def test_browser_fits_a_phone(shown, clips):
    shown.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 640, "deviceScaleFactor": 2, "mobile": True}
    )
    shown.upload(clips / "long.wav")
    assert shown.browser.execute_script("return document.documentElement.scrollWidth") <= 320
    shown.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@needs_chromium
def test_browser_picture_for_the_readme(browser, tmp_path, shipped, clips):
    """`SER_SCREENSHOT=app/screenshot.png pytest tests/test_web.py -k readme` renews it, from synthetic speech."""
    wanted = os.environ.get("SER_SCREENSHOT")
    with serving("--model", MODEL if wanted else shipped) as address:
        page = Page(browser, address)
        browser.set_window_size(1200, 1200)
        page.upload(clips / "long.wav")
        page.wait(lambda: not browser.execute_script("return document.getAnimations().length"))  # bars have grown
        path = Path(wanted or tmp_path / "page.png")
        assert browser.save_screenshot(str(path)) and path.read_bytes().startswith(b"\x89PNG")
