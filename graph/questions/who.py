"""Who among us already talks to this partner?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from graph import clock, names
from graph.answers import Candidate, MatchedPartner, Notice, Tie, WhoTalksTo, WhoTalksToMany
from graph.derive.refresh import refresh_scopes
from graph.derive.ties import TieFacts
from graph.errors import BadInput
from graph.matching import SURE
from graph.questions import candidates
from graph.questions.asking import SEEN, Asking, Window, merged, raw_ties, window
from graph.scopes import PARTNER, scope_id
from graph.store import Row

MOST_NAMES = 1000

# The common case is one round trip: the name, the partner, its ties, and whether anything is confidential.
_WHO = """
UNWIND $asked AS asked
CALL (asked) {
  MATCH (a:Alias {id: asked.alias})-[:NAMES]->(m:Partner) RETURN collect(DISTINCT m.canonical) AS named
}
CALL (asked) {
  MATCH (m:Partner {id: asked.text}) RETURN collect(m.canonical) AS by_id
}
WITH asked, CASE WHEN size(by_id) = 1 THEN by_id ELSE named END AS ids, size(by_id) = 1 AS is_id
WITH asked, ids, is_id, CASE WHEN size(ids) = 1 THEN ids[0] END AS pid
OPTIONAL MATCH (p:Partner {id: pid})
OPTIONAL MATCH (s:Scope {id: 'partner:' + pid})
CALL (p) {
  MATCH (p)<-[t:TALKS_TO]-(d:Department)
  RETURN collect([d.id, d.name, t.held, t.planned, t.first, t.last, t.planned_lo, t.planned_hi,
                  t.areas, t.topics]) AS ties
}
CALL (p) {
  MATCH (p)<-[k:TALKS_IN_CONFIDENCE]-(v:Department) WHERE NOT SEEN
  WITH v.name AS division, coalesce(v.mailbox, '') AS mailbox, min(k.first) AS first ORDER BY division, mailbox
  RETURN collect([division, mailbox, first]) AS notices
}
RETURN asked.nr AS nr, ids, is_id, p.id AS id, p.name AS name, coalesce(s.stale, false) AS stale, ties, notices,
  EXISTS { MATCH (p)<-[k:TALKS_IN_CONFIDENCE]-(:Department) WHERE SEEN } AS secret
