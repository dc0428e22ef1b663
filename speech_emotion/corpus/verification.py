"""Copy the clips of a corpus out of any layout, each one checked against its published hash."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from speech_emotion.core.errors import UserError
from speech_emotion.corpus.archives import AudioFile, DamagedFileError
from speech_emotion.corpus.description import Corpus

CLIP_BYTES = 50 * 2**20
UNPACKED = 4  # times the corpus's size: the Kaggle archive of TESS holds everything twice
BLOCK = 2**20
NAMED = 10

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, bytes done, and bytes in all where known."""


@dataclass
class VerificationReport:
    """What was found among the files of a source.

    Attributes:
        used: clip -> SHA-256 of those copied.
        missing: expected clips of which there was no file.
        altered: expected clips whose every file had other bytes than published; not used.
        unexpected: paths of audio files that are no clip of the corpus; not used. It says something of the source only.
        duplicates: clips of which there was more than one file; a right one was used. Of the source only, too.
    """

    used: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)


def copy_verified(corpus: Corpus, members: Iterable[AudioFile], folder: Path, progress: Progress) -> VerificationReport:
    """Copy each clip once, flat, into `folder`, and say what else was there.

    Nothing but the corpus's own clip names is ever written, whatever the paths of the members.

    Raises:
        UserError: a file, or all files together, claim to be or turn out far larger than the corpus.
    """
    wanted, findings = [], VerificationReport()
    for member in members:
        clip = corpus.clip(member.path)
        expected = clip is not None and (not corpus.hashes or clip in corpus.hashes)
        wanted.append((clip, member)) if expected else findings.unexpected.append(member.path)
    count = Counter(clip for clip, _ in wanted)
    findings.duplicates = sorted(clip for clip in count if count[clip] > 1)
    budget = _Budget(corpus, [member for _, member in wanted], progress)
    for clip, member in wanted:
        if clip not in findings.used:
            digest = _copy(member, Path(folder) / clip, corpus.hashes.get(clip), budget)
            findings.used |= {clip: digest} if digest else {}
    findings.missing = sorted(set(corpus.hashes) - set(count))
    findings.altered = sorted(set(count) - set(findings.used))
    return findings


def check_complete(corpus: Corpus, findings: VerificationReport, max_missing: int) -> None:
    """Refuse findings that lack too many clips.

    Raises:
        UserError: no clip was found, or more than `max_missing` are missing or altered; names up to NAMED of each kind.
    """
    if not findings.used and not findings.missing + findings.altered:
        raise UserError(f"no clip of {corpus.name} found, {summarize_names(findings.unexpected)} other audio files")
    if len(findings.missing) + len(findings.altered) > max_missing:
        raise UserError(
            f"of {len(corpus.hashes)} clips of {corpus.name}, missing {summarize_names(findings.missing)}, "
            f"altered {summarize_names(findings.altered)}, beside {len(findings.unexpected):,} other audio files; "
            f"at most {max_missing} may be missing or altered (download.max_missing)"
        )


def size_limit(corpus: Corpus) -> int:
    """Bytes beyond which no archive of this corpus, packed or unpacked, is believed."""
    return UNPACKED * corpus.megabytes * 10**6


def summarize_names(names: list[str]) -> str:
    """Say how many and name up to NAMED, as in "2 (a.wav, b.wav)"; what a terminal would not print is escaped."""
    shown = [name if name.isprintable() else ascii(name) for name in names[:NAMED]] + ["..."] * (len(names) > NAMED)
    return f"{len(names):,}" + (f" ({', '.join(shown)})" if names else "")


def corpus_report(corpus: Corpus, rows: list[dict[str, str]], findings: VerificationReport) -> dict:
    """Say on what every result stands: the same bytes, whichever source or layout gave the same clips."""
    counts = Counter((row["speaker"], row["emotion"]) for row in rows)
    return {
        "clips": {"expected": len(corpus.hashes) or len(rows), "used": len(rows)},
        "speakers": sorted({row["speaker"] for row in rows}),
        # A list of texts, because `dvc metrics show` makes a column of every number that stands alone.
        "per_speaker_and_emotion": [f"{who} {what}: {counts[who, what]}" for who, what in sorted(counts)],
        "missing": findings.missing,
        "altered": findings.altered,
    }


class _Budget:
    """Counts what is really read, because the sizes in an archive are only claims."""

    def __init__(self, corpus: Corpus, members: list[AudioFile], progress: Progress) -> None:
        self.limit, self.read, self.progress = size_limit(corpus), 0, progress
        self.claimed = sum(member.size for member in members)
        self._check(self.claimed, self.limit, f"all clips of {corpus.name} together")
        for member in members:
            self._check(member.size, CLIP_BYTES, member.path)

    def add(self, path: str, block: int, total: int) -> None:
        self.read += block
        self._check(total, CLIP_BYTES, path)
        self._check(self.read, self.limit, path)
        self.progress("verifying", self.read, max(self.claimed, self.read))

    @staticmethod
    def _check(size: int, limit: int, what: str) -> None:
        if size > limit:
            raise UserError(f"{what}: {size:,} bytes or more, expected at most {limit:,}; unpacking was stopped")


def _copy(member: AudioFile, target: Path, expected: str | None, budget: _Budget) -> str | None:
    """Write the clip and return its hash; on a wrong hash or unreadable bytes leave no file and return None."""
    digest, total = hashlib.sha256(), 0
    try:
        with member.reading() as source, open(target, "wb") as file:
            while block := source.read(BLOCK):
                total += len(block)
                budget.add(member.path, len(block), total)
                digest.update(block)
                file.write(block)
    except DamagedFileError:
        target.unlink()
        return None
    if expected not in (None, digest.hexdigest()):
        target.unlink()
        return None
    return digest.hexdigest()
