"""Why not, of the rules that look at more than two contacts side by side: loads, networks, what was said and promised.

The conditions are asked of the same columns that the rules read, over what the viewer may see.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from graph import clock, forms
from graph.answers_acting import Met, WhyNot
from graph.derive import evaluate
from graph.derive.positions import read_partners, read_restrictions, restriction_table
from graph.derive.read import columns
from graph.derive.tables import read_leads
from graph.errors import BadInput, Unknown
from graph.questions import why_not_said as said
from graph.questions.asking import Asking, visible_contacts
from graph.questions.why_not_terms import Condition, Conditions, counting, days_missing, made_in, table_of
from graph.questions.why_not_texts import TEXT
from graph.rules import lead as led
from graph.rules import load, neglect, networks, restricted
from graph.rules.chains import chains_of
from graph.rules.columns import FOREVER, Columns
from graph.rules.counted import filled
from graph.rules.duplicates import represented
from graph.scopes import COMMITMENT, NETWORKS, PARTNER

# rule -> labels of the first and of the second record; a rule of one record has no second.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "O5": (("Contact",), ("Contact",)),
    "O7": (("Network",), ("Network",)),
    "C1": (("Position",), ("Position",)),
    "C2": (("Commitment",), ("Commitment",)),
    "C3": (("Position", "Material"), ("Material",)),
    "C4": (("Contact",), ("Restriction",)),
    "C5": (("Contact",), ("Partner",)),
    "G1": (("Commitment", "Partner"), ()),
}


def why_not(asking: Asking, rule: str, a: str, b: str, language: str) -> WhyNot:
    """Each condition of the rule for these records.

    Raises:
        BadInput: the records are not of the kinds that the rule looks at. Unknown: one is none, or hidden.
    """
    first, second = KINDS[rule]
    one = _label(asking, rule, a, first)
    if second and not b:
        raise BadInput(
            f"{rule} looks at two records: name a {' or '.join(first).lower()} and a {' or '.join(second).lower()}."
        )
    if not second and b:
        raise BadInput(
            f"{rule} looks at one record: a {' or '.join(first).lower()}. Leave the second one out."
        )
    if a == b:
        raise BadInput("Name two different records.")
    if second:
        _label(asking, rule, b, second)
    told = list(_ASKED[f"{rule} {one}" if len(first) > 1 else rule](asking, a, b))
    linked = all(c.holds for c in told if c.name != "surely")
    met = [
        Met(condition=c.name, holds=c.holds, by=c.by, text=filled(TEXT[c.name][language], c.values or {}))
        for c in told
    ]
    return WhyNot(
        rule=rule, a=a, b=b, linked=linked, certain=linked and all(c.holds for c in told), conditions=met
    )


def _label(asking: Asking, rule: str, id: str, labels: Sequence[str]) -> str:
    """Of which of the labels the record is."""
    for label in labels:
        if asking.store.read(
            f"MATCH (n:{label} {{id: $id}}) WHERE {forms.seen(label)} RETURN n.id AS id", id=id, **asking.eyes
        ):
            return label
    raise Unknown(f"There is no {' or '.join(labels).lower()} {id!r} ({rule} looks at these).")


# --- contacts ---


def _partners(asking: Asking, contact: str) -> list[str]:
    rows = asking.store.read(
        "MATCH (:Contact {id: $id})-[:WITH_PARTNER]->(p:Partner) RETURN DISTINCT p.canonical AS id ORDER BY id",
        id=contact,
    )
    return [row["id"] for row in rows]


def _load(asking: Asking, a: str, b: str) -> Conditions:
    shared = sorted(set(_partners(asking, a)) & set(_partners(asking, b)))
    table = table_of(asking, PARTNER, shared or _partners(asking, a))
    contacts, settings = table.contacts, asking.settings
    at = [contacts.id.index(x) for x in (a, b) if x in contacts.id]
    there = len(at) == 2
    yield Condition("counting", counting(asking, a) and counting(asking, b))
    yield Condition("same_partner", bool(shared))
    if not shared or not there:
        return
    kinds = {p: table.partner_kind[table.partners.index(p)] for p in shared}
    most = max(settings.number("O5", "partners_most", kind=k) for k in kinds.values())
    yield Condition("few_partners", all(len(contacts.partners[r]) <= most for r in at), values={"most": most})
    yield Condition("both_ours", not contacts.theirs[at].any())
    yield Condition("days_exact", not (contacts.coarse[at] | contacts.yearly[at]).any())
    linked = any(load.o5_compare(table, settings, (p,), a, b) is not None for p in shared)
    doubled = {r for _, r in represented(table, ~(contacts.theirs | contacts.coarse | contacts.yearly))}
    yield Condition("entered_once", linked or not doubled.intersection(at))
    days = max(settings.number("O5", "days", kind=k) for k in kinds.values())
    gap = abs(int(contacts.lo[at[0]]) - int(contacts.lo[at[1]]))
    yield Condition("one_stretch", gap < days, days_missing(gap - days + 1), {"gap": gap, "days": days})
    least = min(settings.number("O5", "contacts", kind=k) for k in kinds.values())
    wanted = min(settings.number("O5", "departments", kind=k) for k in kinds.values())
    yield Condition("full_stretch", linked, values={"days": days, "contacts": least, "departments": wanted})


def _one(asking: Asking, contact: str, partners: Sequence[str], **more: object) -> Columns:
    """A table of one contact, with these partners besides its own."""
    raw = visible_contacts(asking, [contact])
    ids = sorted({*partners, *raw.partners.names})
    own, _ = read_partners(asking.store.read, ids)
    known = evaluate.known_partners(own, raw)
    named = [p.id for p in known]
    if "restriction" in more:
        facts = read_restrictions(asking.store.read, [str(more["restriction"])])
        return columns(
            "full", asking.base, raw, [0], known, today=asking.today.toordinal(),
            restrictions=restriction_table(facts, asking.base, named),
        )  # fmt: skip
    leads, _ = read_leads(asking.store.read, asking.base, named)
    return columns("full", asking.base, raw, [0], known, today=asking.today.toordinal(), leads=leads)


def _restricted(asking: Asking, a: str, b: str) -> Conditions:
    table = _one(asking, a, (), restriction=b)
    contacts, rules = table.contacts, table.restrictions
    yield Condition("one_counting", counting(asking, a))
    hit = restricted.targets_of(table, 0)
    yield Condition("on_target", bool(hit[contacts.partners[0]].any()))
    start, end = int(rules.start[0]), int(rules.end[0])
    lo, hi = int(contacts.lo[0]), int(contacts.hi[0])
    yield Condition("days_meet", lo <= end and start <= hi, days_missing(max(start - hi, lo - end)))
    kind = rules.kind[0]
    if kind == "approval_needed":
        yield Condition("no_approval", not contacts.approval[0])
    if kind == "channel_only":
        yield Condition("other_channel", contacts.channel[0] not in rules.channels[0])
    leads, purposes = contacts.departments.values[contacts.leads].tolist(), contacts.purposes[0]
    yield Condition("lead_not_exempt", not leads or not set(leads) <= set(rules.exempts[0].tolist()))
    yield Condition("purpose_not_exempt", not purposes or not set(purposes) <= set(rules.exempt_purposes[0]))
    if contacts.coarse[0] or contacts.yearly[0]:
        yield Condition("surely", start <= lo and hi <= end)


def _bypassed(asking: Asking, a: str, b: str) -> Conditions:
    table = _one(asking, a, [b])
    contacts, leads, settings = table.contacts, table.leads, asking.settings
    canonical = asking.store.read("MATCH (p:Partner {id: $id}) RETURN p.canonical AS id", id=b)[0]["id"]
    p = table.partners.index(canonical) if canonical in table.partners else -1
    lo, kind = int(contacts.lo[0]), table.partner_kind[p]
    yield Condition("one_counting", counting(asking, a))
    yield Condition("with_partner", p in contacts.partners[0].tolist())
    yield Condition("ours", not contacts.theirs[0])
    yield Condition("day_known_one", not contacts.yearly[0])
    since = settings.number("C5", "live_from", kind=kind)
    yield Condition("looked_at", lo >= since, days_missing(since - lo), {"day": clock.iso(since) or ""})
    areas = set(contacts.areas[0].tolist())
    leading = sorted(
        {
            int(leads.department[k])
            for k in range(len(leads.partner))
            if leads.partner[k] == p
            and leads.start[k] <= lo <= leads.end[k]
            and (leads.area[k] < 0 or int(leads.area[k]) in areas)
        }
    )
    yield Condition("has_lead", bool(leading))
    chain = chains_of(table).matrix(int(chains_of(table).epoch(contacts.lo)[0]))
    near = any(chain[d, x] for d in contacts.departments[0].tolist() for x in leading)
    yield Condition("no_lead_in_chain", not near)
    told = int(contacts.told[0]) if len(contacts.told) else FOREVER
    days = settings.number("C5", "days", kind=kind)
    by = lo - days + 1 - (told if told < FOREVER else table.today)
    yield Condition("told_late", led.late(told, lo, days, table.today), days_missing(by), {"days": days})


# --- single records and networks ---


def _overdue(asking: Asking, a: str, b: str) -> Conditions:
    contact, _, _ = made_in(asking, a)
    yield Condition("one_made_in_counting", there := counting(asking, contact))
    if not there:
        return
    table = table_of(asking, COMMITMENT, [a])
    made = table.commitments
    row, today = made.id.index(a), table.today
    yield Condition("open", made.status[row] == "open")
    due = int(made.due[row])
    yield Condition("due_past", due < today, days_missing(due - today + 1) if due < FOREVER else None)


def _unmet(asking: Asking, a: str, b: str) -> Conditions:
    canonical = asking.store.read("MATCH (p:Partner {id: $id}) RETURN p.canonical AS id", id=a)[0]["id"]
    table = table_of(asking, PARTNER, [canonical])
    p = table.partners.index(canonical)
    kind, today = table.partner_kind[p], table.today
    days, key_days, planned = (
        asking.settings.number("G1", n, kind=kind) for n in ("days", "key_days", "planned")
    )
    since = int(table.key_since[p]) if len(table.key_since) else FOREVER
    yield Condition("key_partner", since < FOREVER)
    if since < FOREVER:
        missing = key_days - (today - since)
        yield Condition("key_long_enough", missing <= 0, days_missing(missing), {"days": key_days})
    yield Condition("not_suspended", not neglect.suspended(table)[p])
    rows = table.contacts.partners.rows[table.contacts.partners.values == p]
    met, coming = neglect.meetings(table, rows[~table.contacts.yearly[rows]], days, planned)
    yield Condition("not_met", not met, values={"days": days})
    yield Condition("nothing_planned", not coming, values={"days": planned})


def _networks(asking: Asking, a: str, b: str) -> Conditions:
    table = table_of(asking, NETWORKS, [a])
    ours, others = networks.members_today(table)
    x, y = (table.networks.index(n) for n in sorted((a, b)))
    settings = asking.settings
    yield Condition("both_paid", x in ours and y in ours)
    common = sorted({*table.network_areas[x].tolist()} & {*table.network_areas[y].tolist()})
    yield Condition("networks_share_area", bool(common))
    pair = networks.Alike(
        x, y, (ours.get(x, []), ours.get(y, [])), (others.get(x, set()), others.get(y, set())), common, True
    )
    least = max(settings.number("O7", "members"), 1)
    yield Condition("enough_members", pair.smaller >= least, values={"members": least})
    values: dict[str, int | str] = {"shared": pair.shared, "union": pair.union, "smaller": pair.smaller}
    yield Condition("members_alike", networks.alike_by_share(settings, pair), values=values)
    fee = table.memberships.fee
    if x in ours and y in ours:
        known = all(any(not math.isnan(fee[m]) for m in ours[n]) for n in (x, y))
        if not known:
            yield Condition("surely", False)


_ASKED: dict[str, Callable[[Asking, str, str], Conditions]] = {
    "O5": _load,
    "O7": _networks,
    "C1": said.stances,
    "C2": said.commitments,
    "C3 Position": said.off_message,
    "C3 Material": said.core_messages,
    "C4": _restricted,
    "C5": _bypassed,
    "G1 Commitment": _overdue,
    "G1 Partner": _unmet,
}
