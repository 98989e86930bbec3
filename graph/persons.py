"""Persons that may be one and the same: what is known of each, and how surely two of them are one.

A name alone is never enough: it has to be the same in what tells names apart, and the organisation the same. An
initial, a short name, a spelling or another title is a question for a person, as is a name that several bear.
Only those whom everybody may know of are looked at, by what everybody may know of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from graph import matching, names
from graph.answers_names import PersonRecord
from graph.clusters import known_openly
from graph.matching.evidence import BELOW_SURE
from graph.matching.index import Index
from graph.store import Row

VERSION = "persons-1"
MOST_LIKE = 8  # persons taken for one name, besides those of the same organisation
SHORTEST = 3  # letters of a word that two of one organisation may have in common
MOST_BEARERS = 50  # of one word in one organisation; more of them have a first name in common, or little else
NEARER = 0.05  # what the same organisation adds to a name that is not quite possible by itself
_SURELY = frozenset({"same", "order", "joined", "parent", "title"})
_GOES_ON = frozenset(
    {"of", "for", "in", "at"}
)  # "Mayor" and "Mayor of Tallinn"; not "Mayor" and "Mayor elect"
Pair = tuple[str, str]
Progress = Callable[[int, int | None, str], None]

# How many open contacts name a person, by the name that Cypher knows the record under.
OPEN_COUNT = "COUNT {{ ({0})<-[:WITH_PERSON]-(c:Contact) WHERE c.confidentiality <> 'confidential' }}"
# What a contact says of somebody's employer is known to whoever knows of the contact.
COLUMNS = (
    "p.id AS id, p.canonical AS canonical, p.name AS name, p.title AS title, p.source AS source, "
    "COLLECT { MATCH (p)-[w:WORKS_FOR]->(o) WHERE coalesce(p.known_from, 'record') <> 'contact' "
    "OR EXISTS { MATCH (p)<-[:WITH_PERSON]-(c:Contact)-[:WITH_PARTNER]->(x:Partner) "
    "WHERE x.canonical = o.canonical AND c.confidentiality <> 'confidential' } "
    "OPTIONAL MATCH (s:Partner {id: o.canonical}) "
    "WITH DISTINCT coalesce(s.id, o.id) AS id, coalesce(s.name, o.name) AS name, w.title AS title "
    "RETURN [id, name, title] ORDER BY name, id, title } AS organisations, "
    f"{OPEN_COUNT.format('p')} AS contacts"
)
ALL = f"MATCH (p:Person) WHERE {known_openly('person', 'p')} RETURN {COLUMNS} ORDER BY id"


def record_of(row: Row) -> PersonRecord:
    """A record from a row with `COLUMNS`."""
    own = {name: row[name] for name in ("id", "name", "source", "contacts")}
    titles = [row["title"], *(title for _, _, title in row["organisations"])]
    return PersonRecord(
        **own,
        title=next((t for t in titles if t), None),
        organisations=list(dict.fromkeys(name for _, name, _ in row["organisations"])),
    )


def compare(a: Row, b: Row) -> matching.Score:
    """How surely two persons, rows with `COLUMNS`, are one; below sure unless the organisation is the same too."""
    orgs_a, orgs_b = ({id: name for id, name, _ in row["organisations"]} for row in (a, b))
    common = sorted(orgs_a.keys() & orgs_b.keys())
    one, other = next(iter(orgs_a.values()), None), next(iter(orgs_b.values()), None)
    if common:
        one = other = orgs_a[common[0]]
    elif one == other:
        one = other = None  # two bodies of one name: neither the same nor told apart by it
    score = matching.score(
        matching.Named(a["name"], "person", parent=one), matching.Named(b["name"], "person", parent=other)
    )
    if common and score.value < matching.POSSIBLE:
        score = replace(score, value=round(score.value + NEARER, 4))
    titles_a, titles_b = (_titles(row, common) for row in (a, b))
    if titles_a and titles_b:
        agree = any(_one_title(x, y) for x in titles_a for y in titles_b)
        feature = matching.Feature("title" if agree else "title_differs", titles_a[0], titles_b[0])
        score = replace(score, features=(*score.features, feature))
    if not common or any(f.name not in _SURELY for f in score.features):
        score = replace(score, value=min(score.value, BELOW_SURE))
    return score


def _titles(row: Row, organisations: Collection[str]) -> list[str]:
    """A person's titles in these organisations, or wherever, where it is with none of them."""
    own = [row["title"]]
    own += [t for id, _, t in row["organisations"] if not organisations or id in organisations]
    return list(dict.fromkeys(t for t in own if t))


