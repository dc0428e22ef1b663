"""Download one corpus and verify it.

python -m stages.download <corpus>    writes data/<corpus>/raw, data/<corpus>/clips.csv, metrics/<corpus>/corpus.json
"""

from contextlib import closing
from pathlib import Path

from tqdm import tqdm

from speech_emotion.core import clip_table, files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus import description, download, verification
from speech_emotion.corpus.download import DownloadSettings


class ProgressBar:
    """A progress bar in bytes, with a new line for each description. Nothing is shown outside a terminal."""

    def __init__(self) -> None:
        self.bar = None
        self.description = ""

    def __call__(self, description: str, done: int, total: int | None) -> None:
        """Show that `done` of `total` bytes (None if unknown) are done."""
        if self.bar is None or description != self.description:
            self.close()
            self.bar = tqdm(desc=description, unit="B", unit_scale=True, disable=None)
            self.description = description
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        """End the line of the bar."""
        if self.bar is not None:
            self.bar.close()


def main(corpus: str) -> None:
    settings = params.load_section("download", DownloadSettings)
    described = description.load(corpus)
    print(f"{described.title}\nlicense: {described.license} {described.license_url}\ncite: {described.citation}\n")
    with closing(ProgressBar()) as progress:
        report = download.fetch(described, Path("data", corpus), settings.max_missing, tqdm.write, progress)
    rows = [described.clip_row(clip, sha256) for clip, sha256 in sorted(report.used.items())]
    clip_table.write(Path("data", corpus, "clips.csv"), rows)
    files.write_json(Path("metrics", corpus, "corpus.json"), verification.corpus_report(described, rows, report))
    print(f"{corpus}: {len(rows):,} clips used")
    for kind in ("missing", "altered", "unexpected", "duplicates"):
        print(f"{kind + ':':<12}{verification.summarize_names(getattr(report, kind))}")


if __name__ == "__main__":
    run_stage(main)
