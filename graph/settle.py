"""Settling a finding: decide about it, or make the ordinary edits that let it resolve by the rules.

Everything about one finding happens under the lock of its scope and names the version that it was made from,
so that of two people who settle it at once the second is told what the first did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph import clock, decisions, entries, schema
from graph.answers_acting import Settled
from graph.errors import BadInput, Changed
from graph.facts import new_id
from graph.questions import findings as questions
from graph.questions.asking import VISIBLE, Asking
from graph.rules import is_standing
from graph.store import Row, Tx

ACTIONS = ("acknowledge", "waive", "comment", "withdraw", "joint", "hand_over", "cancel")
DECIDING = ("acknowledge", "waive", "comment")
MOST_JOINED = 200  # contacts that are changed at once without naming them
LONGEST_REASON = 5_000


@dataclass(frozen=True)
class Act:
    """What is asked.

    Attributes:
        reason: why; needed to waive and to comment.
        expires: last day of a waiver.
        standing: of a standing finding: for these departments and this subject, also of contacts to come.
        contacts: which contacts are marked joint, handed over or cancelled; all that fit by default.
        department: to whom they are handed over; the lead department by default.
        decision: which decision is withdrawn.
    """

    action: str
    reason: str = ""
    expires: str | None = None
    standing: bool = False
    contacts: Sequence[str] = ()
    department: str | None = None
    decision: str | None = None


def settle(asking: Asking, id: str, act: Act, *, version: str, language: str = "en") -> Settled:
    """Do it; Changed when the finding is not the version that it was decided from."""
    asking.viewer.require("editor", "settle findings")
    if act.action not in ACTIONS:
        raise BadInput(f"There is no action {act.action!r}. They are: {', '.join(ACTIONS)}.")
    _check(asking, act)

    def work(tx: Tx) -> list[Any]:
        row = questions.row_of(asking, id)
        tx.run("MATCH (s:Scope {id: $id}) SET s._lock = true REMOVE s._lock", id=row["scope"])
        now = questions.finding(asking, id, language=language)
        if version not in (entries.ANY, now.version):
            raise Changed(_who_was_first(now), now)
        row = questions.row_of(asking, id)
        if act.action in DECIDING:
            _decide(tx, asking, row, act)
            return [[], []]
        if act.action == "withdraw":
            _withdraw(tx, asking, row, act)
            return [[], []]
        if row.get("status") == "resolved":
            raise BadInput(
                "This finding is resolved: there is nothing left to settle. It can be commented on."
            )
        edits = _edits(asking, row, act)
        touched: set[str] = set()
        for contact, fields in edits.items():
            more = entries.alter(tx, asking, "Contact", contact, fields)
            touched.update(more or ())
        # The finding may go with this: the decision keeps its name, and who did what.
        _decide(tx, asking, row, act)
        return [sorted(edits), sorted(touched)]

    changed, touched = asking.store.write(work)
    if touched:
        entries.settle(asking, touched)
    now = questions.finding(asking, id, language=language)
    return Settled(action=act.action, finding=now, changed=changed)


def _check(asking: Asking, act: Act) -> None:
    if len(act.reason) > LONGEST_REASON:
        raise BadInput(f"The reason has {len(act.reason):,} characters; the longest has {LONGEST_REASON:,}.")
    if act.action in ("waive", "comment") and not act.reason.strip():
        raise BadInput("Say why: a reason is needed." if act.action == "waive" else "The comment is empty.")
    if act.action == "waive":
        if not act.expires:
            raise BadInput("Say until when: a waiver needs a last day.")
        last = clock.ordinal(act.expires)
        if last < asking.today.toordinal():
            raise BadInput(f"The last day {act.expires} is past.")
        end = decisions.end_of_standing(asking.today)
        if act.standing and last > end.toordinal():
            raise BadInput(f"A standing overlap can be waived for twelve months at most: until {end}.")


def _who_was_first(now: Any) -> str:
    if now.decisions:
        last = now.decisions[-1]
        did = last.action or {"acknowledge": "acknowledged it", "waive": "waived it"}.get(
            last.kind, "commented"
        )
        return f"{last.author} was first ({did}, {last.at[:16].replace('T', ' ')} UTC): look before you repeat yours."
    return "The finding is not the one that you decided about: its records changed meanwhile."


def _decide(tx: Tx, asking: Asking, row: Row, act: Act) -> None:
    """Write the Decision with what it covers, and its audit."""
    kind = act.action if act.action in DECIDING else "comment"
    if row.get("status") == "resolved" and kind != "comment":
        raise BadInput("This finding is resolved: it can be commented on, and needs no other decision.")
    standing = act.standing and kind != "comment"
    if standing and not is_standing(row["first"], row["last"]):
        raise BadInput("This finding is not a standing one: it lasts 180 days or less, so name its records.")
    records = list(questions.records_of(asking, row))
    if standing or len(records) > decisions.MOST_COVERED:
        if not standing and kind != "comment":
            raise BadInput(
                f"This finding has {len(records):,} records: decide on it as a standing one, for its departments."
            )
        records = _those_that_hide(asking, records, row["records"])
    id = new_id("Decision")
    kept = {k: v for k, v in row.items() if k not in ("status", "also")}
    scope = {
        "rule": row["rule"],
        "partner": row["partner"],
        "subject": [row["subject_kind"], row["subject"]],
        "departments": row["departments"],
        "standing": standing,
        "action": None if act.action in DECIDING else act.action,
        "row": kept,
    }
    own = {
        "id": id,
        "kind": kind,
        "author": asking.viewer.name,
        "reason": act.reason.strip(),
        "at": clock.now(),
        "expires": (act.expires or None) if kind == "waive" else None,
        "scope": json.dumps(scope, sort_keys=True),
        "finding": row["id"],
    }
    tx.run("CREATE (d:Decision) SET d = $row", row=own)
    for label in schema.edge("Decision", "COVERS").ends:
        tx.run(
            f"UNWIND $ids AS id MATCH (r:{label} {{id: id}}) MATCH (d:Decision {{id: $decision}}) "
            "CREATE (d)-[:COVERS]->(r)",
            ids=records,
            decision=id,
        )
    entries.audit(tx, asking, "Decision", id, before=None, after=_audited(own))


def _audited(own: Mapping[str, Any]) -> dict[str, Any]:
    return {"properties": {k: own[k] for k in ("kind", "reason", "expires", "finding")}, "links": []}


def _those_that_hide(asking: Asking, records: list[str], best: list[str]) -> list[str]:
    """The records that show it best, and the confidential ones, on which it hangs who may see the decision."""
    secret = asking.store.read(
        "UNWIND $ids AS id MATCH (c:Confidential {id: id}) RETURN c.id AS id "
        "UNION UNWIND $ids AS id MATCH (r {id: id})-[:STATED_IN|MADE_IN]->(:Confidential) RETURN r.id AS id",
        ids=records,
    )
    return sorted({*best, *(row["id"] for row in secret)})


def _withdraw(tx: Tx, asking: Asking, row: Row, act: Act) -> None:
    """End a decision: its last day becomes yesterday."""
    found = decisions.read(asking, id=act.decision) if act.decision else []
    if not found or found[0].kind == "comment":
        raise BadInput("Say which acknowledgement or waiver is withdrawn.")
    d = found[0]
    if d.finding != row["id"] and not d.covers_finding(row, lambda: questions.records_of(asking, row)):
        raise BadInput("That decision is about another finding.")
    if not d.in_force(asking.today):
        raise BadInput("That decision is in force no more.")
    yesterday = clock.iso(asking.today.toordinal() - 1)
    tx.run("MATCH (d:Decision {id: $id}) SET d.expires = $day", id=d.id, day=yesterday)
    before = {"kind": d.kind, "reason": d.reason, "expires": d.expires, "finding": d.finding}
    after = {**before, "expires": yesterday}
    entries.audit(tx, asking, "Decision", d.id, before=_audited(before), after=_audited(after))


# --- ordinary edits ---


def _edits(asking: Asking, row: Row, act: Act) -> dict[str, dict[str, Any]]:
    """contact id -> the fields that change, in the order of ids."""
    known = _contacts(asking, list(questions.records_of(asking, row)))
    if not known:
        raise BadInput("This finding has no contacts: change or end one of its records instead.")
    strange = sorted(set(act.contacts) - set(known))
    if strange:
        raise BadInput(f"{', '.join(strange)}: no contact of this finding.")
    chosen = sorted(act.contacts or known)
    if len(chosen) > MOST_JOINED:
        raise BadInput(f"This finding has {len(chosen):,} contacts: name those that are meant.")
    if act.action == "joint":
        if len(chosen) < 2:
            raise BadInput("Two contacts or more make one effort: name them.")
        keys = sorted({known[c]["joint"] for c in chosen if known[c]["joint"]})
        if len(keys) > 1:
            raise BadInput(
                "Some of them belong to different joint efforts already: name those that are meant."
            )
        key = keys[0] if keys else new_id("Joint").replace("n-", "joint-", 1)
        return {c: {"joint": key} for c in chosen if known[c]["joint"] != key}
    if act.action == "cancel":
        if len(act.contacts) != 1:
            raise BadInput("Say which one of the contacts is cancelled.")
        if known[chosen[0]]["status"] != "planned":
            raise BadInput("Only what is planned can be cancelled; what was held stays on record.")
        return {chosen[0]: {"status": "cancelled"}}
    return _handed_over(asking, row, act, known, chosen)


def _handed_over(
    asking: Asking, row: Row, act: Act, known: dict[str, Row], chosen: list[str]
) -> dict[str, dict[str, Any]]:
    """The lead department leads; those that led take part."""
    from graph import forms

    wanted = forms.find(asking, "Department", act.department) if act.department else None
    out: dict[str, dict[str, Any]] = {}
    for c in chosen:
        now = known[c]
        if now["status"] != "planned":
            if act.contacts:
                raise BadInput(f"{c} is not planned: only what is to come can be handed over.")
            continue
        leads = [wanted] if wanted else _lead_of(asking, c, now)
        if len(leads) != 1:
            why = "no lead department is named for the partner" if not leads else "it has several"
            raise BadInput(f"{c}: {why}; say to which department it is handed over.")
        if now["leads"] == leads:
            continue
        part = sorted({*now["takes_part"], *now["leads"]} - set(leads))
        out[c] = {"departments": leads, "takes_part": part}
    if not out:
        raise BadInput(
            "None of the planned contacts can be handed over: the lead department leads them already."
        )
    return out


def _lead_of(asking: Asking, contact: str, now: Row) -> list[str]:
    rows = asking.store.read(
        "MATCH (c:Contact {id: $id})-[:WITH_PARTNER]->(m:Partner) MATCH (x:Partner {canonical: m.canonical}) "
        "MATCH (x)<-[l:LEADS]-(d:Department) WHERE coalesce(l.from, '') <= c.date AND coalesce(l.to, '9') >= c.date "
        "RETURN DISTINCT d.id AS id, l.area AS area ORDER BY id",
        id=contact,
    )
    own = sorted({r["id"] for r in rows if r["area"] and r["area"] in now["areas"]})
    return own or sorted({r["id"] for r in rows if not r["area"]})


def _contacts(asking: Asking, ids: list[str]) -> dict[str, Row]:
    rows = asking.store.read(
        f"UNWIND $ids AS id MATCH (c:Contact {{id: id}}) WHERE {VISIBLE} "
        "RETURN id, c.status AS status, coalesce(c.joint, '') AS joint, "
        "[(c)-[r:MADE_BY]->(d:Department) WHERE r.role = 'leads' | d.id] AS leads, "
        "[(c)-[r:MADE_BY]->(d:Department) WHERE r.role <> 'leads' | d.id] AS takes_part, "
        "[(c)-[:ABOUT]->(a:Area) | a.id] + [(c)-[:ABOUT]->(:Topic)-[:WITHIN]->(a:Area) | a.id] AS areas",
        ids=ids,
        **asking.eyes,
    )
    return {row["id"]: row for row in rows}


__all__ = ["ACTIONS", "Act", "settle"]
