"""Find a Chromium for the page tests, or install one: `python -m tests.browser` prints where it is.

In this order: KUMPPANI_CHROMIUM, a chromium or Chrome on the PATH, playwright's own; else playwright is asked
to download its own, else Debian's package is installed by root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NONE = (
    "No Chromium was found and none could be installed: install Chromium or Chrome, or set KUMPPANI_CHROMIUM "
    "to its path, then run the same command again."
)


def find() -> str | None:
    """The path of a Chromium that is there."""
    named = os.environ.get("KUMPPANI_CHROMIUM", "")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        if found := shutil.which(name):
            return found
    return next((place for place in PLACES if Path(place).is_file()), None) or _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def install() -> str | None:
    """Try each way to get one."""
    tries: list[list[list[str]]] = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        tries.append([["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]])
    for commands in tries:
        for command in commands:
            print("Trying:", " ".join(command[-3:]), file=sys.stderr)
            done = subprocess.run(
                command, stdout=sys.stderr, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            )
            if done.returncode:
                break
        if found := find():
            return found
    return None


def main() -> int:
    found = find() or install()
    print(found or NONE, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
