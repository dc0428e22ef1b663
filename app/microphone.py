"""Name the emotion of live speech in the terminal: python -m app.microphone [--file CLIP]."""

import argparse
import queue
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from app.display import open_display
from speech_emotion.audio import loading
from speech_emotion.core.command_line import Parser, exit_on_user_error
from speech_emotion.core.errors import UserError, require
from speech_emotion.inference.predictor import MODEL, Predictor, THRESHOLD
from speech_emotion.inference.streaming import StreamingPredictor, StreamingSettings

BLOCK = 0.05  # seconds; what a microphone hands over at a time
BACKLOG = 200  # blocks that wait, 10 s, for a listener who is late; what is heard meanwhile is lost, not memory


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    require(not options.fast or options.file is not None, "--fast without --file; name the recording to listen to")
    settings = StreamingSettings(options.window, options.hop, threshold=options.threshold)
    predictor = Predictor(options.model)
    if options.file is not None:
        rate, name = predictor.sample_rate, Path(options.file).name
        blocks = cut(loading.stream(options.file, rate), round(BLOCK * rate))
        blocks = blocks if options.fast else paced(blocks, rate)
    else:
        rate, name, blocks = microphone(options.device)
    listener, display = StreamingPredictor(predictor, rate, settings), open_display(sys.stdout, predictor.labels, name)
    try:
        spent = listen(listener, blocks, display)
    finally:
        display.close()
    if spent:
        sys.stderr.write(
            f"{len(spent)} hops of {settings.hop} s, {1000 * median(spent):.1f} ms of work each (median)\n"
        )


def listen(listener: StreamingPredictor, blocks: Iterator[np.ndarray], display) -> list[float]:
    """Show every moment until the blocks end or Ctrl-C; return the seconds of work behind each."""
    spent, work = [], 0.0
    try:
        for block in blocks:
            start = time.perf_counter()
            moments = listener.feed(block)
            work += time.perf_counter() - start
            for moment in moments:
                spent.append(work / len(moments))
                display(moment)
            work = 0.0 if moments else work
    except KeyboardInterrupt:
        pass
    return spent


def cut(pieces: Iterator[np.ndarray], size: int) -> Iterator[np.ndarray]:
    """Cut pieces of any length into blocks of `size` samples; the last may be shorter."""
    held = np.empty(0, np.float32)
    for piece in pieces:
        held = np.concatenate([held, piece])
        whole = len(held) // size * size
        yield from np.split(held[:whole], range(size, whole, size)) if whole else []
        held = held[whole:]
    if len(held):
        yield held


def paced(blocks: Iterator[np.ndarray], rate: float) -> Iterator[np.ndarray]:
    """Yield each block when a microphone would have heard it to its end."""
    start, samples = time.monotonic(), 0
    for block in blocks:
        samples += len(block)
        time.sleep(max(0.0, start + samples / rate - time.monotonic()))
        yield block


def microphone(device: int | str | None) -> tuple[float, str, Iterator[np.ndarray]]:
    """Open an input device, the default one if None: its rate in Hz, its name, and what it hears, float32 (samples,).

    Raises:
        UserError: there is no such device, or nothing to open it with.
    """
    sound = _sounddevice()
    try:
        found = sound.query_devices(device, "input")
        rate, heard = found["default_samplerate"], queue.SimpleQueue()

        def keep(data: np.ndarray, *_) -> None:
            if heard.qsize() < BACKLOG:
                heard.put(data[:, 0].copy())
            else:
                time.sleep(BLOCK)  # a device that is faster than sound would leave the listener no time to catch up

        stream = sound.InputStream(rate, round(BLOCK * rate), device, 1, "float32", callback=keep)
    except (sound.PortAudioError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"no microphone ({reason}); name one of --list by --device, or use --file CLIP") from error
    return rate, found["name"], _heard(stream, heard)


def _heard(stream, heard: queue.SimpleQueue) -> Iterator[np.ndarray]:
    try:
        stream.start()
        while True:
            yield heard.get()
    finally:
        stream.abort()  # stopping would wait for what is still to be handed over
        stream.close()


def _sounddevice():
    try:
        import sounddevice
    except (ModuleNotFoundError, OSError) as error:  # OSError: the wheel for Linux comes without PortAudio
        wanted = "apt-get install libportaudio2" if isinstance(error, OSError) else "pip install sounddevice"
        raise UserError(f"the microphone cannot be opened ({error}); {wanted}, or use --file CLIP") from error
    return sounddevice


def _parser() -> Parser:
    parser = Parser("python -m app.microphone", description="Name the emotion of live speech.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--device", type=_device, metavar="NAME", help="name or number of --list, not the default one")
    source.add_argument("--list", action=_List, nargs=0, help="print the microphones")
    source.add_argument("--file", type=Path, metavar="CLIP", help="listen to a recording, as fast as it was spoken")
    parser.add_argument("--fast", action="store_true", help="with --file: as fast as can be")
    number, own = {"type": float, "metavar": "N"}, StreamingSettings()
    parser.add_argument("--threshold", default=THRESHOLD, **number, help="unsure below this probability (%(default)s)")
    parser.add_argument("--window", default=own.window, **number, help="seconds judged at most (%(default)s)")
    parser.add_argument("--hop", default=own.hop, **number, help="seconds between judgements (%(default)s)")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of models/ser.onnx")
    return parser


class _List(argparse.Action):
    def __call__(self, parser, *_) -> None:
        sys.stdout.write(f"{_sounddevice().query_devices()}\n")
        parser.exit()


def _device(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


if __name__ == "__main__":
    with exit_on_user_error():
        main()
