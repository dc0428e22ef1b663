"""Chromium without a screen, whose microphone hears a file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FLAGS = (
    "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update "
    "disable-sync hide-scrollbars use-fake-device-for-media-stream use-fake-ui-for-media-stream"
)
SECONDS = 30  # until what is waited for has surely failed


def programs() -> tuple[str, str] | None:
    """Return where Chromium and its driver are, or None."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (chromium, driver) if chromium and driver else None


needs_chromium = pytest.mark.skipif(
    programs() is None, reason="Chromium and its driver are not installed (apt-get install chromium chromium-driver)"
)


@contextmanager
def open_browser(profile: Path, heard: Path, width: int = 1200, height: int = 1000) -> Iterator:
    """Yield a browser with an empty profile, whose microphone hears the wav file `heard` over and over."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chromium, driver = programs()
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    own = [f"user-data-dir={profile}", f"use-file-for-fake-audio-capture={heard}", f"window-size={width},{height}"]
    for flag in FLAGS.split() + own:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options, Service(driver))
    try:
        yield browser
    finally:
        browser.quit()


class Page:
    """The page in a browser, by the ids in app/page/index.html."""

    def __init__(self, browser, address: str):
        self.browser = browser
        browser.get(address)
        self.wait(lambda: browser.find_element("tag name", "body").get_attribute("data-ready"))

    def __getitem__(self, name: str):
        return self.browser.find_element("id", name)

    def wait(self, condition):
        """Wait until `condition()` is true, and return what it gave."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.browser, SECONDS, poll_frequency=0.05).until(lambda _: condition())

    def upload(self, path: Path) -> None:
        self["file"].send_keys(str(path))
        self.wait(lambda: self["name"].text.startswith(f"{path.name},") or self["error"].is_displayed())

    def shares(self) -> dict[str, str]:
        """Return the text beside every bar that has one."""
        cells = self.browser.find_elements("css selector", ".share")
        return {cell.get_attribute("data-label"): cell.text for cell in cells if cell.text}

    def label(self) -> str:
        return self["label-text"].get_attribute("data-label")

    def colours(self, canvas: str) -> int:
        """Return how many colours a canvas shows."""
        script = """const own = document.getElementById(arguments[0]);
            const pixels = new Uint32Array(own.getContext("2d").getImageData(0, 0, own.width, own.height).data.buffer);
            return new Set(pixels).size;"""
        return self.browser.execute_script(script, canvas)
