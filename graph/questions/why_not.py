"""Why records are not linked by a rule: each condition of it, whether it holds, and by how much it misses.

Here are the rules that look at two contacts side by side; the others stand in `why_not_records`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graph.answers_acting import Met, WhyNot
from graph.derive.evaluate import known_partners
from graph.derive.positions import read_partners
from graph.derive.read import columns
from graph.errors import BadInput, Unknown
from graph.questions.asking import Asking, visible_contacts
from graph.questions.why_not_records import KINDS
from graph.questions.why_not_records import why_not as of_records
from graph.questions.why_not_texts import TEXT
from graph.rules import RULES
from graph.rules.chains import Chains, Independence
from graph.rules.columns import Columns
from graph.rules.config import RuleSettings
from graph.rules.counted import filled
from graph.rules.links import largest_gap, smallest_gap

_ASKING = {"request", "invite", "fund"}
_OUT, _IN = {"visit_out", "delegation_out"}, {"visit_in", "delegation_in"}

# rule -> its conditions, in the order in which a person would look at them.
CONDITIONS: dict[str, tuple[str, ...]] = {
    "D1": ("counting", "same_partner", "same_lead", "same_days", "same_channel", "same_topics"),
    "O1": ("counting", "same_partner", "few_partners", "same_area", "day_known", "independent", "not_joint", "gap"),
    "O2": ("counting", "same_partner", "few_partners", "both_ours", "both_ask", "day_known", "independent", "not_joint", "gap"),
    "O3": ("counting", "same_person", "few_partners", "day_known", "independent", "not_joint", "gap"),
    "O4": ("counting", "same_partner", "few_partners", "same_direction", "not_remote", "day_known", "independent", "not_joint", "gap"),
    "O6": ("counting", "no_same_partner", "family", "few_partners", "same_area", "day_known", "independent", "not_joint", "gap"),
}  # fmt: skip


@dataclass(frozen=True)
class _Pair:
    """Two contacts as rows 0 and 1 of a table of their own."""

    table: Columns
    cancelled: bool
    days: int
    most: int

    def sets(self, name: str) -> tuple[set[int], set[int]]:
        lists = getattr(self.table.contacts, name)
        return set(lists[0].tolist()), set(lists[1].tolist())

    def shared(self, name: str) -> bool:
        a, b = self.sets(name)
        return bool(a & b)

    def leads(self, row: int) -> set[int]:
        c = self.table.contacts
        start, end = int(c.departments.offsets[row]), int(c.departments.offsets[row + 1])
        return set(c.departments.values[start:end][c.leads[start:end]].tolist())


def why_not(asking: Asking, rule: str, a: str, b: str, *, language: str = "en") -> WhyNot:
    """Each condition of the rule for these two records (G1: for one, with `b` empty).

    Raises:
        BadInput: there is no such rule, or it looks at other records. Unknown: a record that is none, or hidden.
    """
    language = language if language in ("en", "fi", "sv") else "en"
    if rule in KINDS:
        return of_records(asking, rule, a, b, language)
    if rule not in CONDITIONS:
        raise BadInput(f"There is no rule {rule!r}. The rules are: {', '.join(RULES)}.")
    if a == b or not b:
        raise BadInput("Name two different contacts.")
    pair = _read(asking, rule, a, b)
    gap, widest = smallest_gap(pair.table.contacts, 0, 1), largest_gap(pair.table.contacts, 0, 1)
    met = []
    for name in CONDITIONS[rule]:
        holds = _HOLDS[name](pair)
        shown = gap if gap == widest else f"{gap}–{widest}"
        text = filled(TEXT[name][language], {"gap": shown, "days": pair.days, "most": pair.most})
        by = max(0, gap - pair.days) if name == "gap" else None
        met.append(Met(condition=name, holds=holds, by=by, text=text))
    linked = all(m.holds for m in met)
    return WhyNot(rule=rule, a=a, b=b, linked=linked, certain=linked and (rule == "D1" or widest <= pair.days), conditions=met)  # fmt: skip


def _read(asking: Asking, rule: str, a: str, b: str) -> _Pair:
    raw = visible_contacts(asking, [a, b])
    for id in (a, b):
        if id not in raw.id:
            raise Unknown(f"There is no contact {id!r}.")
    partners, _ = read_partners(asking.store.read, sorted(raw.partners.names))
    known = known_partners(partners, raw)
    table = columns(
        "full", asking.base, raw, [raw.id.index(a), raw.id.index(b)], known, today=asking.today.toordinal()
    )
    numbers = _numbers(asking.settings, rule, table)
    return _Pair(table, "cancelled" in raw.status, *numbers)


def _numbers(settings: RuleSettings, rule: str, table: Columns) -> tuple[int, int]:
    """(days, most partners); an override by area or kind of what the two share counts."""
    areas = {
        table.areas[x] for x in set(table.contacts.areas[0].tolist()) & set(table.contacts.areas[1].tolist())
    }
    shared = set(table.contacts.partners[0].tolist()) & set(table.contacts.partners[1].tolist())
    kinds = {table.partner_kind[p] for p in shared}
    where = [{"kind": k, "area": x} for k in kinds or {""} for x in areas or {""}]
    own = settings.values[rule]
    days = max(settings.number(rule, "days", **w) for w in where)
    most = max(settings.number(rule, "partners_most", **w) for w in where) if "partners_most" in own else 0
    return days, most


def _independent(p: _Pair) -> bool:
    """By the departments alone; the joint key is a condition of its own."""
    contacts = p.table.contacts
    import dataclasses

    apart = Independence(dataclasses.replace(contacts, joint=["", ""]), Chains(p.table.tree))
    return bool(apart(np.array([0]), np.array([1]))[0])


def _family(p: _Pair) -> bool:
    a, b = p.sets("partners")
    up = p.table.partner_parent
    for x in a:
        for y in b:
            if int(up[x]) == y or int(up[y]) == x:
                return True
            if int(up[x]) >= 0 and up[x] == up[y] and p.shared("topics"):
                return True
    return False


def _same_topics(p: _Pair) -> bool:
    a, b = p.sets("topics")
    summary = p.table.contacts.summary
    return a == b and (bool(a) or summary[0] == summary[1])


def _direction(p: _Pair) -> bool:
    both = set(p.table.contacts.channel)
    return both <= _OUT or both <= _IN


def _same_days(p: _Pair) -> bool:
    c = p.table.contacts
    exact = not (c.coarse.any() or c.yearly.any())
    return exact and bool(c.lo[0] == c.lo[1] and c.hi[0] == c.hi[1])


_HOLDS: dict[str, Callable[[_Pair], bool]] = {
    "counting": lambda p: not p.cancelled,
    "same_partner": lambda p: p.shared("partners"),
    "no_same_partner": lambda p: not p.shared("partners"),
    "family": _family,
    "few_partners": lambda p: all(len(x) <= p.most for x in p.sets("partners")),
    "same_area": lambda p: p.shared("areas"),
    "same_person": lambda p: p.shared("persons"),
    "same_direction": _direction,
    "not_remote": lambda p: not p.table.contacts.remote.any(),
    "both_ours": lambda p: not p.table.contacts.theirs.any(),
    "both_ask": lambda p: all(_ASKING & set(x) for x in p.table.contacts.purposes),
    "day_known": lambda p: not p.table.contacts.yearly.any(),
    "independent": _independent,
    "not_joint": lambda p: not p.table.contacts.joint[0] or len(set(p.table.contacts.joint)) > 1,
    "gap": lambda p: smallest_gap(p.table.contacts, 0, 1) <= p.days,
    "same_lead": lambda p: bool(p.leads(0) & p.leads(1)),
    "same_days": _same_days,
    "same_channel": lambda p: len(set(p.table.contacts.channel)) == 1,
    "same_topics": _same_topics,
}
