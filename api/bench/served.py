"""The application as it is served, for measuring what it answers over HTTP."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time

import psutil

from api.bench.loading import environment
from graph import Graph
from graph.errors import StoreUnavailable


def bare_question(graph: Graph) -> None:
    """The least that can be asked, as the driver's own documentation has it."""
    graph.store._driver.execute_query("RETURN 1 AS one", database_=graph.store.database)


class Served:
    """The application in a process of its own, on a free port, with one kept connection."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def __enter__(self) -> Served:
        self.port = _free_port()
        env = environment(self.graph)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(self.port)],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        end = time.monotonic() + 60
        while True:
            try:
                self.get("/readyz")
                return self
            except OSError:
                self.connection.close()
                if time.monotonic() > end or self.process.poll() is not None:
                    self.__exit__()
                    raise StoreUnavailable("The application did not start for the measurement.") from None
                time.sleep(0.2)

    def get(self, path: str) -> bytes:
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise StoreUnavailable(f"{path} answered {answer.status}.")
        return body

    def memory(self) -> float:
        """Resident megabytes of the application's process."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
