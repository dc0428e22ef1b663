"""Teaching a voice on the page, in Chromium with a microphone that plays a file.

SER_SCREENSHOT=docs/images/teach.png SER_VOICE=<folder with a folder of recordings for each emotion> \\
    pytest tests/app/test_teaching_page.py -k readme    makes the picture in docs/enrolment.md.
"""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.browser import Page, needs_chromium
from support.programs import app_server

from speech_emotion.inference.predictor import MODEL

pytestmark = [pytest.mark.slow, needs_chromium]
RATE = 16000
KERNELS = {"anger": np.ones(40) / 40, "fear": [1, 0, 0, 0, 1], "sadness": [1, -2, 1]}
SCREENSHOT = os.environ.get("SER_SCREENSHOT")


@pytest.fixture(scope="module")
def takes(tmp_path_factory, speech_like):
    """{emotion: four files}."""
    folder = tmp_path_factory.mktemp("takes")
    made = {}
    for emotion, kernel in KERNELS.items():
        for take in range(4):
            signal = np.convolve(speech_like(1.0 + take / 10, seed=take), kernel, "same")
            path = folder / f"{emotion}{take}.wav"
            soundfile.write(path, 0.5 * signal / np.abs(signal).max(), RATE)
            made.setdefault(emotion, []).append(path)
    return made


@pytest.fixture
def address(shipped_for_speakers, tmp_path, monkeypatch):
    monkeypatch.setenv("SPEECH_EMOTION_VOICES", str(tmp_path / "voices"))
    with app_server(shipped_for_speakers) as address:
        yield address


@pytest.fixture
def page(browser, address):
    yield Page(browser, address)
    assert not [entry["message"] for entry in browser.get_log("browser")]  # such as a script that failed


def texts(page, selector: str) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText.trim())"
    return page.browser.execute_script(script, selector)


def choose(page, emotion: str, paths: list[Path]) -> None:
    page.browser.find_element("css selector", f"#emotions [data-emotion={emotion}]").click()
    count = len(texts(page, "#clips li"))
    page["teach-files"].send_keys("\n".join(map(str, paths)))
    page.wait(lambda: len(texts(page, "#clips li")) == count + len(paths))


def test_a_voice_is_taught_used_and_forgotten(page, takes):
    asked = takes["anger"][3]
    page.upload(asked)
    before = page.probabilities()
    for emotion, paths in takes.items():
        choose(page, emotion, paths[:3])
    page.wait(lambda: "of new recordings" in page["teach-status"].text)  # a round is complete, so it has learned
    assert page["who"].get_attribute("value") == "My voice"
    page.upload(takes["anger"][2])
    page.upload(asked)
    assert page.probabilities() != before
    assert max(page.probabilities(), key=lambda label: float(page.probabilities()[label].strip("<>%"))) == "anger"
    [voice] = texts(page, "#voices li")
    assert voice.startswith("My voice 9 recordings, right in about ")
    page.browser.find_element("css selector", "#voices .forget").click()
    page.browser.switch_to.alert.accept()
    page.wait(lambda: texts(page, "#voices li") == [])
    assert page["who"].get_attribute("value") == ""
    page.upload(takes["anger"][2])
    page.upload(asked)
    assert page.probabilities() == before


def test_recordings_are_made_heard_and_dropped(page):
    first = page["sentence"].text
    page["teach-record"].click()
    page.wait(lambda: page["teach-record-text"].text == "Stop")
    page.browser.execute_async_script("setTimeout(arguments[0], 2500)")
    page["teach-record"].click()
    page.wait(lambda: texts(page, "#clips .emotion") == ["anger"])
    assert texts(page, "#emotions button") == ["anger 1", "fear 0", "sadness 0"]
    assert page["teach-emotion"].text == "fear"  # the next one
    assert page["sentence"].text == first  # the same for all emotions of a round
    seconds = "return document.querySelector('#clips audio').duration"
    page.wait(lambda: (page.browser.execute_script(seconds) or 0) > 1.5)
    page["learn"].click()
    page.wait(lambda: page["teach-status"].text.startswith("Learned."))
    page.browser.find_element("css selector", "#clips .drop").click()
    assert texts(page, "#clips li") == []
    assert not page["learn"].is_enabled()


def test_what_cannot_be_used_is_marked(page, takes, tmp_path):
    soundfile.write(tmp_path / "quiet.wav", np.full(RATE, 1e-4), RATE)
    choose(page, "fear", [*takes["fear"][:2], tmp_path / "quiet.wav"])
    page["learn"].click()
    page.wait(lambda: page["teach-status"].text.startswith("Learned."))
    assert texts(page, "#clips .note") == ["", "", "Not used: recording 3: no speech; record it again, or leave it out"]


def test_a_name_that_is_taken_is_an_error(page, browser, address, takes):
    choose(page, "fear", takes["fear"][:1])
    page["learn"].click()
    page.wait(lambda: page["teach-status"].text.startswith("Learned."))
    again = Page(browser, address)
    choose(again, "fear", takes["fear"][:1])
    again["learn"].click()
    again.wait(again["teach-error"].is_displayed)
    assert again["teach-error"].text.startswith("there is a voice 'My voice' already")
    browser.get_log("browser")  # has the refused request


def test_every_round_has_another_sentence(page, takes):
    first = page["sentence"].text
    for emotion, paths in takes.items():
        assert page["sentence"].text == first
        choose(page, emotion, paths[:1])
    page.wait(lambda: page["teach-status"].text.startswith("Learned."))
    assert page["sentence"].text != first


def test_another_name_begins_anew_and_no_name_is_an_error(page, takes):
    choose(page, "fear", takes["fear"][:1])
    page["learn"].click()
    page.wait(lambda: page["teach-status"].text.startswith("Learned."))
    page["voice-name"].clear()
    page["sentence"].click()  # so that the field has changed
    page.wait(lambda: texts(page, "#clips li") == [])
    choose(page, "fear", takes["fear"][:1])
    page["learn"].click()
    assert page["teach-error"].text == "Give the voice a name."


@pytest.mark.skipif(not SCREENSHOT, reason="SER_SCREENSHOT names no picture to make")
def test_readme_picture(browser, tmp_path, monkeypatch):
    folders = sorted(Path(os.environ["SER_VOICE"]).iterdir())
    monkeypatch.setenv("SPEECH_EMOTION_VOICES", str(tmp_path / "voices"))
    with app_server(MODEL) as address:
        page = Page(browser, address)
        browser.set_window_size(1200, 2400)
        for folder in folders:
            choose(page, folder.name, sorted(folder.iterdir())[:2])
        page.wait(lambda: "of new recordings" in page["teach-status"].text)
        usual = "document.getElementById('voices-folder').textContent = '~/.speech-emotion/voices'"
        browser.execute_script(usual)
        page["teach"].screenshot(SCREENSHOT)
