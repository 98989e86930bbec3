"""Where the nodes of a map stand: computed here, so a browser only draws.

Communities (Louvain, seeded) are laid out one by one with a spring model, then set beside each other.
The same graph gives the same positions, in whatever order its nodes and edges were added.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import rustworkx as rx

Point = tuple[float, float]

SPACING = 80.0
"""Distance kept between two nodes, in the units of the drawing (pixels at zoom 1)."""
STRETCH = 1.7
"""A caption is wider than it is high: nodes stand so much further apart sideways."""
SHEET = 1.45  # how much wider than high a map is drawn
ROOM = 17_000.0  # square units of the sheet for each node
MOST_PARTS = 400  # beyond that, communities are not worth their own spring


def positions(
    graph: nx.Graph[Any], seed: int = 7, pinned: Mapping[Any, Point] | None = None
) -> dict[Any, Point]:
    """Positions of all nodes, centred on (0, 0).

    Args:
        graph: nodes with sortable ids; the edge attribute `weight` (1 if absent) pulls ends together.
        seed: of Louvain and of the spring model.
        pinned: positions of nodes that stay where they are; new ones are set beside their neighbours.
    """
    kept = {n: pinned[n] for n in graph if n in pinned} if pinned else {}
    if kept:
        return _beside(graph, kept)
    if not len(graph):
        return {}
    plain = _sorted(graph)
    parts = communities(plain, seed)
    inside = [_spring(plain, part, seed) for part in parts]
    radii = [max((math.hypot(x, y) for x, y in p.values()), default=0.0) + SPACING for p in inside]
    centres = _centres(plain, parts, radii, seed)
    out: dict[Any, Point] = {}
    for part, (cx, cy) in zip(inside, centres, strict=True):
        for n, (x, y) in part.items():
            out[n] = (x + cx, y + cy)
    return _apart(out)


def communities(graph: nx.Graph[Any], seed: int = 7) -> list[list[Any]]:
    """Louvain communities as sorted lists of nodes, the largest first."""
    found = nx.community.louvain_communities(_sorted(graph), weight="weight", seed=seed)
    return sorted((sorted(part, key=str) for part in found), key=lambda p: (-len(p), str(p[0])))


def _sorted(graph: nx.Graph[Any]) -> nx.Graph[Any]:
    """A copy in a fixed order, weights only: both algorithms depend on the order they meet things in."""
    out: nx.Graph[Any] = nx.Graph()
    out.add_nodes_from(sorted(graph, key=str))
    edges = sorted((*sorted((a, b), key=str), d.get("weight", 1.0)) for a, b, d in graph.edges(data=True))
    out.add_weighted_edges_from(edges)
    return out


def _rx(nodes: Sequence[Hashable], edges: list[tuple[int, int, float]]) -> Any:
    graph: Any = rx.PyGraph()
    graph.add_nodes_from(list(nodes))
    graph.add_edges_from(edges)
    return graph


def _sprung(graph: Any, seed: int, size: float) -> Any:
    layout: Any = rx.spring_layout  # its stub takes whole numbers for `scale`, itself any
    return layout(graph, num_iter=150, weight_fn=float, seed=seed, scale=size)


def _spring(graph: nx.Graph[Any], part: list[Any], seed: int) -> dict[Any, Point]:
    """One community around (0, 0), as large as its nodes need."""
    if len(part) == 1:
        return {part[0]: (0.0, 0.0)}
    index = {n: i for i, n in enumerate(part)}
    edges = sorted(
        (index[a], index[b], 1.0 + math.log(max(d["weight"], 1.0)))
        for a, b, d in graph.subgraph(part).edges(data=True)
    )
    size = SPACING * math.sqrt(len(part)) * 0.9
    placed = _sprung(_rx(part, edges), seed, size)
    return {n: (float(placed[i][0]), float(placed[i][1])) for n, i in index.items()}


def _centres(graph: nx.Graph[Any], parts: list[list[Any]], radii: list[float], seed: int) -> list[Point]:
    """Where each community stands: near those it is tied to, none over another."""
    if len(parts) == 1:
        return [(0.0, 0.0)]
    part_of = {n: i for i, part in enumerate(parts) for n in part}
    between: dict[tuple[int, int], float] = {}
    for a, b, d in graph.edges(data=True):
        i, j = sorted((part_of[a], part_of[b]))
        if i != j:
            between[i, j] = between.get((i, j), 0.0) + d["weight"]
    edges = [(i, j, math.log1p(w)) for (i, j), w in sorted(between.items())]
    size = math.sqrt(sum(r * r for r in radii)) * 0.9
    if len(parts) <= MOST_PARTS:
        placed = _sprung(_rx(range(len(parts)), edges), seed, size)
        centre = np.array([[placed[i][0], placed[i][1]] for i in range(len(parts))], dtype=float)
    else:
        turn = np.arange(len(parts)) * 2.399963
        centre = (np.sqrt(np.arange(len(parts)))[:, None] * SPACING) * np.stack(
            [np.cos(turn), np.sin(turn)], axis=1
        )
    radius = np.array(radii)
    for _ in range(80):
        gap = centre[:, None, :] - centre[None, :, :]
        distance = np.sqrt((gap**2).sum(axis=2)) + 1e-9
        lacking = np.clip(0.85 * (radius[:, None] + radius[None, :]) - distance, 0.0, None)
        np.fill_diagonal(lacking, 0.0)
        if not lacking.any():
            break
        centre += (gap / distance[:, :, None] * (lacking / 2)[:, :, None]).sum(axis=1) * 0.5
    centre -= centre.mean(axis=0)
    return [(float(x), float(y)) for x, y in centre]


def _apart(placed: dict[Any, Point]) -> dict[Any, Point]:
    """Nodes spread over the sheet and pushed apart until captions have room."""
    nodes = list(placed)
    at = _spread(np.array([placed[n] for n in nodes], dtype=float))
    at[:, 0] += np.arange(len(nodes)) * 1e-6  # two nodes on one spot must part in some direction
    stretch = np.array([STRETCH, 1.0])
    for _ in range(int(np.clip(5e7 / len(nodes) ** 2, 30, 300))):
        gap = (at[:, None, :] - at[None, :, :]) / stretch
        distance = np.sqrt((gap**2).sum(axis=2)) + 1e-9
        lacking = np.clip(SPACING - distance, 0.0, None)
        np.fill_diagonal(lacking, 0.0)
        if lacking.max(initial=0.0) < SPACING * 0.05:
            break
        at += (gap / distance[:, :, None] * (lacking / 2)[:, :, None]).sum(axis=1) * stretch * 0.6
    at -= (at.min(axis=0) + at.max(axis=0)) / 2
    return {n: (round(float(x), 1), round(float(y), 1)) for n, (x, y) in zip(nodes, at, strict=True)}


def _spread(at: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Fill a sheet of SHEET's proportions: half the place a node had, half its rank from left and top.

    Communities are dense and what lies between them is empty; ranks even that out and keep the order.
    """
    count = len(at)
    if count < 4:
        return at
    height = math.sqrt(count * ROOM / SHEET)
    size = np.array([height * SHEET, height])
    low, high = at.min(axis=0), at.max(axis=0)
    place = (at - low) / np.where(high > low, high - low, 1.0)
    rank = np.argsort(np.argsort(at, axis=0, kind="stable"), axis=0, kind="stable") / (count - 1)
    spread: np.ndarray[Any, np.dtype[np.float64]] = (0.45 * place + 0.55 * rank) * size
    return spread


def _beside(graph: nx.Graph[Any], kept: dict[Any, Point]) -> dict[Any, Point]:
    """Old nodes stay to the decimal; each new one takes the nearest free spot beside its neighbours."""
    out = dict(kept)
    new = sorted((n for n in graph if n not in out), key=lambda n: (-graph.degree(n), str(n)))
    for n in new:
        near = [out[m] for m in sorted(graph[n], key=str) if m in out] or list(kept.values())
        cx = sum(x for x, _ in near) / len(near)
        cy = sum(y for _, y in near) / len(near)
        for step in range(1, 20_000):
            r, turn = SPACING * 0.5 * math.sqrt(step), step * 2.399963
            x, y = cx + STRETCH * r * math.cos(turn), cy + r * math.sin(turn)
            if all(math.hypot((x - ox) / STRETCH, y - oy) >= SPACING * 0.95 for ox, oy in out.values()):
                break
        out[n] = (round(x, 1), round(y, 1))
    return out
