"""Partners that may be one and the same, looked for among all that are loaded.

What the machine is sure of it joins, and writes down as a judgement of its own with its version; what it is not
sure of waits as a judgement `unsure` for a person. It never judges a pair that a person has judged, and never
joins what would bring together two partners that somebody judged different.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Set
from itertools import islice

from graph import matching
from graph.answers import LoadNames
from graph.answers_names import FoundDuplicates
from graph.clusters import READ, newest_of
from graph.judgements import Judgement, judge
from graph.matching.index import Index
from graph.one_meaning import of_one_meaning
from graph.store import Row, Store
from graph.viewer import Viewer

Progress = Callable[[int, int | None, str], None]

AT_ONCE = 200  # judgements in one transaction
MOST_NAMES = 20  # names of a partner that are looked at
MOST_LIKE = 8  # partners taken for one name
_PARTNERS = (
    "MATCH (p:Partner) RETURN p.id AS id, p.canonical AS canonical, p.name AS name, p.country AS country, "
    "p.kind AS kind, p.website AS website, [(a:Alias)-[:NAMES]->(p) | a.text] AS aliases ORDER BY id"
)
Pair = tuple[str, str]


def find(
    store: Store,
    viewer: Viewer,
    progress: Progress | None = None,
    *,
    only: Set[str] | None = None,
    source: str = "",
) -> FoundDuplicates:
    """Look through all partners and judge by machine what nobody has judged yet.

    Args:
        only: judge only pairs in which one of these records is; None for all.
        source: the load that the judgements belong to.

    Raises:
        NotAllowed: the viewer may not edit.
    """
    viewer.require("editor", "look for duplicates")
    rows = store.read(_PARTNERS)
    newest = newest_of(store.read(READ.format(where="")))
    pairs = of_one_meaning(_likely(rows, progress, only), {row["id"]: row["canonical"] for row in rows})
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
        verdict = "same" if joins else "unsure"
        if before is not None and (before["machine"], before["verdict"]) == (matching.VERSION, verdict):
            continue
        if joins:
            clusters.join(a, b)
        made.append(
            Judgement(
                a,
                b,
                "same" if joins else "unsure",
                score.why("en"),
                machine=matching.VERSION,
                score=score.value,
                rule=rule_of(score),
                source=source,
            )
        )
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
        machine=matching.VERSION,
    )


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


def _likely(
    rows: list[Row], progress: Progress | None, only: Set[str] | None = None
) -> dict[Pair, matching.Score]:
    """The pairs that are possible at least, each with its best score.

    With `only`, these ask, and then whoever they found asks back: a pair scores as if all had been asked.
    """
    index = Index()
    texts = {
        row["id"]: list(dict.fromkeys([row["name"], *sorted(row["aliases"])]))[:MOST_NAMES] for row in rows
    }
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        for text in texts[row["id"]]:
            index.add(row["id"], named(row, text))
    best: dict[Pair, matching.Score] = {}
    waiting = deque(row for row in rows if only is None or row["id"] in only)
    asked = {row["id"] for row in waiting}
    done = 0
    while waiting:
        row = waiting.popleft()
        for text in texts[row["id"]]:
            for hit in index.match(named(row, text), most=MOST_LIKE):
                if by_id[hit.id]["canonical"] == row["canonical"]:
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
    return best


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
