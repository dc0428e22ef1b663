"""Copy the clips of a corpus out of any layout, and check each against its published hash."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from speech_emotion.core.errors import UserError
from speech_emotion.core.formatting import printable
from speech_emotion.corpus.archives import AudioFile, UnreadableFileError
from speech_emotion.corpus.description import Corpus

MAX_CLIP_BYTES = 50 * 2**20
MAX_COPIES = 4  # of the whole corpus in one archive; the Kaggle archive of TESS holds everything twice
MAX_NAMES = 10

Progress = Callable[[str, int, int | None], None]
"""Called with a description, the bytes done, and the bytes in total (None if unknown)."""


@dataclass
class VerificationReport:
    """What the files of a source are.

    Attributes:
        used: clip -> SHA-256 of the clips that were copied.
        missing: clips without any file.
        altered: clips with files, none of which is readable and has the published bytes. They are not copied.
        unexpected: paths of audio files that are not clips of the corpus. They are not copied.
        duplicates: clips with more than one file. The first correct one is copied.
    """

    used: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)


def copy_verified(corpus: Corpus, files: Iterable[AudioFile], folder: Path, progress: Progress) -> VerificationReport:
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
    total = _check_sizes(corpus, candidates)
    done = 0
    for clip, copies in candidates.items():
        sha256 = _copy_first_correct(copies, Path(folder) / clip, corpus.hashes.get(clip))
        if sha256 is not None:
            report.used[clip] = sha256
        done += sum(file.size for file in copies)
        progress("verifying", done, total)
    report.missing = sorted(corpus.hashes.keys() - candidates.keys())
    report.altered = sorted(candidates.keys() - report.used.keys())
    report.duplicates = sorted(clip for clip, copies in candidates.items() if len(copies) > 1)
    return report


def check_complete(corpus: Corpus, report: VerificationReport, max_missing: int) -> None:
    """Check that enough clips were found.

    Raises:
        UserError: no clip was found, or more than `max_missing` are missing or altered.
    """
    if not report.used and not report.missing and not report.altered:
        raise UserError(f"no clip of {corpus.name} found; other audio files: {summarize_names(report.unexpected)}")
    if len(report.missing) + len(report.altered) > max_missing:
        raise UserError(
            f"of {len(corpus.hashes):,} clips of {corpus.name}, missing {summarize_names(report.missing)}, altered or "
            f"unreadable {summarize_names(report.altered)}; other audio files: {len(report.unexpected):,}; expected at "
            f"most {max_missing} missing or altered (download.max_missing in params.yaml)"
        )


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


def corpus_report(corpus: Corpus, rows: list[dict[str, str]], report: VerificationReport) -> dict:
    """Return the content of metrics/<corpus>/corpus.json. It does not depend on the source or its layout.

    Args:
        rows: the clip table.
    """
    counts = Counter(f"{row['speaker']} {row['emotion']}" for row in rows)
    return {
        "clips": len(rows),
        "speakers": sorted({row["speaker"] for row in rows}),
        # A list of texts, because `dvc metrics show` makes a column of every single number.
        "per_speaker_and_emotion": [f"{pair}: {counts[pair]}" for pair in sorted(counts)],
        "missing": report.missing,
        "altered": report.altered,
    }


def _check_sizes(corpus: Corpus, candidates: dict[str, list[AudioFile]]) -> int:
    """Return the size of all files together, in bytes."""
    total = 0
    for copies in candidates.values():
        for file in copies:
            _check_size(file.path, file.size, MAX_CLIP_BYTES)
            total += file.size
    _check_size(f"all clips of {corpus.name} together", total, size_limit(corpus))
    return total


def _check_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise UserError(f"{printable(name)}: {size:,} bytes; expected at most {limit:,}; nothing was unpacked")


def _copy_first_correct(files: list[AudioFile], target: Path, expected: str | None) -> str | None:
    """Copy the first file with the SHA-256 `expected` (None: with any) and return its SHA-256; None without one."""
    for file in files:
        try:
            sha256 = _copy(file, target)
        except UnreadableFileError:
            sha256 = ""
        if sha256 and expected in (None, sha256):
            return sha256
        target.unlink(missing_ok=True)
    return None


def _copy(file: AudioFile, target: Path) -> str:
    digest = hashlib.sha256()
    with open(target, "wb") as output:
        for block in file.blocks():
            digest.update(block)
            output.write(block)
    return digest.hexdigest()
