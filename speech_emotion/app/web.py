"""Serve a page that predicts the emotion of a recording or of live speech: speech-emotion app.

An upload goes to a temporary file that is deleted after classification. Only voices that somebody teaches it are kept.
Nothing is logged, and the page loads nothing from other sites. It is plain HTML and JavaScript (page/), so that aiohttp
is all it needs.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import numpy as np
from aiohttp import WSMsgType, web

from speech_emotion.app import api, security, voices
from speech_emotion.app.uploads import MAX_MEGABYTES, explain_errors, receive
from speech_emotion.app.voices import PREDICTOR
from speech_emotion.core.command_line import Parser
from speech_emotion.core.errors import UserError
from speech_emotion.inference.predictor import MODEL, Predictor
from speech_emotion.inference.streaming import StreamingPredictor

PAGE = Path(__file__).with_name("page")
MAX_CHUNK_BYTES = 1 << 20  # of one message of live speech
LIVE_SECONDS = 300  # of one live recording, which is an upload of 57 MB at 96 kHz


def main(arguments: list[str] | None = None) -> None:
    parser = Parser("speech-emotion app", description="Predict emotions on a page in the browser.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve; %(default)s is for this computer only")
    parser.add_argument("--port", default=8000, type=int, help="0 for any free port (default %(default)s)")
    parser.add_argument("--model", default=MODEL, type=Path, metavar="FILE", help="instead of the shipped model")
    options = parser.parse_args(arguments)
    app = create_app(Predictor(options.model), options.host)
    asyncio.run(serve(app, options.host, options.port))


def create_app(predictor: Predictor, host: str) -> web.Application:
    """Return the server's application. Browsers must address it as `host` or localhost."""
    app = web.Application(middlewares=[security.refuse_other_sites(host)])
    app[PREDICTOR] = predictor
    app.router.add_get("/", index)
    app.router.add_get("/model", model)
    app.router.add_post("/classify", classify)
    app.router.add_get("/live", live)
    voices.add_routes(app)
    app.router.add_static("/page", PAGE)
    app.on_response_prepare.append(security.add_headers)
    return app


async def serve(app: web.Application, host: str, port: int) -> None:
    """Print the address and serve until Ctrl-C.

    Raises:
        UserError: the host or the port cannot be used.
    """
    # Without decompression an upload is the bytes that were sent, whatever its headers say.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, auto_decompress=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError, UnicodeError) as error:
            raise UserError(f"cannot serve {host}:{port} ({error}); choose another --host or --port") from error
        address, port = runner.addresses[0][:2]
        hostname = f"[{address}]" if ":" in address else address
        sys.stdout.write(f"Open http://{hostname}:{port} in a browser. Ctrl-C stops the server.\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


async def index(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


async def model(request: web.Request) -> web.Response:
    limits = {"max_megabytes": MAX_MEGABYTES, "max_minutes": api.MAX_SECONDS // 60}
    return web.json_response(api.model_info(request.app[PREDICTOR]) | limits)


@explain_errors
async def classify(request: web.Request) -> web.Response:
    """Classify a recording, the body of the request."""
    name = request.query.get("name") or "recording"
    with tempfile.NamedTemporaryFile() as file:
        await receive(request.content, file)
        arguments = (request.app[PREDICTOR], Path(file.name), name, voices.named(request))
        result = await asyncio.to_thread(api.classify_recording, *arguments)
    return web.json_response(result)


async def live(request: web.Request) -> web.WebSocketResponse:
    """Answer chunks of live speech, float32 at the query's `rate` in Hz, with one message per hop."""
    socket = web.WebSocketResponse(heartbeat=20, max_msg_size=MAX_CHUNK_BYTES)
    await socket.prepare(request)
    try:
        streaming = StreamingPredictor(request.app[PREDICTOR], _rate(request), voice=voices.named(request))
        async for message in socket:
            if message.type is not WSMsgType.BINARY:
                break
            for prediction in await asyncio.to_thread(streaming.feed, _samples(message.data)):
                if prediction.time >= LIVE_SECONDS:
                    raise UserError(f"recordings end after {LIVE_SECONDS // 60} minutes; start a new one")
                await socket.send_json(api.live_fields(prediction))
    except UserError as error:
        await socket.send_json({"error": str(error)})
    await socket.close()
    return socket


def _rate(request: web.Request) -> float:
    text = request.query.get("rate", "")
    try:
        return float(text)
    except ValueError:
        raise UserError(f"the rate is {text!r}; expected samples per second") from None


def _samples(data: bytes) -> np.ndarray:
    if len(data) % 4:
        raise UserError(f"the chunk has {len(data)} bytes; expected float32 samples")
    return np.frombuffer(data, "<f4")
