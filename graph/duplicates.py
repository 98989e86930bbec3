"""Partners, and persons, that may be one and the same, looked for among all that are loaded.

What the machine is sure of it joins, and writes down as a judgement of its own with its version; what it is not
sure of waits as a judgement `unsure` for a person. It never judges a pair that a person has judged, and never
joins what would bring together two records that somebody judged different.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Set
from itertools import islice

from graph import matching, persons
from graph.answers import LoadNames
from graph.answers_names import FoundDuplicates, Of
from graph.clusters import newest_of, reading
from graph.judgements import Judgement, Verdict, judge
from graph.matching.index import Index
from graph.store import Row, Store
from graph.viewer import Viewer

Progress = Callable[[int, int | None, str], None]

AT_ONCE = 200  # judgements in one transaction
MOST_NAMES = 20  # names of a partner that are looked at
MOST_LIKE = 8  # partners taken for one name
_SAME_LETTERS = 0.99
_CLEARLY = (
    0.009  # by so much a pair is nearer than another one: the same letters, or only the same in what tells
)
_PARTNERS = (
    "MATCH (p:Partner) RETURN p.id AS id, p.canonical AS canonical, p.name AS name, p.country AS country, "
    "p.kind AS kind, p.website AS website, [(a:Alias)-[:NAMES]->(p) | a.text] AS aliases ORDER BY id"
)
Pair = tuple[str, str]
VERSIONS: dict[Of, str] = {"partner": matching.VERSION, "person": persons.VERSION}


def find(
    store: Store,
    viewer: Viewer,
    progress: Progress | None = None,
    of: Of = "partner",
    *,
    only: Set[str] | None = None,
    source: str = "",
) -> FoundDuplicates:
    """Look through all partners, or all persons, and judge by machine what nobody has judged yet.

    Args:
        only: judge only pairs in which one of these records is; None for all.
        source: the load that the judgements belong to.

    Raises:
        NotAllowed: the viewer may not edit.
    """
    viewer.require("editor", "look for duplicates")
    rows = store.read(_PARTNERS if of == "partner" else persons.ALL)
    newest = newest_of(store.read(reading(of)))
    pairs = likely(rows, progress, only) if of == "partner" else persons.likely(rows, newest, progress)
    made = proposed(rows, newest, pairs, of, only=only, source=source)
    done = 0
    for part in _parts(made):
        judge(store, viewer, part)
        done += len(part)
        if progress:
            progress(done, len(made), "judge")
    sure = sum(j.verdict == "same" for j in made)
    return FoundDuplicates(
        partners=len({row["canonical"] for row in rows}),
        joined=sure,
        to_review=len(made) - sure,
        machine=VERSIONS[of],
        of=of,
    )


def proposed(
    rows: list[Row],
    newest: dict[Pair, Row],
    pairs: dict[Pair, matching.Score],
    of: Of = "partner",
    *,
    only: Set[str] | None = None,
    source: str = "",
) -> list[Judgement]:
    """What the machine judges of these records, the strongest first.

    Args:
        rows: id and canonical of every record.
        newest: the newest judgement on each pair that has one.
        pairs: what `likely` found, here or in `graph.persons`.
        only, source: as in `find`.
    """
    version = VERSIONS[of]
    clusters = _Clusters(rows, newest)
    made: list[Judgement] = []
    for (a, b), score in sorted(pairs.items(), key=lambda x: (-x[1].value, x[0])):
        if only is not None and a not in only and b not in only:
            continue
        before = newest.get((a, b))
        if before is not None and before["machine"] is None:
            continue
        if clusters.together(a, b):
            continue
        joins = score.sure and clusters.may_join(a, b)
        verdict: Verdict = "same" if joins else "unsure"
        if before is not None and (before["machine"], before["verdict"]) == (version, verdict):
            continue
        if joins:
            clusters.join(a, b)
        made.append(
            Judgement(
                a,
                b,
                verdict,
                score.why("en"),
                machine=version,
                score=score.value,
                rule=rule_of(score),
                of=of,
                source=source,
            )
        )
    return made


def judge_load(store: Store, viewer: Viewer, load: str, progress: Progress | None = None) -> LoadNames:
    """Judge by machine the partners that a load brought; the judgements belong to the load.

    Returns:
        How many judgements of each kind the load has now.
    """
    new = store.read("MATCH (p:Partner) WHERE p.source = $load RETURN collect(p.id) AS ids", load=load)
    if ids := frozenset(new[0]["ids"]):
        find(store, viewer, progress, only=ids, source=load)
    rows = store.read(
        "MATCH (j:Judgement) WHERE j.source = $load RETURN j.verdict AS verdict, count(j) AS n", load=load
    )
    made = {row["verdict"]: row["n"] for row in rows}
    return LoadNames(joined=made.get("same", 0), to_review=made.get("unsure", 0))


def rule_of(score: matching.Score) -> str:
    """What tells the two names apart, as one word: pairs of one rule can be judged together."""
    return "+".join(sorted({f.name for f in score.features})) or "same"


def named(row: Row, text: str) -> matching.Named:
    """A name of a partner with what is known of the partner."""
    return matching.Named(text, kind=row["kind"], country=row["country"], website=row["website"])


def likely(
    rows: list[Row], progress: Progress | None = None, only: Set[str] | None = None
) -> dict[Pair, matching.Score]:
    """The pairs that are possible at least, each with its best score, as `_clear` leaves it.

    With `only`, these ask, and then whoever they found asks back: a pair scores as if all had been asked.
    """
    index = Index()
    texts = {
        row["id"]: list(dict.fromkeys([row["name"], *sorted(row["aliases"])]))[:MOST_NAMES] for row in rows
    }
    canonical = {row["id"]: row["canonical"] for row in rows}
    by_id = {row["id"]: row for row in rows}
    bearers: dict[str, list[matching.Named]] = {}
    for row in rows:
        bearers[row["id"]] = [named(row, text) for text in texts[row["id"]]]
        for name in bearers[row["id"]]:
            index.add(row["id"], name)
    best: dict[Pair, matching.Score] = {}
    waiting = deque(row for row in rows if only is None or row["id"] in only)
    asked = {row["id"] for row in waiting}
    done = 0
    while waiting:
        row = waiting.popleft()
        for name in bearers[row["id"]]:
            for hit in index.alike(name, row["id"], most=MOST_LIKE):
                if canonical[hit.id] == row["canonical"]:
                    continue
                if only is not None and row["id"] in only and hit.id not in asked:
                    asked.add(hit.id)
                    waiting.append(by_id[hit.id])
                pair = (min(row["id"], hit.id), max(row["id"], hit.id))
                if pair not in best or best[pair].value < hit.score.value:
                    best[pair] = hit.score
        done += 1
        if progress and done % 100 == 0:
            progress(done, len(asked), "compare")
    return _clear(best, bearers, canonical)


def _clear(
    best: dict[Pair, matching.Score], bearers: dict[str, list[matching.Named]], canonical: dict[str, str]
) -> dict[Pair, matching.Score]:
    """A partner that is surely two others which are not surely one another is asked about.

    "Córdoba" without a country may be that of Spain or that of Argentina; "Digital Europe" is DIGITALEUROPE and
    DigitalEurope, which are one. Two of the same letters are only held apart by a third that is somebody else.
    """
    beside: dict[str, dict[str, float]] = {}
    for (a, b), score in best.items():
        if score.sure:
            beside.setdefault(a, {})[b] = beside.setdefault(b, {})[a] = score.value
    closing: dict[Pair, matching.Score] = {}

    def between(b: str, c: str) -> matching.Score:
        pair = (min(b, c), max(b, c))
        if pair in best and best[pair].sure:
            return best[pair]
        if pair not in closing:
            # Only so many likenesses of a name are kept: this one may have been too far down.
            scores = (matching.score(x, y) for x in bearers[b] for y in bearers[c])
            closing[pair] = max(scores, key=lambda score: score.value)
        return closing[pair]

    def others(b: str, c: str, value: float) -> bool:
        """Whether b and c may be two partners, which keeps a pair of this value with one of them apart."""
        if canonical[b] == canonical[c] or (score := between(b, c)).sure:
            return False
        known_apart = any(f.name.endswith("_differs") for f in score.features)
        return value < _SAME_LETTERS or known_apart or not score.possible

    def unclear(a: str, b: str, value: float) -> bool:
        return any(
            c != b and value - other < _CLEARLY and others(b, c, value) for c, other in beside[a].items()
        )

    out = {}
    for (a, b), score in best.items():
        if score.sure and (unclear(a, b, score.value) or unclear(b, a, score.value)):
            score = matching.Score(matching.SURE - 0.01, score.features)
        out[a, b] = score
    return out


class _Clusters:
    """Which partners are together, and which must not be."""

    def __init__(self, rows: list[Row], newest: dict[Pair, Row]) -> None:
        self._above = {row["id"]: row["canonical"] for row in rows}
        self._apart: dict[str, set[str]] = {}
        for (a, b), row in newest.items():
            if row["verdict"] == "different":
                self._apart.setdefault(self.head(a), set()).add(self.head(b))
                self._apart.setdefault(self.head(b), set()).add(self.head(a))

    def head(self, id: str) -> str:
        while self._above[id] != id:
            id = self._above[id]
        return id

    def together(self, a: str, b: str) -> bool:
        return self.head(a) == self.head(b)

    def may_join(self, a: str, b: str) -> bool:
        return self.head(b) not in self._apart.get(self.head(a), set())

    def join(self, a: str, b: str) -> None:
        one, other = self.head(a), self.head(b)
        self._above[one] = other
        apart = self._apart.pop(one, set())
        self._apart.setdefault(other, set()).update(apart)
        for third in apart:
            self._apart[third].discard(one)
            self._apart[third].add(other)


def _parts(made: list[Judgement]) -> Iterator[list[Judgement]]:
    rest = iter(made)
    while part := list(islice(rest, AT_ONCE)):
        yield part
