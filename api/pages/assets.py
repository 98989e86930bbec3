"""Style, script and the drawing library, each under an address that names its content and never changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from graph.maps import pyvis_map

STATIC = Path(__file__).parents[1] / "static"
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """A file in memory. `digest` is a part of its address."""

    body: bytes
    digest: str
    media_type: str


_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@lru_cache(maxsize=1)
def assets() -> dict[str, Asset]:
    """Every file that a page may link, by name."""
    paths = {path.name: path for path in sorted(STATIC.iterdir()) if path.suffix in _TYPES}
    paths |= {
        "map.js": pyvis_map.SCRIPT,
        "map.css": pyvis_map.STYLE,
        f"vis-network-{pyvis_map.VIS_VERSION}.min.js": pyvis_map.vis_file(),
    }
    return {name: _asset(path) for name, path in paths.items()}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, hashlib.sha256(body).hexdigest()[:16], _TYPES[path.suffix])


def address(name: str) -> str:
    """Where a page finds an asset; KeyError for one that is not there."""
    return f"/static/{assets()[name].digest}/{name}"


@router.get("/static/{digest}/{name}")
def static(digest: str, name: str) -> Response:
    """One asset. An address of another version is unknown, so nothing stale can be kept for ever."""
    asset = assets().get(name)
    if asset is None or asset.digest != digest:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset.body, headers=headers, media_type=asset.media_type)


@router.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it whatever a page says."""
    asset = assets()["icon.svg"]
    return Response(
        asset.body, headers={"Cache-Control": "public, max-age=86400"}, media_type=asset.media_type
    )
