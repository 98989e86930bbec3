"""The command that serves pages and API."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from api.cli import common


def serve(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; KUMPPANI_HOST or 127.0.0.1.")
    ] = None,
    trust_network: Annotated[
        bool,
        typer.Option(
            envvar="KUMPPANI_TRUST_NETWORK",
            help="Listen beyond this machine, without sign-in: something in front keeps strangers out.",
        ),
    ] = False,
) -> None:
    """Serve the pages and the API until Ctrl-C."""
    chosen = common.settings()
    if host is not None:
        chosen = chosen.model_copy(update={"host": host})
    with _listening(chosen.host, port, trust_network) as listener:
        signal.signal(signal.SIGTERM, _asked_to_stop)
        try:
            with common.opened("serve") as graph:
                from api.app import create_app

                app = create_app(graph, chosen, trust_network=trust_network)
                _serve(app, listener, chosen.host, graph.warm_names)
        except _Terminated:
            # Asked to stop and stopped: no failure.
            return


class _Terminated(BaseException):
    """SIGTERM, as an exception, so that the lease on the store is given back on the way out."""


def _asked_to_stop(number: int, frame: FrameType | None) -> None:
    raise _Terminated


def _listening(host: str, port: int, trust_network: bool) -> socket.socket:
    """A listening socket, so that a taken port is known before anything is started."""
    from api.security import is_loopback
    from graph.errors import BadInput, Conflict, KumppaniError

    if not 0 <= port <= 65535:
        raise BadInput(f"{port} is no port: they run from 0 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise BadInput(f"{host!r} is no address of this machine.") from None
    if not is_loopback(str(address[0])) and not trust_network:
        raise BadInput(
            f"{host} can be reached from other machines, and without sign-in everyone there would have all "
            "rights. Listen on 127.0.0.1, or say --trust-network when something in front keeps strangers out."
        )
    # With its protocol: asyncio sets TCP_NODELAY, worth 40 ms an answer, only where it is named.
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
    except OSError as error:
        made.close()
        import errno

        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                f"Port {port} on {host} is taken by another program, maybe by Kumppani itself: "
                "choose another with --port, or 0 for a free one."
            ) from None
        if error.errno == errno.EACCES:
            raise KumppaniError(
                f"This user may not listen on port {port}; ports from 1024 on are free."
            ) from None
        raise KumppaniError(f"{host} port {port} cannot be listened on: {error.strerror}.") from None
    return made


def _serve(app: object, listener: socket.socket, host: str, warm: Callable[[], None]) -> None:
    """Serve until asked to stop; `warm` runs beside it once the first answers can be given."""
    import threading

    import structlog
    import uvicorn

    from api.protocol import BoundedHead

    def in_background() -> None:
        try:
            warm()
        except Exception:  # noqa: BLE001 - a thread of its own: nobody else would tell
            # Whoever asks next does the same and is told what is wrong.
            structlog.get_logger("kumppani.api").exception("names were not read beforehand")

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                address, port = listener.getsockname()[:2]
                name = f"[{host}]" if ":" in host else host
                if address in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not listened on
                    name = "127.0.0.1"
                typer.echo(f"Kumppani is at http://{name}:{port}/ (Ctrl-C stops it).")
                threading.Thread(target=in_background, name="names", daemon=True).start()

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # FastAPI, named only where it is imported
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        http=BoundedHead,
        timeout_graceful_shutdown=5,
    )
    Server(config).run(sockets=[listener])
