"""Receipts of checks: what was known then; and recording the contact that was checked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from graph import clusters, entries
from graph.answers_acting import Check, Receipt, Recorded
from graph.errors import BadInput, Changed, Conflict, Unknown
from graph.facts import Fact, Link
from graph.questions import check as checking
from graph.questions import foretell as foretelling
from graph.questions.asking import VISIBLE, Asking
from graph.questions.check import Question, Understood, question_of
from graph.questions.finding_cards import cards, on_day
from graph.store import Row, Tx


def receipt(asking: Asking, id: str) -> Receipt:
    """What a check answered. Its author and coordinators may look it up; to others it is Unknown."""
    row = _row(asking, id)
    kept = json.loads(row["question"])
    question = {k: v for k, v in kept.items() if k in Question.__dataclass_fields__}
    return Receipt(
        receipt=id,
        at=row["at"],
        author=row["author"],
        question=question,
        answer=Check.model_validate_json(row["answer"]),
        contact=_recorded_as(asking, kept["contact"]),
    )


def _row(asking: Asking, id: str) -> Row:
    rows = asking.store.read(
        "MATCH (r:Receipt {id: $id}) WHERE r.author = $viewer OR $sees_all "
        "RETURN r.author AS author, r.at AS at, r.question AS question, r.answer AS answer",
        id=id,
        viewer=asking.viewer.name,
        sees_all=asking.viewer.sees_all,
    )
    if not rows:
        raise Unknown(f"There is no receipt {id!r}.")
    return rows[0]


def _recorded_as(asking: Asking, contact: str) -> str | None:
    rows = asking.store.read(
        f"MATCH (c:Contact {{id: $id}}) WHERE {VISIBLE} RETURN c.id AS id", id=contact, **asking.eyes
    )
    return rows[0]["id"] if rows else None


def record(asking: Asking, id: str) -> Recorded:
    """Record the planned contact that was checked.

    It creates just the findings that the check foretold. If something changed in between, nothing is written:
    Changed says what is different and carries the check as it would be answered now, with a receipt of its own.
    """
    asking.viewer.require("editor", "record contacts")
    row = _row(asking, id)
    kept = json.loads(row["question"])
    if kept["partner_id"] is None:
        raise BadInput("That check found no partner: choose one of its candidates and check again.")
    question = question_of(kept)
    checking.days_of(asking, question)
    meant = Understood(contact=kept["contact"], lo=0, hi=0, **kept["ids"])
    meant.lo, meant.hi = checking.days_of(asking, question)
    contact = checking.proposed(asking, question, meant, kept["partner_id"])
    # Facts name whom they were told of; who stands for them is looked up where the rules are asked.
    fact = _fact(question, replace(contact, persons=tuple(meant.persons)), id, asking)

    def work(tx: Tx) -> list[Any]:
        if tx.run("MATCH (c:Contact {id: $id}) RETURN c.id AS id", id=contact.id):
            raise Conflict(f"This check was recorded already, as contact {contact.id}.")
        # Entering locks the scopes: from here on nobody else changes what the rules look at.
        done = entries.enter(tx, asking, fact)
        pid = tx.run("MATCH (p:Partner {id: $id}) RETURN p.canonical AS id", id=kept["partner_id"])[0]["id"]
        leads = tx.run(
            "MATCH (:Partner {canonical: $id})<-[l:LEADS]-(d:Department) "
            "RETURN d.id AS department, l.area AS area, l.from AS start, l.to AS end",
            id=pid,
        )
        near = foretelling.around(asking, pid, foretelling.family(asking, pid), leads)
        persons = clusters.persons_of(tx.run, meant.persons)
        now = foretelling.foretell(asking, replace(contact, partner=pid, persons=persons), near).rows
        if sorted(checking.content(r) for r in now) != kept["foretold"]:
            raise _Different(now)
        tx.run("MATCH (r:Receipt {id: $id}) SET r.recorded = true", id=id)
        return [*done, now]

    try:
        _, touched, rows = asking.store.write(work)
    except _Different as different:
        # Outside the transaction, so that the contact is not there when it is checked again.
        fresh = checking.check(asking, question)
        raise Changed(_difference(kept["foretold"], different.rows), fresh) from None
    entries.settle(asking, touched)
    today = asking.today.toordinal()
    found = cards(asking, [(r, on_day(r, today)) for r in checking.order(asking, rows)], question.language)
    return Recorded(contact=entries.entry(asking, "contacts", contact.id), receipt=id, findings=found)


class _Different(Conflict):
    """The findings are not the foretold ones."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__("Something changed since the check.")
        self.rows = rows


def _difference(foretold: list[list[Any]], now: list[Row]) -> str:
    before, after = {x[0]: x for x in foretold}, {r["id"]: checking.content(r) for r in now}
    new = len(after.keys() - before.keys())
    gone = len(before.keys() - after.keys())
    other = sum(1 for k in before.keys() & after.keys() if before[k] != after[k])
    parts = [f"{n} {what}" for n, what in ((new, "new"), (gone, "gone"), (other, "with other records")) if n]
    return (
        f"Something changed since the check, and its findings are not the same: {', '.join(parts)}. Nothing was "
        "recorded. Look at the check as it is now, and record it from its own receipt."
    )


def _fact(q: Question, contact: foretelling.Proposed, receipt: str, asking: Asking) -> Fact:
    """The contact as a fact; the one who records a confidential one may read it."""
    properties: dict[str, Any] = {
        "date": q.date,
        "end_date": q.end_date,
        "status": "planned",
        "channel": q.channel,
        "mode": q.mode,
        "purposes": list(q.purposes),
        "approval": q.approval,
        "summary": q.summary,
        "receipt": receipt,
        "planned_on": contact.planned_on,
    }
    if q.confidential:
        properties |= {"confidentiality": "confidential", "readers": [asking.viewer.name]}
    links = [
        Link("MADE_BY", d, {"role": "leads" if leads else "takes_part"}) for d, leads in contact.departments
    ]
    links.append(Link("WITH_PARTNER", contact.partner))
    links += [Link("WITH_PERSON", h) for h in contact.persons]
    links += [Link("ABOUT", a, label="Area") for a in contact.areas]
    links += [Link("ABOUT", t, label="Topic") for t in contact.topics]
    return Fact("Contact", contact.id, properties=properties, links=tuple(links))
