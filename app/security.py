"""What keeps the page to this machine: other sites' pages are refused, and its own loads nothing from elsewhere."""

import re

from aiohttp import web

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; media-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Permissions-Policy": "microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def only_from_here(host: str):
    """Refuse pages of other sites, which a browser would let speak to this machine otherwise."""
    known = LOOPBACK | {host}

    @web.middleware
    async def check(request: web.Request, handler) -> web.StreamResponse:
        own, origin = re.sub(r":\d+$", "", request.host).strip("[]"), request.headers.get("Origin")
        anywhere = host in ("0.0.0.0", "::")
        if (own not in known and not anywhere) or (origin and origin.partition("//")[2] != request.host):
            raise web.HTTPForbidden(text="This page answers its own address only.\n")
        return await handler(request)

    return check


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
