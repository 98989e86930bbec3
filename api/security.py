"""What stands before every request: who may be spoken to, who may write, how much, and what a browser may do.

One ASGI layer, because a layer per concern costs a tenth of a millisecond each. It is also the last
resort for errors nobody foresaw.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.problems import Problem

log = structlog.get_logger("kumppani.api")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_RAW_HEADERS = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
READS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_UPLOADED = 200_000_000  # bytes of a multipart request, kept on disk while it is read
MOST_SENT = 8_000_000  # bytes of any other request: 1,000 names of 1,000 characters, each of several bytes


class TooLarge(HTTPException):
    """The body goes on beyond the limit."""

    def __init__(self, most: int) -> None:
        super().__init__(
            413, f"That is too large: this address takes up to {most // 1_000_000:,} MB at once."
        )


def hosts_allowed(host: str, more: str) -> frozenset[str]:
    """Host names that requests may carry, without ports: loopback, the one listened on, the listed ones."""
    listed = [h.strip().lower() for h in more.split(",")]
    return frozenset(h for h in (*LOOPBACK, _bracketed(host.lower()), *map(_bracketed, listed)) if h)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") and host.count(":") > 1 else host


def without_port(authority: str) -> str:
    """The host of `host:port`, an IPv6 address with its brackets."""
    authority = authority.strip().lower()
    if authority.startswith("["):
        return authority.partition("]")[0] + "]"
    return authority.partition(":")[0]


def is_loopback(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


class Guard:
    """The layer itself.

    Args:
        hosts: see `hosts_allowed`.
        loopback_only: refuse callers from other machines; set where there is no sign-in.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], loopback_only: bool) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.loopback_only = loopback_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                raw = list(message.get("headers", ()))
                have = {name for name, _ in raw}
                message["headers"] = raw + [h for h in _RAW_HEADERS if h[0] not in have]
                if b"cache-control" not in have:
                    message["headers"].append((b"cache-control", b"private, no-cache"))
            await send(message)

        problem = self._refusal(scope, headers)
        if problem is not None:
            log.warning("refused", status=problem.status, kind=problem.kind, path=scope["path"])
            await problem.response()(scope, receive, guarded_send)
            return
        try:
            await self.app(scope, self._limited(scope, headers, receive), guarded_send)
        except Exception as error:
            problem = problems.of_unexpected(error, scope["path"])
            if started:
                # Half an answer is out: only a broken connection tells the caller so.
                raise
            await problems.answer(Request(scope), problem)(scope, receive, guarded_send)

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        if without_port(host) not in self.hosts:
            return Problem(
                421,
                "wrong-host",
                "This server does not answer to that host name. "
                "Names other than localhost are listed in KUMPPANI_ALLOWED_HOSTS.",
            )
        client = scope.get("client")
        if self.loopback_only and client is not None and not is_loopback(client[0]):
            return Problem(403, "not-allowed", "Without sign-in only this machine itself is served.")
        if scope["method"] not in READS and not _from_here(headers, host):
            return Problem(
                403,
                "not-allowed",
                "Another web page sent this. Changes are taken from Kumppani's own pages and from programs.",
            )
        length = headers.get("content-length", "")
        most = _most(headers)
        if length.isdigit() and int(length) > most:
            return Problem(413, "too-large", str(TooLarge(most).detail))
        return None

    def _limited(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        if scope["method"] in ("GET", "HEAD"):
            return receive
        most = _most(headers)
        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                raise TooLarge(most)
            return message

        return counted


def _most(headers: Headers) -> int:
    return MOST_UPLOADED if headers.get("content-type", "").startswith("multipart/form-data") else MOST_SENT


def _from_here(headers: Headers, host: str) -> bool:
    """Whether a write comes from our own page or from no page at all."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    # The scheme is not compared: behind a proxy that ends TLS, ours is http and the browser's https.
    return urlsplit(origin).netloc.lower() == host.strip().lower()
