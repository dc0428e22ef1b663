"""Headless Chromium whose microphone plays a file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = (
    "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update "
    "disable-sync hide-scrollbars use-fake-device-for-media-stream use-fake-ui-for-media-stream"
)
TIMEOUT = 30  # seconds
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="Chromium or its driver is missing (apt-get install chromium chromium-driver)"
)
COUNT_COLORS = """
    const canvas = document.getElementById(arguments[0]);
    const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(image.data.buffer)).size;"""


@contextmanager
def open_browser(profile: Path, microphone: Path) -> Iterator[webdriver.Chrome]:
    """Yield a browser with an empty profile folder. Its microphone plays a WAV file over and over."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    more = [f"user-data-dir={profile}", f"use-file-for-fake-audio-capture={microphone}", "window-size=1200,1000"]
    for flag in FLAGS.split() + more:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options, Service(DRIVER))
    try:
        yield browser
    finally:
        browser.quit()


class Page:
    """The page in a browser. `page[id]` is an element of speech_emotion/app/page/index.html."""

    def __init__(self, browser: webdriver.Chrome, address: str):
        self.browser = browser
        browser.get(address)
        self.wait(lambda: browser.find_element("tag name", "body").get_attribute("data-ready"))

    def __getitem__(self, name: str):
        return self.browser.find_element("id", name)

    def wait(self, condition) -> None:
        """Wait until `condition()` is true."""
        WebDriverWait(self.browser, TIMEOUT, poll_frequency=0.05).until(lambda _: condition())

    def upload(self, path: Path) -> None:
        self["file"].send_keys(str(path))
        self.wait(lambda: self["title"].text.startswith(f"{path.name},") or self["error"].is_displayed())

    def label(self) -> str:
        return self["label-text"].get_attribute("data-label")

    def probabilities(self) -> dict[str, str]:
        """Return the text beside each bar that has one."""
        cells = self.browser.find_elements("css selector", ".percent")
        return {cell.get_attribute("data-emotion"): cell.text for cell in cells if cell.text}

    def count_colors(self, canvas: str) -> int:
        return self.browser.execute_script(COUNT_COLORS, canvas)
