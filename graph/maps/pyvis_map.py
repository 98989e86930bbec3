"""pyvis, tamed: our own autoescaping template, positions from Python, nothing fetched from anywhere.

The stock template runs script out of headings, ids and titles and loads files from CDNs. Here names are text:
data stands in a JSON block and reaches the page through textContent, and of a node only the fields of
`graph.maps.drawing` are written at all.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from pyvis.network import Network

from graph.answers import NetworkMap
from graph.maps.drawing import Drawing, draw
from graph.maps.texts import map_texts
from graph.maps.words import kind_name, script_texts, severity_name

HERE = Path(__file__).parent
VIS_VERSION = "9.1.2"
SCRIPT = HERE / "assets" / "map.js"
STYLE = HERE / "assets" / "map.css"


def vis_file() -> Path:
    """The drawing library, out of the installed pyvis package."""
    spec = find_spec("pyvis")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pyvis is not installed")
    return Path(spec.origin).parent / "lib" / f"vis-{VIS_VERSION}" / "vis-network.min.js"


class TamedNetwork(Network):  # type: ignore[misc]
    """A pyvis network that draws a `NetworkMap` through our own template, with physics off."""

    def __init__(
        self,
        network_map: NetworkMap,
        *,
        language: str = "en",
        area_names: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(height="100%", width="100%", cdn_resources="in_line")
        self.network_map = network_map
        self.language = language
        self.drawing: Drawing = draw(network_map, area_names)
        # Lists at once: pyvis looks through all edges at each add_edge.
        self.nodes = self.drawing.nodes
        self.edges = self.drawing.edges
        self.node_ids = [n["id"] for n in self.nodes]
        self.heading = network_map.title
        self.toggle_physics(False)
        self.templateEnv = _environment(language)

    def body(self, *, partner_url: str = "") -> Markup:
        """The map with its tools, legend and table as a fragment for a page that links script and style.

        Args:
            partner_url: what comes before a partner's id in a link to its page; no links when empty.
        """
        template = self.templateEnv.get_template("map_body.html")
        return Markup(template.render(self._context(partner_url)))  # noqa: S704 (rendered with autoescape on)

    def generate_html(self, name: str = "", local: bool = True, notebook: bool = False) -> str:
        """One complete HTML file with everything in it. The arguments of pyvis change nothing."""
        scripts = [_inline(vis_file()), _inline(SCRIPT)]
        style = STYLE.read_text(encoding="utf-8")
        policy = (
            "default-src 'none'; "
            f"script-src {' '.join(_source(s) for s in scripts)}; style-src {_source(style)}; "
            "img-src data: blob:; base-uri 'none'; form-action 'none'"
        )
        template = self.templateEnv.get_template("map_file.html")
        return template.render(
            self._context(""),
            policy=policy,
            style=Markup(style),  # noqa: S704 (our own file)
            scripts=[Markup(s) for s in scripts],  # noqa: S704 (our own file and that of pyvis)
        )

    def _context(self, partner_url: str) -> dict[str, Any]:
        texts = map_texts(self.language)
        config = {
            "nodes": self.nodes,
            "edges": self.edges,
            "partnerUrl": partner_url,
            "texts": script_texts(texts),
        }
        return {
            "map": self.network_map,
            "drawing": self.drawing,
            "config": config,
            "partner_url": partner_url,
            "language": self.language,
        }

    def from_nx(self, *args: Any, **options: Any) -> None:
        """Refused: it changes the graph it is given and writes every attribute into the page."""
        raise NotImplementedError("make a NetworkMap and draw that")

    def set_options(self, options: str) -> None:
        """Refused: options stand in map.js."""
        raise NotImplementedError("the options of a map stand in map.js")

    def show(self, *args: Any, **options: Any) -> None:
        """Refused: it writes into the working folder and opens a browser."""
        raise NotImplementedError("use render_html or notebook_html")

    def write_html(self, *args: Any, **options: Any) -> None:
        """Refused: it copies its libraries beside the file."""
        raise NotImplementedError("use render_html")


def render_html(
    network_map: NetworkMap,
    *,
    language: str = "en",
    standalone: bool = True,
    area_names: Mapping[str, str] | None = None,
    partner_url: str = "",
) -> str:
    """A map as HTML.

    Args:
        standalone: one complete file that needs no network; else the fragment for a page of ours.
        area_names: area id -> name in that language.
        partner_url: see `TamedNetwork.body`; a standalone file links nowhere.
    """
    network = TamedNetwork(network_map, language=language, area_names=area_names)
    return network.generate_html() if standalone else str(network.body(partner_url=partner_url))


class NotebookMap:
    """What a notebook shows for a map: a sandboxed frame that reaches neither notebook nor network."""

    def __init__(self, markup: str) -> None:
        self.markup = markup

    def _repr_html_(self) -> str:
        return self.markup

    def __str__(self) -> str:
        return self.markup


def notebook_html(
    network_map: NetworkMap,
    *,
    language: str = "en",
    height: int = 760,
    area_names: Mapping[str, str] | None = None,
) -> NotebookMap:
    """The map as the last expression of a notebook cell; `str()` of it is the iframe's HTML.

    Args:
        height: of the frame in pixels.
    """
    page = render_html(network_map, language=language, area_names=area_names)
    title = html.escape(network_map.title, quote=True)
    return NotebookMap(
        f'<iframe sandbox="allow-scripts" title="{title}" width="100%" height="{int(height)}" '
        f'style="border:1px solid #ccd2d9" srcdoc="{html.escape(page, quote=True)}"></iframe>'
    )


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = map_texts(language)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]

    def day(text: str | None) -> str:
        return format_date(date.fromisoformat(text), format="medium", locale=language) if text else ""

    def number(value: int) -> str:
        return format_decimal(value, locale=language)

    environment.filters |= {"day": day, "number": number}
    environment.globals["kind_name"] = lambda kind: kind_name(texts, kind)
    environment.globals["severity_name"] = lambda severity: severity_name(texts, severity)
    return environment


@lru_cache(maxsize=8)
def _inline(path: Path) -> str:
    """A script as it may stand inside a page: it never ends its own element, and names no other file."""
    lines = path.read_text(encoding="utf-8").split("\n")  # a script may hold other line ends in its strings
    text = "\n".join(line for line in lines if not line.startswith("//# sourceMappingURL="))
    return text.replace("</script", "<\\/script")


def _source(text: str) -> str:
    # A policy names the exact text: the HTML parser turns \r\n into \n before the browser hashes it.
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
