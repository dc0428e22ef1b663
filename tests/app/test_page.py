"""The page in Chromium.

SER_SCREENSHOT=docs/images/page.png pytest tests/app/test_page.py -k readme    makes the picture in the README.
"""

import os
import re

import pytest
from selenium.webdriver.common.keys import Keys
from support.browser import Page, needs_chromium
from support.programs import app_server

from speech_emotion.inference.predictor import MODEL, UNSURE

pytestmark = [pytest.mark.slow, needs_chromium]
EMOTIONS = {"anger", "fear", "sadness"}
SCREENSHOT = os.environ.get("SER_SCREENSHOT")


@pytest.fixture
def page(browser, address):
    yield Page(browser, address)
    messages = [entry["message"] for entry in browser.get_log("browser")]
    refused_upload = re.compile(r"/classify\?name=text\.wav&voice= - .* status of 422 ")
    assert not [message for message in messages if not refused_upload.search(message)]  # nor a script that failed


def test_recording_shows_live_predictions_and_then_the_result(page):
    page["record"].click()
    page.wait(lambda: page.label() in EMOTIONS)
    assert page["record"].text == "Stop"
    assert page.probabilities().keys() == EMOTIONS
    page["record"].click()
    page.wait(page["pictures"].is_displayed)
    assert page["title"].text.startswith("Your recording, 0:0")
    assert page.label() in EMOTIONS | {UNSURE}


@pytest.mark.parametrize("name", ["clip.wav", "clip.mp3"])
def test_an_upload_shows_its_label_and_pictures(page, clips, name):
    page.upload(clips / name)
    assert page.probabilities().keys() == EMOTIONS
    assert page.count_colors("waveform") > 1 and page.count_colors("mfcc") > 20
    assert page["mfcc-column"].text == "40"
    page.wait(page["player"].is_displayed)
    assert not page["timeline-figure"].is_displayed()


def test_a_long_recording_shows_its_timeline(page, clips):
    page.upload(clips / "long.wav")
    assert page.count_colors("timeline") > 2
    page["windows"].click()
    assert "0:00.0 0:03.0" in page["windows"].text


def test_a_bad_recording_shows_an_error_and_clears_the_result(page, clips):
    page.upload(clips / "clip.wav")
    page.upload(clips / "text.wav")
    assert page["error"].text.startswith("text.wav: ")
    assert page["error"].get_attribute("role") == "alert"
    assert page.probabilities() == {}
    assert not page["pictures"].is_displayed()


def test_the_page_says_how_reliable_the_model_is(page):
    text = page["reliability"].text
    for fact in (
        "72–75%",
        "(TESS, EMO-DB)",
        "40%",
        "33–50%",
        "anger (13% found)",
        "Below 55%",
        "30–40%",
        "non-commercial",
    ):
        assert fact in text


def test_the_page_shows_an_error_if_the_model_does_not_arrive(page):
    page.browser.execute_cdp_cmd("Network.enable", {})
    page.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/model"]})
    page.browser.refresh()
    page.wait(page["error"].is_displayed)
    page.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    assert "server" in page["error"].text


def test_the_keyboard_reaches_the_controls_in_order(page):
    order = []
    for _ in range(2):
        page.browser.switch_to.active_element.send_keys(Keys.TAB)
        order.append(page.browser.switch_to.active_element.get_attribute("id"))
    assert order == ["record", "file"]


def test_the_page_fits_a_phone(page, clips):
    phone = {"width": 320, "height": 640, "deviceScaleFactor": 2, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    page.upload(clips / "long.wav")
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= 320
    page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.skipif(not SCREENSHOT, reason="makes the picture in the README")
def test_the_picture_in_the_readme(browser, clips):
    with app_server(MODEL) as address:
        browser.set_window_size(1280, 1280)
        page = Page(browser, address)
        page.upload(clips / "long.wav")
        page.wait(lambda: not browser.execute_script("return document.getAnimations().length"))  # the bars have grown
        assert browser.save_screenshot(SCREENSHOT)
