"""Get one corpus and verify it: data/<corpus>/raw, data/<corpus>/clips.csv, metrics/<corpus>/corpus.json."""

from pathlib import Path

from tqdm import tqdm

from ser import clips, corpora, files, params, sources, verify
from ser.errors import run


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
    settings, described, bar = params.load("download", sources.Settings), corpora.load(corpus), Bar()
    print(
        f"{described.title}\nlicence: {described.licence} {described.licence_url}\ncite: {described.citation.strip()}\n"
    )
    try:
        findings = sources.fetch(described, Path("data", corpus), settings.max_missing, tqdm.write, bar)
    finally:
        bar.close()
    rows = [described.row(clip, digest) for clip, digest in sorted(findings.used.items())]
    clips.write(Path("data", corpus, "clips.csv"), rows)
    files.write_json(Path("metrics", corpus, "corpus.json"), verify.report(described, rows, findings))
    print(f"{corpus}: {len(rows):,} clips used")
    for kind in ("missing", "altered", "unexpected", "duplicates"):
        print(f"{kind + ':':<12}{verify.listed(getattr(findings, kind))}")


if __name__ == "__main__":
    run(main)
