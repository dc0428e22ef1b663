"""A page on this machine that names the emotion of a recording or of live speech: python -m app.web.

aiohttp and a page written by hand, because that is all it takes: Gradio would bring fifty packages, a page of megabytes
and switches to turn telemetry and sharing off; aiohttp comes with DVC anyway. What is uploaded or spoken stays in this
process: nothing is kept, nothing is logged, and the page loads nothing from elsewhere.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from aiohttp import WSMsgType, web

from app import answers, guard
from speech_emotion.core.command_line import Parser, exit_on_user_error
from speech_emotion.core.errors import UserError, require
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.inference.streaming import StreamingPredictor

PAGE = Path(__file__).with_name("page")
BYTES = 64 << 20  # of an upload
LIVE_SECONDS = 300  # of one recording on the page; at 96 kHz that is an upload of 57 MB
BLOCK_BYTES = 1 << 20  # of live speech at a time
AT_ONCE = 2  # recordings that are classified at a time; more wait
PREDICTOR = web.AppKey("predictor", Predictor)
TURN = web.AppKey("turn", asyncio.Semaphore)


def build(predictor: Predictor, host: str = "127.0.0.1") -> web.Application:
    """Return the server's application, for browsers that know this machine as `host` or, on loopback, as localhost."""
    app = web.Application(middlewares=[guard.only_from_here(host)])
    app[PREDICTOR], app[TURN] = predictor, asyncio.Semaphore(AT_ONCE)
    app.add_routes([web.get("/", page), web.get("/about", about), web.post("/classify", classify)])
    app.add_routes([web.get("/live", live), web.static("/page", PAGE)])
    app.on_response_prepare.append(guard.add_headers)
    return app


async def page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


async def about(request: web.Request) -> web.Response:
    limits = {"bytes": BYTES, "seconds": answers.SECONDS, "live": LIVE_SECONDS}
    return web.json_response(answers.about(request.app[PREDICTOR]) | {"limits": limits})


async def classify(request: web.Request) -> web.Response:
    """Answer a recording, the body of the request, with what was heard, or with one line that says why not."""
    name = request.query.get("name") or "the recording"
    with tempfile.NamedTemporaryFile() as copy:
        try:
            await _receive(request, copy)
            async with request.app[TURN]:
                heard = await asyncio.to_thread(answers.classify, request.app[PREDICTOR], Path(copy.name), name)
        except UserError as error:
            return web.json_response({"error": answers.line(error)}, status=422)
    return web.json_response(heard)


async def _receive(request: web.Request, file) -> None:
    total = request.content_length or 0
    most = f"expected at most {BYTES >> 20} MB; cut it, or use python -m ser"
    require(total <= BYTES, f"a recording of {total >> 20} MB; {most}")
    total = 0
    async for piece in request.content.iter_chunked(1 << 16):
        total += len(piece)
        require(total <= BYTES, f"a recording of more than {BYTES >> 20} MB; {most}")
        file.write(piece)
    file.flush()


async def live(request: web.Request) -> web.WebSocketResponse:
    """Answer float32 blocks of live speech with a moment a hop. The first message says their rate: {"rate": 48000}."""
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=BLOCK_BYTES)
    await socket.prepare(request)
    try:
        await _listen(socket, request.app[PREDICTOR])
    except UserError as error:
        await socket.send_json({"error": answers.line(error)})
    await socket.close()
    return socket


async def _listen(socket: web.WebSocketResponse, predictor: Predictor) -> None:
    listener = None
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            listener = StreamingPredictor(predictor, _rate(message.data))
        elif message.type is WSMsgType.BINARY:
            require(listener is not None, "speech before its rate; expected a rate first")
            require(len(message.data) % 4 == 0, f"a block of {len(message.data)} bytes; expected float32 samples")
            for moment in await asyncio.to_thread(listener.feed, np.frombuffer(message.data, "<f4")):
                require(moment.time < LIVE_SECONDS, f"more than {LIVE_SECONDS // 60} minutes; start a new recording")
                await socket.send_json(answers.moment(moment))


def _rate(text: str) -> float:
    try:
        return float(json.loads(text)["rate"])
    except (ValueError, TypeError, KeyError) as error:
        raise UserError('not understood; expected {"rate": samples a second}') from error


def main(arguments: list[str] | None = None) -> None:
    parser = Parser("python -m app.web", description="Serve the page to this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s: this machine alone)")
    parser.add_argument("--port", default=8000, type=int, help="0 for any that is free (%(default)s)")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of models/ser.onnx")
    options = parser.parse_args(arguments)
    asyncio.run(serve(build(Predictor(options.model), options.host), options.host, options.port))


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until Ctrl-C, having said where."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, auto_decompress=False)  # bytes are what was sent
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError, UnicodeError) as error:
            raise UserError(f"{host}:{port} cannot be listened on ({error}); name another --host or --port") from error
        own = runner.addresses[0]
        shown = f"[{own[0]}]" if ":" in own[0] else own[0]
        sys.stdout.write(f"http://{shown}:{own[1]} (Ctrl-C ends)\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    with exit_on_user_error():
        main()
