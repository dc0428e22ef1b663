"""Protect the page: requests from other sites are refused, and the page itself may load nothing from other sites."""

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
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_ADDRESS = ("0.0.0.0", "::")


def refuse_other_sites(host: str):
    """Return a middleware that only answers requests from the page itself that are addressed to `host` or loopback.

    A browser lets any site send requests to this machine. They carry the site's name in `Origin`, or in `Host` if the
    site's name resolves to this machine (DNS rebinding). With host 0.0.0.0 or ::, any `Host` is accepted.
    """

    @web.middleware
    async def check(request: web.Request, handler) -> web.StreamResponse:
        hostname = re.sub(r":\d+$", "", request.host).strip("[]")
        known_host = host in ANY_ADDRESS or hostname in (host, *LOOPBACK)
        origin = request.headers.get("Origin")
        same_origin = not origin or origin.partition("//")[2] == request.host
        if not (known_host and same_origin):
            raise web.HTTPForbidden(text="Requests from other sites are refused.\n")
        return await handler(request)

    return check


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
