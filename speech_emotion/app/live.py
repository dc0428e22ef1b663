"""Predict emotions live in the terminal, from the microphone or from a file: speech-emotion live [--file CLIP]."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from speech_emotion.app.microphone import CHUNK_SECONDS, open_microphone
from speech_emotion.app.terminal import make_display
from speech_emotion.audio import loading
from speech_emotion.core.command_line import Parser
from speech_emotion.core.errors import UserError
from speech_emotion.inference.enroll import load_voice
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.inference.streaming import StreamingPredictor, StreamingSettings


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if options.fast and options.file is None:
        raise UserError("--fast needs --file")
    settings = StreamingSettings(
        window=options.window, hop=options.hop, threshold=options.threshold, same_speaker=not options.several_speakers
    )
    predictor = Predictor(options.model)
    voice = None if options.voice is None else load_voice(predictor, options.voice)
    if options.file is None:
        rate, name, chunks = open_microphone(options.device)
    else:
        rate, name, chunks = open_file(options.file, predictor.sample_rate, real_time=not options.fast)
    streaming = StreamingPredictor(predictor, rate, settings, voice)
    display = make_display(sys.stdout, predictor.labels, name)
    try:
        for chunk in chunks:
            for prediction in streaming.feed(chunk):
                display.show(prediction)
    except KeyboardInterrupt:
        pass  # the usual way to end it
    finally:
        display.close()


def open_file(path: Path, rate: int, real_time: bool) -> tuple[int, str, Iterator[np.ndarray]]:
    """Load a recording at `rate` in Hz, and return what `open_microphone` does."""
    return rate, path.name, split_chunks(loading.load(path, rate), rate, real_time)


def split_chunks(signal: np.ndarray, rate: int, real_time: bool) -> Iterator[np.ndarray]:
    """Yield float32 (samples,) in chunks, in real time each when its last sample is due."""
    size = round(CHUNK_SECONDS * rate)
    begin = time.monotonic()
    for start in range(0, len(signal), size):
        chunk = signal[start : start + size]
        if real_time:
            due = begin + (start + len(chunk)) / rate
            time.sleep(max(0.0, due - time.monotonic()))
        yield chunk


def _parser() -> Parser:
    defaults = StreamingSettings()
    parser = Parser("speech-emotion live", description="Predict the emotion of live speech.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--device", type=_device, metavar="NAME", help="name or number from python -m sounddevice")
    source.add_argument("--file", type=Path, metavar="CLIP", help="play a recording instead, in real time")
    parser.add_argument("--fast", action="store_true", help="with --file: as fast as possible")
    number = {"type": float, "metavar": "N"}
    parser.add_argument("--threshold", **number, help="label unsure below this probability (default: the model's own)")
    parser.add_argument(
        "--window", default=defaults.window, **number, help="maximum window length in seconds (%(default)s)"
    )
    parser.add_argument("--hop", default=defaults.hop, **number, help="seconds between predictions (%(default)s)")
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--several-speakers", action="store_true", help="do not use earlier utterances to get used to one voice"
    )
    who.add_argument("--voice", metavar="NAME", help="the person is this one, see speech-emotion enroll")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of the shipped model")
    return parser


def _device(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