def _one_title(a: str, b: str) -> bool:
    short, long = sorted((names.normalise(x).split() for x in (a, b)), key=len)
    return short == long or (short == long[: len(short)] and long[len(short)] in _GOES_ON)


def likely(
    rows: Sequence[Row], judged: Mapping[Pair, Row], progress: Progress | None = None
) -> dict[Pair, matching.Score]:
    """The pairs that are possible at least, with their scores; sure only where nobody else could be meant.

    Args:
        rows: with `COLUMNS`.
        judged: the judgements that count.
    """
    by_id = {row["id"]: row for row in rows}
    found: dict[Pair, matching.Score] = {}
    for a, b in sorted(_candidates(rows, progress)):
        if by_id[a]["canonical"] != by_id[b]["canonical"]:
            score = compare(by_id[a], by_id[b])
            if score.possible:
                found[a, b] = score
    return _none_sure_of_several(rows, found, judged)


def _candidates(rows: Sequence[Row], progress: Progress | None) -> set[Pair]:
    """Pairs of like names, and of those with a word in common in one organisation."""
    index = Index()
    together: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        index.add(row["id"], matching.Named(row["name"], "person"))
        words = [t for t in matching.form(row["name"], "person").tokens if len(t) >= SHORTEST]
        for id, _, _ in row["organisations"]:
            for word in words:
                together[id, word].add(row["id"])
    few = (ids for ids in together.values() if len(ids) <= MOST_BEARERS)
    out = {pair for ids in few for pair in combinations(sorted(ids), 2)}
    for done, row in enumerate(rows, start=1):
        for hit in index.match(matching.Named(row["name"], "person"), most=MOST_LIKE):
            if hit.id != row["id"]:
                out.add((min(row["id"], hit.id), max(row["id"], hit.id)))
        if progress and done % 100 == 0:
            progress(done, len(rows), "compare")
    return out


def _none_sure_of_several(
    rows: Sequence[Row], found: dict[Pair, matching.Score], judged: Mapping[Pair, Row]
) -> dict[Pair, matching.Score]:
    """A pair is sure only where everybody that sure pairs would bring together is sure of everybody else."""
    members: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        members[row["canonical"]].add(row["id"])
    head = {row["id"]: row["canonical"] for row in rows}
    asked = {pair for pair, row in judged.items() if row["machine"] is None and row["verdict"] != "same"}
    sure = {pair for pair, score in found.items() if score.sure} - asked
    above: dict[str, str] = {}

    def root(x: str) -> str:
        while (up := above.get(x, x)) != x:
            x = up
        return x

    for a, b in sorted(sure):
        above[root(head[a])] = root(head[b])
    groups: dict[str, set[str]] = defaultdict(set)
    for a, b in sure:
        groups[root(head[a])] |= {head[a], head[b]}
    whole = {
        group
        for group, heads in groups.items()
        if all(
            (min(a, b), max(a, b)) in sure
            for one, other in combinations(sorted(heads), 2)
            for a in members[one]
            for b in members[other]
        )
    }
    return {
        (a, b): score
        if not score.sure or root(head[a]) in whole
        else replace(score, value=min(score.value, BELOW_SURE))
        for (a, b), score in found.items()
    }
