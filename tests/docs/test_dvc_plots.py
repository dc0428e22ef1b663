"""The page of `dvc plots show` and `dvc plots diff`, in a clone without a cache and a browser without a network."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from dvc_render.base import Renderer
from selenium.webdriver.support.ui import WebDriverWait
from support.browser import TIMEOUT, needs_chromium, open_browser
from support.experiments import clone_repository, save_experiment

SOURCES = Path(".dvc/plots")
REPEATED = {"features.csv", "history.csv", "scores.csv", "seeds_summary.csv"} | {
    f"{name}.png" for name in ("confusion", "history", "reliability", "seeds")
}
DRAWN = """
    const plots = [...document.querySelectorAll("main > div")].filter(div => div.checkVisibility());
    const isDrawn = div => div.querySelector("svg.marks") || div.querySelector("img")?.naturalWidth;
    const texts = div => [...div.querySelectorAll("text, p")].map(element => element.textContent);
    return plots.every(isDrawn) && Object.fromEntries(plots.map(div => [div.id, texts(div)]));"""
ADDRESSES = "return [...document.querySelectorAll('[src], link')].map(element => element.src || element.href);"


def expected_plots(clone: Path) -> set[str]:
    """Return the ids of the plots in dvc.yaml, except those that repeat another."""
    plots = set()
    for path in ("dvc.yaml", "voices/dvc.yaml", "experiments/seeds/dvc.yaml"):
        pipeline = yaml.safe_load((clone / path).read_text())
        plots.update(name for chart in pipeline.get("plots", []) for name in chart)
        for stage in pipeline["stages"].values():
            for plot in stage.get("plots", []):
                pattern = re.sub(r"\$\{.*?\}", "*", next(iter(plot)))
                plots.update(str(file.relative_to(clone)) for file in clone.glob(pattern) if file.name not in REPEATED)
    return {Renderer.remove_special_chars(plot) for plot in plots}


@pytest.mark.slow
@needs_chromium
@pytest.mark.parametrize(
    ("command", "versions"),
    [
        (["show"], {"workspace"}),
        (["diff", "HEAD"], {"workspace", "HEAD"}),
        (["diff", "first", "second"], {"first", "second"}),  # experiments
    ],
)
def test_every_plot_is_drawn_offline_with_every_version(tmp_path, command, versions):
    clone = clone_repository(tmp_path / "clone")
    for number, name in enumerate(("first", "second")):
        save_experiment(clone, name, {"model": {"units": number + 1}}, {})
    subprocess.run(["dvc", "plots", *command, "-o", "drawn"], cwd=clone, check=True)
    with open_browser(tmp_path / "profile", tmp_path / "no.wav") as browser:
        browser.set_network_conditions(offline=True, latency=0, throughput=0)
        browser.get((clone / "drawn/index.html").as_uri())
        drawn = WebDriverWait(browser, TIMEOUT).until(lambda page: page.execute_script(DRAWN))
        addresses = browser.execute_script(ADDRESSES)
        messages = [message for message in browser.get_log("browser") if message["level"] == "SEVERE"]
    assert set(drawn) == expected_plots(clone)
    assert all(versions <= set(texts) for texts in drawn.values())
    assert all(address.startswith(("data:", "file:")) for address in addresses)
    assert not messages


def test_the_page_is_built_from_its_layout_and_licenses():
    licenses = (SOURCES / "licenses.txt").read_text().strip()
    before, after = (SOURCES / "layout.html").read_text().replace("{licenses}", licenses).split("{vega}")
    page = (SOURCES / "page.html").read_text()
    assert page.startswith(before)
    assert page.endswith(after)
