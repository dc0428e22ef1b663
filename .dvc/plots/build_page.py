# /// script
# dependencies = ["vl-convert-python==1.9.0"]
# ///
"""Write page.html, the page that `dvc plots show` fills in. It holds Vega-Lite, so that charts are drawn offline.

uv run .dvc/plots/build_page.py
"""

from pathlib import Path

import vl_convert

FOLDER = Path(__file__).parent
VEGA_LITE = "6.4"  # licenses.txt names the libraries that come with it


def main() -> None:
    page = (FOLDER / "layout.html").read_text(encoding="utf-8")
    licenses = (FOLDER / "licenses.txt").read_text(encoding="utf-8").strip()
    vega = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE)
    page = page.replace("{licenses}", licenses).replace("{vega}", vega)
    (FOLDER / "page.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
