"""Get one corpus and verify it: data/<corpus>/raw, data/<corpus>/clips.csv, metrics/<corpus>/corpus.json."""

from pathlib import Path

from tqdm import tqdm

from speech_emotion.core import clip_table, files, params
from speech_emotion.corpus import description, download, verification
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus.download import DownloadSettings


class Bar:
    """One progress bar in bytes for each thing that is done."""

    def __init__(self) -> None:
        self.bar, self.doing = None, ""

    def __call__(self, doing: str, done: int, total: int | None) -> None:
        if self.bar is None or self.doing != doing:
            self.close()
            self.doing = doing  # a bar that TQDM_DISABLE=1 turns off does not remember it
            self.bar = tqdm(desc=doing, total=total, unit="B", unit_scale=True)
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        """End the line of the bar, so that other text starts a new one."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def main(corpus: str) -> None:
    """Download, verify and describe `corpus`."""
    settings, described, bar = params.load_section("download", DownloadSettings), description.load(corpus), Bar()
    print(
        f"{described.title}\nlicence: {described.licence} {described.licence_url}\ncite: {described.citation.strip()}\n"
    )
    try:
        findings = download.fetch(described, Path("data", corpus), settings.max_missing, tqdm.write, bar)
    finally:
        bar.close()
    rows = [described.row(clip, digest) for clip, digest in sorted(findings.used.items())]
    clip_table.write(Path("data", corpus, "clips.csv"), rows)
    files.write_json(Path("metrics", corpus, "corpus.json"), verification.corpus_report(described, rows, findings))
    print(f"{corpus}: {len(rows):,} clips used")
    for kind in ("missing", "altered", "unexpected", "duplicates"):
        print(f"{kind + ':':<12}{verification.summarize_names(getattr(findings, kind))}")


if __name__ == "__main__":
    run_stage(main)
