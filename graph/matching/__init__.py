"""Which names mean the same: forms of a name, scores that say why, candidates, and names known from the start.

`score` compares two names and is pure; `Index` finds the candidates for one among many; `known` holds the names
that come with the program. `normalise` in graph/names.py stays what stored keys are made with.
"""

from __future__ import annotations

from graph.matching.evidence import Named
from graph.matching.forms import Form, form, keys
from graph.matching.score import POSSIBLE, SURE, VERSION, Score, score
from graph.matching.why import Feature

__all__ = ["POSSIBLE", "SURE", "VERSION", "Feature", "Form", "Named", "Score", "form", "keys", "score"]
