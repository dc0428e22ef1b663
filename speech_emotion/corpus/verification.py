"""Copy the clips of a corpus from a folder or archive of any layout, and check each against its published hash."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from tqdm import tqdm

from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import printable
from speech_emotion.corpus.archives import AudioFile, UnreadableFileError
from speech_emotion.corpus.description import Corpus

MAX_CLIP_BYTES = 50 * 2**20
MAX_COPIES = 4  # of the whole corpus in one archive; the Kaggle archive of TESS holds everything twice
MAX_NAMES = 10


@dataclass
class VerificationReport:
    """What a source contains. All lists are sorted.

    Attributes:
        copied: rows of the clip table, one per copied clip.
        missing: clips without any file.
        altered: clips whose files are all unreadable or differ from the published bytes. They are not copied.
        unexpected: paths of audio files that are not clips of the corpus. They are not copied.
        duplicates: clips with more than one file. The first correct one is copied.
    """

    copied: list[dict[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)


def copy_verified(corpus: Corpus, files: Iterable[AudioFile], folder: Path) -> VerificationReport:
    """Copy each clip once into `folder`, under the clip's name and without subfolders.

    Raises:
        UserError: a file, or all files together, are much larger than the corpus.
    """
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
    total = _total_size(corpus, candidates)
    with tqdm(desc="verifying", total=total, unit="B", unit_scale=True, disable=None) as bar:
        for clip, copies in sorted(candidates.items()):
            sha256 = _copy_first_correct(copies, folder / clip, corpus.hashes.get(clip))
            if sha256 is None:
                report.altered.append(clip)
            else:
                report.copied.append(corpus.clip_row(copies[0].path, sha256))
            bar.update(sum(file.size for file in copies))
    return report


def check_complete(corpus: Corpus, report: VerificationReport, max_missing: int) -> None:
    """Check that enough clips were copied.

    Raises:
        UserError: more than `max_missing` clips are missing or altered, or none was copied.
    """
    if len(report.missing) + len(report.altered) > max_missing:
        raise UserError(
            f"of {len(corpus.hashes):,} clips of {corpus.name}, missing {summarize_names(report.missing)}, altered or "
            f"unreadable {summarize_names(report.altered)}; other audio files: {len(report.unexpected):,}; expected at "
            f"most {max_missing} missing or altered (download.max_missing in params.yaml)"
        )
    if not report.copied:
        raise UserError(f"no intact clip of {corpus.name}; other audio files: {summarize_names(report.unexpected)}")


def size_limit(corpus: Corpus) -> int:
    """Return the largest size in bytes, packed or unpacked, that an archive of this corpus may have."""
    return MAX_COPIES * corpus.megabytes * 10**6


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


def _total_size(corpus: Corpus, candidates: dict[str, list[AudioFile]]) -> int:
    """Return the size of all files together, in bytes. Raises UserError if it, or that of one file, is too large."""
    total = 0
    for file in chain.from_iterable(candidates.values()):
        _check_size(file.path, file.size, MAX_CLIP_BYTES)
        total += file.size
    _check_size(f"all clips of {corpus.name} together", total, size_limit(corpus))
    return total


def _check_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise UserError(f"{printable(name)}: {size:,} bytes; expected at most {limit:,}; nothing was unpacked")


def _copy_first_correct(files: list[AudioFile], target: Path, expected: str | None) -> str | None:
    """Copy the first readable file, or the first whose SHA-256 is `expected` if that is set.

    Returns:
        its SHA-256, or None if there is no such file. Then there is no file at `target`.
    """
    for file in files:
        with suppress(UnreadableFileError):
            sha256 = _copy(file, target)
            if expected in (None, sha256):
                return sha256
    target.unlink()
    return None


def _copy(file: AudioFile, target: Path) -> str:
    digest = hashlib.sha256()
    with open(target, "wb") as output:
        for chunk in file.chunks():
            digest.update(chunk)
            output.write(chunk)
    return digest.hexdigest()
