"""What the page does with voices: list, teach, export, import and forget them. They are files of the server's user."""

import asyncio
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
from aiohttp import BodyPartReader, web

from speech_emotion.app.uploads import receive
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.enroll import load_speech
from speech_emotion.inference.predictor import Predictor

PREDICTOR = web.AppKey("predictor", Predictor)
MOST_RECORDINGS = 200


def add_routes(app: web.Application) -> None:
    app.router.add_get("/voices", list_all)
    app.router.add_post("/voices/{name}", teach)
    app.router.add_get("/voices/{name}", export)
    app.router.add_put("/voices/{name}", import_file)
    app.router.add_delete("/voices/{name}", forget)


def named(request: web.Request) -> Voice | None:
    """Return the voice that the query names, None if it names none. Raises UserError if it cannot be used."""
    name = request.query.get("voice")
    if not name:
        return None
    voice = storage.load(name)
    request.app[PREDICTOR].check_voice(voice)
    return voice


async def list_all(request: web.Request) -> web.Response:
    voices = []
    for name in storage.names():
        try:
            voice = storage.load(name)
            request.app[PREDICTOR].check_voice(voice)
        except UserError:  # of another model; the command `speech-emotion voices` says more
            continue
        voices.append({"name": name, **describe(voice)})
    content = {
        "folder": str(storage.folder()),
        "voices": voices,
        "emotions": request.app[PREDICTOR].labels if request.app[PREDICTOR].can_enroll else [],
    }
    return web.json_response(content)


async def teach(request: web.Request) -> web.Response:
    """Enroll from a form whose fields are named by an emotion, each a recording, and save the voice.

    Recordings without speech are left out, and listed as `left_out` by their position in the form.
    """
    name = request.match_info["name"]
    try:
        path = storage.path_of(name)
        if path.exists() and "replace" not in request.query:
            raise UserError(f"there is a voice {name!r} already; choose another name, or forget it first")
        clips, positions, left_out = await _read_form(request)
        if not clips:
            raise UserError("; ".join(item["error"] for item in left_out) or "no recordings")
        predictor = request.app[PREDICTOR]
        voice = await asyncio.to_thread(predictor.enroll, clips, predictor.sample_rate)
        voice.save(path)
    except UserError as error:
        return web.json_response({"error": str(error)}, status=422)
    contradicting = [positions[emotion][number] for emotion, number in voice.estimate.contradicting]
    return web.json_response({**describe(voice), "left_out": left_out, "contradicting": contradicting})


async def export(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    try:
        storage.load(name)
    except UserError as error:
        return web.json_response({"error": str(error)}, status=422)
    return web.FileResponse(
        storage.path_of(name), headers={"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
    )


async def import_file(request: web.Request) -> web.Response:
    """Save a voice that was exported, the body of the request."""
    name = request.match_info["name"]
    try:
        path = storage.path_of(name)
        if path.exists():
            raise UserError(f"there is a voice {name!r} already; forget it first, or rename the file")
        with tempfile.NamedTemporaryFile() as file:
            await receive(request.content, file)
            voice = Voice.load(Path(file.name), "the file")
        request.app[PREDICTOR].check_voice(voice)
        voice.save(path)
    except UserError as error:
        return web.json_response({"error": str(error)}, status=422)
    return web.json_response(describe(voice))


async def forget(request: web.Request) -> web.Response:
    try:
        storage.delete(request.match_info["name"])
    except UserError as error:
        return web.json_response({"error": str(error)}, status=422)
    return web.json_response({})


def describe(voice: Voice) -> dict:
    return {"clips": voice.clips, "estimate": asdict(voice.estimate)}


async def _read_form(request: web.Request) -> tuple[dict[str, list[np.ndarray]], dict[str, list[int]], list[dict]]:
    """Return signals by emotion, the position in the form of each, and what was left out."""
    if not request.content_type.startswith("multipart/"):
        raise UserError("expected a form with recordings")
    predictor = request.app[PREDICTOR]
    clips: dict[str, list[np.ndarray]] = {}
    positions: dict[str, list[int]] = {}
    left_out = []
    position = -1
    size = 0
    async for part in await request.multipart():
        position += 1
        if not isinstance(part, BodyPartReader) or position >= MOST_RECORDINGS:
            raise UserError(f"expected at most {MOST_RECORDINGS} recordings")
        with tempfile.NamedTemporaryFile() as file:
            size += await receive(part, file, already=size)
            try:
                signal = await asyncio.to_thread(load_speech, predictor, Path(file.name), part.filename or "recording")
            except UserError as error:
                left_out.append({"position": position, "error": str(error)})
                continue
        clips.setdefault(part.name, []).append(signal)
        positions.setdefault(part.name, []).append(position)
    return clips, positions, left_out
