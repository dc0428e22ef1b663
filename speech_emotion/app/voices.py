"""What the page does with voices: list, teach, export, import and forget them. They are files of the server's user."""

import asyncio
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from aiohttp import BodyPartReader, web

from speech_emotion.app.uploads import explain_errors, receive
from speech_emotion.core.errors import UserError
from speech_emotion.enrolment import storage
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.enroll import Recordings, load_voice
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
    return load_voice(request.app[PREDICTOR], name) if name else None


@explain_errors
async def list_all(request: web.Request) -> web.Response:
    predictor = request.app[PREDICTOR]
    content = {
        "folder": str(storage.folder()),
        "voices": [_entry(name, predictor) for name in storage.names()],
        "emotions": predictor.labels if predictor.can_enroll else [],
    }
    return web.json_response(content)


@explain_errors
async def teach(request: web.Request) -> web.Response:
    """Enroll from a form whose fields are named by an emotion, each a recording, and save the voice.

    Recordings without speech are left out, and listed as `left_out` by their position in the form.
    """
    name = request.match_info["name"]
    may_replace = "replace" in request.query
    path = storage.path_of(name)
    if path.exists() and not may_replace:
        raise UserError(f"there is a voice {name!r} already; choose another name, or forget it first")
    recordings = await _read_form(request)
    if not recordings.clips:
        raise UserError("; ".join(str(error) for _, error in recordings.left_out) or "no recordings")
    predictor = request.app[PREDICTOR]
    voice = await asyncio.to_thread(predictor.enroll, recordings.clips, predictor.sample_rate)
    await asyncio.to_thread(voice.save, path, may_replace)
    taught = describe(voice)
    taught["left_out"] = [{"position": item.position, "error": str(error)} for item, error in recordings.left_out]
    contradicting = voice.estimate.contradicting
    taught["contradicting"] = [recordings.names[emotion][number].position for emotion, number in contradicting]
    return web.json_response(taught)


@explain_errors
async def export(request: web.Request) -> web.FileResponse:
    name = request.match_info["name"]
    storage.load(name)
    headers = {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
    return web.FileResponse(storage.path_of(name), headers=headers)


@explain_errors
async def import_file(request: web.Request) -> web.Response:
    """Save a voice that was exported, the body of the request."""
    path = storage.path_of(request.match_info["name"])
    with tempfile.NamedTemporaryFile() as file:
        await receive(request.content, file)
        voice = await asyncio.to_thread(Voice.load, Path(file.name), "the file")
    request.app[PREDICTOR].check_voice(voice)
    await asyncio.to_thread(voice.save, path, replace=False)
    return web.json_response(describe(voice))


@explain_errors
async def forget(request: web.Request) -> web.Response:
    storage.delete(request.match_info["name"])
    return web.json_response({})


def describe(voice: Voice) -> dict:
    return {"clips": voice.clips, "estimate": asdict(voice.estimate)}


@dataclass(frozen=True)
class Item:
    """A recording of a form, by its position from 0."""

    position: int

    def __str__(self) -> str:
        return f"recording {self.position + 1}"


def _entry(name: str, predictor: Predictor) -> dict:
    """Return what the page lists of a voice, with a `problem` if it cannot be used."""
    try:
        return {"name": name, **describe(load_voice(predictor, name))}
    except UserError as error:
        return {"name": name, "problem": str(error)}


async def _read_form(request: web.Request) -> Recordings:
    recordings = Recordings(request.app[PREDICTOR])
    size = 0
    try:
        position = 0
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or position >= MOST_RECORDINGS:
                raise UserError(f"expected at most {MOST_RECORDINGS} recordings")
            with tempfile.NamedTemporaryFile() as file:
                size += await receive(part, file, already=size)
                await asyncio.to_thread(recordings.add, part.name, Path(file.name), Item(position))
            position += 1
    except (ValueError, AssertionError, KeyError) as error:  # what aiohttp raises for what is no form
        raise UserError("expected a complete form with recordings") from error
    return recordings
