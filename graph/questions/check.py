"""Before you contact: who talks to the partner already, what stands against it, and what it would lead to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any

from graph import clock, clusters, forms, names
from graph.answers import AgreementCard, FindingCard, LeadCard, Named, WhoTalksTo
from graph.answers_acting import Check, MaterialCard, NotEvaluated, PlannedContact
from graph.derive.base import BASE, BASE_COLUMNS
from graph.errors import BadInput
from graph.facts import new_id
from graph.questions import foretell as foretelling
from graph.questions import joining
from graph.questions.asking import CONFIDENTIAL, Asking
from graph.questions.card import agreement_card, restriction_cards
from graph.questions.finding_cards import cards, on_day
from graph.questions.foretell import Foretold, Proposed
from graph.questions.naming import book_of
from graph.questions.suggest import suggestions
from graph.questions.unasked import not_evaluated
from graph.questions.who import who_talks_to
from graph.rules import RULES
from graph.schema import CHANNELS, PURPOSES
from graph.store import Row

MOST_PLANNED = 20


@dataclass(frozen=True)
class Question:
    """A contact that somebody thinks of. Names or ids; days as ISO text.

    Attributes:
        departments: who leads it, the asker's own. takes_part: which others go along.
        channel, mode, purposes: as the schema has them.
    """

    departments: tuple[str, ...]
    partner: str
    date: str
    end_date: str | None = None
    takes_part: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    channel: str | None = None
    mode: str | None = None
    approval: str | None = None
    summary: str | None = None
    confidential: bool = False
    language: str = "en"


def question_of(kept: Mapping[str, Any]) -> Question:
    """A question from its fields as a receipt keeps them."""
    own: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v
        for k, v in kept.items()
        if k in Question.__dataclass_fields__
    }
    return Question(**own)


@dataclass
class Understood:
    """The question with ids for names; `contact` is the id that the contact will have once it is recorded."""

    contact: str
    departments: list[str]
    takes_part: list[str]
    areas: list[str]
    topics: list[str]
    persons: list[str]
    lo: int
    hi: int
    facts: Row = field(default_factory=dict)


def check(asking: Asking, question: Question) -> Check:
    """The answer, with a receipt under which it can be looked up later.

    Raises:
        BadInput: something in the question cannot be used; says what is needed.
    """
    days = usable(asking, question)
    expected, about = _read_ahead(asking, question, days)
    who = who_talks_to(asking, question.partner)
    meant = understood(asking, question)
    if who.partner is None:
        return _kept(asking, question, meant, _unsure(who), None)
    # It took areas and topics for ids; where they are names it has to be asked for anew.
    taken = [who.partner.id, meant.areas, meant.topics]
    if taken != [expected, list(question.areas), list(question.topics)]:
        about = None
    answer, foretold = _answered(asking, question, meant, who, about)
    return _kept(asking, question, meant, answer, foretold)


def _read_ahead(asking: Asking, q: Question, days: tuple[int, int]) -> tuple[str | None, Future[Row] | None]:
    """The partner that bore the name when names were last read, and what stands about it, begun to be read.

    The city's own words are read with it, or by themselves where nobody is known to have borne the name.
    """
    pid = book_of(asking.store).bearer(q.partner)
    if pid is None:
        asking.read_ahead()
        return None, None
    lo, hi = days
    meant = Understood("", [], [], list(q.areas), list(q.topics), [], lo, hi)
    return pid, asking.read_ahead(_WITH_BASE, **_asked_about(asking, pid, meant))


# --- the question ---


def usable(asking: Asking, q: Question) -> tuple[int, int]:
    """First and last day of a question that says all that is needed; BadInput says what does not fit.

    Whether departments, areas and so on are there is found out later.
    """
    days = days_of(asking, q)
    if not q.departments or not any(d.strip() for d in q.departments):
        raise BadInput("Say which department is going to make the contact.")
    if not names.clean(q.partner):
        raise BadInput("Say which partner is to be contacted.")
    for what, given, there in (("purpose", q.purposes, PURPOSES), ("channel", [q.channel] if q.channel is not None else [], CHANNELS)):  # fmt: skip
        for value in given:
            if value not in there:
                said = f"The {what} is empty" if not value.strip() else f"There is no {what} {value!r}"
                raise BadInput(f"{said}; choose of {', '.join(there)}, or leave it out.")
    if q.mode not in (None, "in_person", "remote", "hybrid"):
        raise BadInput(f"The mode is {q.mode!r}; it takes in_person, remote or hybrid.")
    return days


def understood(asking: Asking, q: Question) -> Understood:
    """Ids for names; BadInput says what does not fit and what would."""
    lo, hi = usable(asking, q)

    def ids(label: str, texts: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(_id(asking, label, text) for text in texts if text.strip()))

    leads = ids("Department", q.departments)
    return Understood(
        contact=new_id("Contact"),
        departments=leads,
        takes_part=[d for d in ids("Department", q.takes_part) if d not in leads],
        areas=ids("Area", q.areas),
        topics=ids("Topic", q.topics),
        persons=ids("Person", q.persons),
        lo=lo,
        hi=hi,
    )


def _id(asking: Asking, label: str, text: str) -> str:
    base = asking.base
    known = {"Department": base.departments, "Area": base.areas, "Topic": base.topics}.get(label, [])
    return text if text in known else forms.find(asking, label, text)


def days_of(asking: Asking, q: Question) -> tuple[int, int]:
    """First and last day; BadInput for days that are past or turned round."""
    if not q.date:
        raise BadInput("Say on which day the contact is to be, as year-month-day.")
    lo = clock.ordinal(q.date)
    hi = clock.ordinal(q.end_date) if q.end_date else lo
    if hi < lo:
        raise BadInput(f"The last day {q.end_date} is before the first one, {q.date}.")
    if lo < asking.today.toordinal():
        raise BadInput(
            f"{q.date} is past: a check is made before a contact. Choose a day from {asking.today} on; what was "
            "held already is entered as a contact."
        )
    return lo, hi


def proposed(asking: Asking, q: Question, meant: Understood, partner: str) -> Proposed:
    """The contact as the rules will see it."""
    return Proposed(
        id=meant.contact,
        partner=partner,
        lo=meant.lo,
        hi=meant.hi,
        departments=(
            *((d, True) for d in meant.departments),
            *((d, False) for d in meant.takes_part),
        ),
        areas=tuple(meant.areas),
        topics=tuple(meant.topics),
        persons=clusters.persons_of(asking.store.read, meant.persons),
        channel=q.channel,
        mode=q.mode,
        purposes=q.purposes,
        summary=q.summary,
        approval=q.approval,
        confidential=q.confidential,
        recorded=clock.microseconds(clock.now()),
        planned_on=asking.today.isoformat(),
    )


# --- the answer ---


def _unsure(who: WhoTalksTo) -> Check:
    why = (
        "The name fits several partners or none exactly: choose one of the candidates and check again."
        if who.candidates
        else "No partner is called that: a new partner is loaded first, or try another spelling."
    )
    return Check(
        receipt="",
        verdict="inform",
        partner=None,
        findings=[],
        talking=[],
        planned=[],
        notices=[],
        lead=[],
        restrictions=[],
        materials=[],
        agreements=[],
        not_evaluated=[NotEvaluated(rule=rule, why=why) for rule in RULES],
        candidates=who.candidates,
        suggestions=[],
    )


def _answered(
    asking: Asking, q: Question, meant: Understood, who: WhoTalksTo, ahead: Future[Row] | None
) -> tuple[Check, Foretold]:
    if who.partner is None:
        raise ValueError("a partner is needed")
    pid = who.partner.id
    contact = proposed(asking, q, meant, pid)
    about = ahead.result() if ahead else _about(asking, pid, meant)
    near = foretelling.around(asking, pid, foretelling.family_of(pid, about), about["lead"])
    foretold = joining.foretell(asking, contact, near, joining.standing_of(asking, about))
    rows = order(asking, foretold.rows)
    dressed = [(row, on_day(row, asking.today.toordinal())) for row in rows]
    found = cards(asking, dressed, q.language, {pid: who.partner.name})
    planned = [_planned(x) for x in about["planned"]]
    answer = Check(
        receipt="",
        verdict=verdict(found),
        partner=who.partner,
        findings=found,
        talking=[t for t in who.departments if t.held],
        planned=planned,
        notices=who.notices,
        lead=[_lead(x) for x in about["lead"] if _holds(x["start"], x["end"], q.date)],
        restrictions=[
            r
            for r in restriction_cards(asking, [r.id for r in near.restrictions])
            if _holds(r.valid_from, r.valid_to, q.date, q.end_date)
        ],
        materials=[_material(x) for x in about["materials"] if _holds(x["start"], x["end"], q.date)],
        agreements=[_agreement(x) for x in about["agreements"]],
        not_evaluated=not_evaluated(asking, q, meant),
        candidates=[],
        suggestions=[],
    )
    more = suggestions(asking, contact, near, foretold, answer, q.language)
    return answer.model_copy(update={"suggestions": more}), foretold


def verdict(found: Sequence[FindingCard]) -> Any:
    """clear without findings, blocked when one blocks."""
    if not found:
        return "clear"
    return "blocked" if any(f.severity == "block" for f in found) else "inform"


def order(asking: Asking, rows: list[Row]) -> list[Row]:
    """Severe ones first, as in the list of findings."""
    from graph.rules import SEVERITIES

    today = asking.today.toordinal()
    return sorted(
        rows, key=lambda r: (-SEVERITIES.index(on_day(r, today).severity), r["rule"], r["group"], r["id"])
    )


_STANDS = f"""{foretelling.FAMILY}, {joining.STANDING},
  COLLECT {{ MATCH (:Partner {{canonical: p.id}})<-[l:LEADS]-(d:Department)
    RETURN {{department: d.id, name: d.name, area: l.area, start: l.from, end: l.to}} ORDER BY d.name, l.from }} AS lead,
  COLLECT {{ MATCH (m:Partner {{canonical: p.id}}) MATCH (a:Agreement)-[w:WITH_PARTNER]->(:Partner)
    WHERE w.agreed = m.id AND coalesce(a.status, 'in_force') <> 'ended' AND coalesce(a.to, '9') >= $today
    RETURN DISTINCT [a.id, a.title, a.kind, a.signed, a.from, a.to, a.notice_by, a.status, a.reference,
      [(a)-[:OWNED_BY]->(d:Department) | [d.id, d.name]]] AS row ORDER BY row[3], row[0] }} AS agreements,
  COLLECT {{ CALL (p) {{ MATCH (m:Partner {{canonical: p.id}})
        // In the order of the index, so that no more of them are looked at than are wanted.
        CALL (m) {{ MATCH (c:Contact)-[w:WITH_PARTNER]->(:Partner)
          WHERE w.partner = m.id AND w.day >= $from AND c.status = 'planned' AND c.hi >= $day
          WITH c, w ORDER BY w.partner, w.day, c.id LIMIT {MOST_PLANNED} RETURN c }} RETURN c
      UNION MATCH (m:Partner {{canonical: p.id}}) MATCH (c:Contact)-[w:WITH_PARTNER]->(:Partner)
        WHERE w.long = m.id RETURN c
      UNION MATCH (m:Partner {{canonical: p.id}}) {CONFIDENTIAL} RETURN c }}
    WITH c WHERE c.status = 'planned' AND c.hi >= $day
    WITH DISTINCT c ORDER BY c.lo, c.id LIMIT {MOST_PLANNED}
    RETURN {{id: c.id, date: c.date, end_date: c.end_date, precision: c.precision, channel: c.channel,
      summary: c.summary, departments: [(c)-[:MADE_BY]->(d:Department) | [d.id, d.name]],
      areas: [(c)-[:ABOUT]->(a:Area) | a.id], topics: [(c)-[:ABOUT]->(t:Topic) | t.id]}} }} AS planned,
  COLLECT {{ MATCH (m:Material) WHERE m.kind = 'core_message' AND coalesce(m.from, '') <= $last
      AND coalesce(m.to, '9') >= $date
      AND EXISTS {{ (m)-[:ABOUT|ON]->()-[:WITHIN*0..1]->(a:Area) WHERE a.id IN $areas
        OR EXISTS {{ (t:Topic)-[:WITHIN]->(a) WHERE t.id IN $topics }} }}
    RETURN {{id: m.id, title: m.title, kind: m.kind, stance: m.stance, text: m.text, url: m.url, start: m.from,
      end: m.to, issues: [(m)-[:ON]->(i:Issue) | [i.id, i.name]]}} ORDER BY m.title, m.id }} AS materials
