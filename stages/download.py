"""Download one corpus and verify it.

python -m stages.download <corpus>    writes data/<corpus>/raw, data/<corpus>/clips.csv, metrics/<corpus>/corpus.json
"""

from pathlib import Path

from speech_emotion.core import clip_table, files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.corpus import description, verification
from speech_emotion.corpus.download import DownloadSettings, fetch_corpus


def main(corpus: str) -> None:
    settings = params.load("download", DownloadSettings)
    described = description.load(corpus)
    print(f"{described.title}\nlicense: {described.license} {described.license_url}\ncite: {described.citation}\n")
    report = fetch_corpus(described, Path("data", corpus), settings.max_missing)
    clip_table.write(Path("data", corpus, "clips.csv"), report.copied)
    files.write_json(Path("metrics", corpus, "corpus.json"), verification.corpus_report(report))
    print(f"{corpus}: {len(report.copied):,} clips")
    for kind in ("missing", "altered", "unexpected", "duplicates"):
        print(f"{kind + ':':<12}{verification.summarize_names(getattr(report, kind))}")


if __name__ == "__main__":
    run_stage(main)