ORDER BY nr
""".replace("SEEN", SEEN)
_NOBODY: Row = {"id": None, "ids": [], "stale": False}  # what it answers about a name that nobody bears


def who_talks_to(
    asking: Asking,
    name: str,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    area: str | None = None,
) -> WhoTalksTo:
    """The departments that talk to the partner of this name (in any recorded spelling, or its id).

    An unknown or unsure name is an answer too: `partner` is None and `candidates` lists what it may mean.
    """
    return who_talks_to_many(asking, [name], since=since, until=until, area=area).answers[0]


def who_talks_to_many(
    asking: Asking,
    asked: Sequence[str],
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    area: str | None = None,
) -> WhoTalksToMany:
    """The same for up to 1,000 names at once; answers in the order of the names."""
    if len(asked) > MOST_NAMES:
        raise BadInput(f"{len(asked):,} names were asked about; the most at once is {MOST_NAMES:,}.")
    for nr, name in enumerate(asked, start=1):
        if not names.clean(name):
            raise BadInput(f"Name {nr} is empty: whom do you want to know about?")
        if len(name) > names.LONGEST:
            raise BadInput(
                f"Name {nr} has {len(name):,} characters; the longest taken has {names.LONGEST:,}."
            )
    where = window(asking, since, until, area)
    unheard = candidates.unheard_of(asking, asked[0]) if len(asked) == 1 else None
    if unheard is None:
        rows = _rows(asking, asked)
        found = {
            nr: candidates.by_ids(asking, name, row["ids"]) or candidates.nearest(asking, name)
            for nr, (name, row) in enumerate(zip(asked, rows, strict=True))
            if row["id"] is None
        }
    else:
        rows, found = [_NOBODY], {0: unheard}
    # What is no recorded name but surely means one partner is answered like one.
    sure = {nr: c[0] for nr, c in found.items() if c and not rows[nr]["ids"] and c[0].score >= SURE}
    read = list(asked)
    for nr, candidate in sure.items():
        read[nr] = candidate.id
    if sure:
        rows = _rows(asking, read)
    stale = sorted({row["id"] for row in rows if row["stale"]})
    if stale:
        # A crash or a load under way left facts whose edges are not drawn yet: draw them, then answer.
        refresh_scopes(asking.store, asking.settings, [scope_id(PARTNER, p) for p in stale])
        rows = _rows(asking, read)
    return WhoTalksToMany(
        answers=[
            _answer(asking, name, row, where, found.get(nr, []), sure.get(nr))
            for nr, (name, row) in enumerate(zip(asked, rows, strict=True))
        ]
    )


def _rows(asking: Asking, asked: Sequence[str]) -> list[Row]:
    return asking.store.read(
        _WHO,
        asked=[
            {"nr": nr, "alias": names.alias_id("Partner", name), "text": name.strip()}
            for nr, name in enumerate(asked)
        ],
        **asking.eyes,
    )


def _answer(
    asking: Asking, name: str, row: Row, where: Window, found: list[Candidate], sure: Candidate | None
) -> WhoTalksTo:
    if row["id"] is None:
        return WhoTalksTo(partner=None, departments=[], notices=[], candidates=found)
    exact = names.normalise(row["name"]) == names.normalise(name)
    partner = MatchedPartner(
        id=row["id"],
        name=row["name"],
        matched_by="known" if sure else "id" if row["is_id"] else "name" if exact else "alias",
        score=sure.score if sure else 1.0,
    )
    return WhoTalksTo(
        partner=partner,
        departments=_ties(asking, row["id"], row["ties"], row["secret"], where),
        notices=[
            Notice(division=division, month=(clock.iso(first) or "")[:7], mailbox=mailbox)
            for division, mailbox, first in row["notices"]
        ],
        candidates=[],
    )


def _ties(
    asking: Asking, partner: str, edges: Sequence[Sequence[Any]], secret: bool, where: Window
) -> list[Tie]:
    """Departments of one canonical partner.

    Args:
        edges: TALKS_TO as lists in the order of `_WHO`.
        secret: whether the viewer sees confidential contacts of the partner.
    """
    caption = {e[0]: e[1] for e in edges}
    if where.open:
        facts = {
            e[0]: TieFacts(e[2], e[3], e[4], e[5], list(e[6]), list(e[7]), set(e[8]), set(e[9]))
            for e in edges
        }
    else:
        facts = {d: t for (d, _), t in raw_ties(asking, [partner], where).items()}
    if secret and where.open:
        for (d, _), tie in raw_ties(asking, [partner], where, only_hidden=True).items():
            facts[d] = merged(facts[d], tie) if d in facts else tie
    missing = sorted(set(facts) - set(caption))
    if missing:
        rows = asking.store.read(
            "UNWIND $ids AS id MATCH (d:Department {id: id}) RETURN id, d.name AS name", ids=missing
        )
        caption.update((row["id"], row["name"]) for row in rows)
    today = asking.today.toordinal()
    ties = [as_tie(d, caption[d], tie, today) for d, tie in facts.items()]
    ties.sort(key=lambda t: (-(t.held + t.planned), t.name, t.id))
    return ties


def as_tie(id: str, name: str, tie: TieFacts, today: int) -> Tie:
    return Tie(
        id=id,
        name=name,
        held=tie.held,
        planned=tie.planned,
        first=clock.iso(tie.first),
        last=clock.iso(tie.last),
        next=clock.iso(tie.next_on(today)),
        areas=sorted(tie.areas),
        topics=sorted(tie.topics),
    )


__all__ = ["Candidate", "as_tie", "who_talks_to", "who_talks_to_many"]