"""
_ABOUT = f"MATCH (p:Partner {{id: $id}}) RETURN {_STANDS}"
_WITH_BASE = f"{BASE} OPTIONAL MATCH (p:Partner {{id: $id}}) RETURN {BASE_COLUMNS}, {_STANDS}"


def _about(asking: Asking, pid: str, meant: Understood) -> Row:
    """What stands about a partner, and its family."""
    return asking.store.read(_ABOUT, **_asked_about(asking, pid, meant))[0]


def _asked_about(asking: Asking, pid: str, meant: Understood) -> dict[str, Any]:
    today = asking.today.toordinal()
    return {
        "id": pid,
        "areas": meant.areas,
        "topics": meant.topics,
        "today": asking.today.isoformat(),
        "day": today,
        "from": today - foretelling.SPAN,  # one that is under way began before
        "date": clock.iso(meant.lo),
        "last": clock.iso(meant.hi),
        **joining.around_days(asking, meant.lo, meant.hi),
        **asking.eyes,
    }


def _holds(start: str | None, end: str | None, day: str, last: str | None = None) -> bool:
    return (start or "") <= (last or day) and (end or "9") >= day


def _planned(x: Row) -> PlannedContact:
    departments = [Named(id=d, name=name) for d, name in sorted(x["departments"])]
    return PlannedContact(
        **{k: x[k] for k in ("id", "date", "end_date", "precision", "channel", "summary")},
        departments=departments,
        areas=sorted(x["areas"]),
        topics=sorted(x["topics"]),
    )


def _lead(x: Row) -> LeadCard:
    department = Named(id=x["department"], name=x["name"])
    return LeadCard(department=department, area=x["area"], valid_from=x["start"], valid_to=x["end"])


def _material(x: Row) -> MaterialCard:
    return MaterialCard(
        **{k: x[k] for k in ("id", "title", "kind", "stance", "text", "url")},
        issues=[Named(id=i, name=name) for i, name in sorted(x["issues"])],
        valid_from=x["start"],
        valid_to=x["end"],
    )


def _agreement(x: list[Any]) -> AgreementCard:
    return agreement_card(x)


# --- the receipt ---


def _kept(asking: Asking, q: Question, meant: Understood, answer: Check, foretold: Foretold | None) -> Check:
    """The answer with the id of its receipt, which is stored."""
    answer = answer.model_copy(update={"receipt": new_id("Receipt")})
    kept = {
        **asdict(q),
        "contact": meant.contact,
        "ids": {k: getattr(meant, k) for k in ("departments", "takes_part", "areas", "topics", "persons")},
        "partner_id": answer.partner.id if answer.partner else None,
        "foretold": sorted(content(row) for row in foretold.rows) if foretold else [],
        "rows": foretold.rows if foretold else [],
    }
    # Its own id makes it once only, however often the statement has to be sent.
    asking.store.once(
        "MERGE (r:Receipt {id: $id}) SET r.author = $author, r.at = $at, r.question = $question, r.answer = $answer",
        id=answer.receipt,
        author=asking.viewer.name,
        at=clock.now(),
        question=json.dumps(kept),
        answer=answer.model_dump_json(),
    )
    return answer


def content(row: Row) -> list[Any]:
    """What of a foretold finding must be the same when the contact is recorded."""
    return [row["id"], row["certain"], row["records_hash"], row["possible"], row["levels"], row["level_days"]]
