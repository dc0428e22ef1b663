"""Copy the clips of a corpus from a folder or archive of any layout, and check each against its published hash."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import printable
from speech_emotion.corpus.archives import AudioFile, UnreadableFileError
from speech_emotion.corpus.description import Corpus

MAX_NAMES = 10


@dataclass
class VerificationReport:
    """What a source contains. All lists are sorted."""

    copied: list[dict[str, str]] = field(default_factory=list)  # rows of the clip table
    missing: list[str] = field(default_factory=list)  # clips without any file
    altered: list[str] = field(default_factory=list)  # clips whose files are all unreadable or not as published
    unexpected: list[str] = field(default_factory=list)  # paths of audio files that are not clips of the corpus
    duplicates: list[str] = field(default_factory=list)  # clips with several files; the first correct one is copied


def copy_verified(corpus: Corpus, files: Iterable[AudioFile], folder: Path) -> VerificationReport:
    """Copy each clip once into `folder`, under its name and without subfolders. Raises UserError as `read` does."""
    report = VerificationReport()
    candidates: dict[str, list[AudioFile]] = {}
    for file in files:
        clip = corpus.clip_name(file.path)
        if clip is None or (corpus.hashes and clip not in corpus.hashes):
            report.unexpected.append(file.path)
        else:
            candidates.setdefault(clip, []).append(file)
    report.missing = sorted(corpus.hashes.keys() - candidates.keys())
    report.duplicates = sorted(clip for clip, copies in candidates.items() if len(copies) > 1)
    for clip, copies in tqdm(sorted(candidates.items()), "verifying", unit="clip", disable=None):
        content = _first_correct(copies, corpus.hashes.get(clip))
        if content is None:
            report.altered.append(clip)
            continue
        (folder / clip).write_bytes(content)
        report.copied.append(corpus.clip_row(copies[0].path, hashlib.sha256(content).hexdigest()))
    return report


def check_complete(corpus: Corpus, report: VerificationReport, max_missing: int) -> None:
    """Raise UserError if more than `max_missing` clips are missing or altered, or if none was copied."""
    if len(report.missing) + len(report.altered) > max_missing:
        raise UserError(
            f"of {len(corpus.hashes):,} clips of {corpus.name}, missing {summarize_names(report.missing)}, altered or "
            f"unreadable {summarize_names(report.altered)}; other audio files: {len(report.unexpected):,}; expected at "
            f"most {max_missing} missing or altered (download.max_missing in params.yaml)"
        )
    if not report.copied:
        raise UserError(f"no intact clip of {corpus.name}; other audio files: {summarize_names(report.unexpected)}")


def summarize_names(names: list[str]) -> str:
    """Format a list as its length and up to MAX_NAMES names, such as "2 (a.wav, b.wav)"."""
    if not names:
        return "0"
    shown = [printable(name) for name in names[:MAX_NAMES]]
    if len(names) > MAX_NAMES:
        shown.append("...")
    return f"{len(names):,} ({', '.join(shown)})"


def corpus_report(report: VerificationReport) -> dict:
    """Return the content of metrics/<corpus>/corpus.json. It does not depend on the source or its layout."""
    counts = Counter(f"{row['speaker']} {row['emotion']}" for row in report.copied)
    return {
        "clips": len(report.copied),
        "speakers": sorted({row["speaker"] for row in report.copied}),
        # A list of strings, because `dvc metrics show` makes a column of every single number.
        "per_speaker_and_emotion": [f"{pair}: {counts[pair]}" for pair in sorted(counts)],
        "missing": report.missing,
        "altered": report.altered,
    }


def _first_correct(files: list[AudioFile], expected: str | None) -> bytes | None:
    """Return the content of the first readable file, or of the first whose SHA-256 is `expected` if that is set."""
    for file in files:
        with suppress(UnreadableFileError):
            content = file.read()
            if expected in (None, hashlib.sha256(content).hexdigest()):
                return content
    return None
