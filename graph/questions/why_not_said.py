"""Why not, of positions, core messages and commitments."""

from __future__ import annotations

import math

from graph.questions.asking import Asking
from graph.questions.why_not_terms import Condition, Conditions, counting, days_missing, made_in, table_of
from graph.rules import commitments as promised
from graph.rules import stance
from graph.rules.chains import chains_of
from graph.rules.columns import Columns
from graph.scopes import ISSUE, PARTNER, RESOURCE


def _issue_of(asking: Asking, label: str, id: str) -> list[str]:
    rows = asking.store.read(
        f"MATCH (:{label} {{id: $id}})-[:ON]->(i:Issue) RETURN i.id AS id ORDER BY id", id=id
    )
    return [row["id"] for row in rows]


def stances(asking: Asking, a: str, b: str) -> Conditions:
    issues = sorted({*_issue_of(asking, "Position", a), *_issue_of(asking, "Position", b)})
    table = table_of(asking, ISSUE, issues)
    positions = table.positions
    x, y = positions.id.index(a), positions.id.index(b)
    ours = bool(positions.holder[x] >= 0 and positions.holder[y] >= 0)
    yield Condition("same_issue", bool(positions.issue[x] == positions.issue[y]))
    yield Condition("both_positions_ours", ours)
    yield Condition("opposite", {positions.stance[x], positions.stance[y]} == {"support", "oppose"})
    yield Condition("other_department", bool(positions.holder[x] != positions.holder[y]))
    if ours:
        ends = {
            r: day
            for i in {int(positions.issue[x]), int(positions.issue[y])}
            for r, day in stance.last_days(
                table,
                chains_of(table),
                [r for r in range(len(positions.id)) if positions.issue[r] == i and positions.holder[r] >= 0],
            ).items()
        }
        starts = [int(positions.start[r]) for r in (x, y)]
        void = any(ends[r] < int(positions.start[r]) for r in (x, y))
        missing = max(starts) - min(ends[x], ends[y])
        yield Condition("common_days_held", missing <= 0 and not void, days_missing(missing))


def off_message(asking: Asking, a: str, b: str) -> Conditions:
    on = _issue_of(asking, "Position", a)
    table = table_of(asking, ISSUE, sorted({*on, *_issue_of(asking, "Material", b)}))
    positions, materials = table.positions, table.materials
    x = positions.id.index(a)
    of_issue = [m for m in range(len(materials.id)) if materials.id[m] == b]
    same = [m for m in of_issue if materials.issue[m] == positions.issue[x]]
    yield Condition("core_message", bool(of_issue))
    yield Condition("same_issue", bool(same) or not of_issue)
    yield Condition("position_ours", bool(positions.holder[x] >= 0))
    yield Condition("takes_side", positions.stance[x] != "neutral")
    if not same:
        return
    m = same[0]
    yield Condition("says_otherwise", materials.stance[m] != positions.stance[x])
    lo, hi = int(positions.stated_lo[x]), int(positions.stated_hi[x])
    missing = max(int(materials.start[m]) - hi, lo - int(materials.end[m]))
    yield Condition("valid_when_stated", missing <= 0, days_missing(missing))
    if positions.stated_coarse[x]:
        yield Condition("surely", materials.start[m] <= lo and hi <= materials.end[m])


def core_messages(asking: Asking, a: str, b: str) -> Conditions:
    issues = {x: _issue_of(asking, "Material", x) for x in (a, b)}
    table = table_of(asking, ISSUE, sorted({*issues[a], *issues[b]}))
    materials = table.materials
    rows = {x: [m for m in range(len(materials.id)) if materials.id[m] == x] for x in (a, b)}
    yield Condition("both_core_messages", bool(rows[a]) and bool(rows[b]))
    both = [(m, n) for m in rows[a] for n in rows[b] if materials.issue[m] == materials.issue[n]]
    yield Condition("same_issue", bool(both) or not (rows[a] and rows[b]))
    if both:
        m, n = both[0]
        yield Condition("say_otherwise", materials.stance[m] != materials.stance[n])
        start = max(int(materials.start[m]), int(materials.start[n]))
        missing = start - min(int(materials.end[m]), int(materials.end[n]))
        yield Condition("common_days", missing <= 0, days_missing(missing))


def commitments(asking: Asking, a: str, b: str) -> Conditions:
    """By what they promise; by the resource where that is what stands between them."""
    (one, p, x), (other, q, y) = made_in(asking, a), made_in(asking, b)
    there = counting(asking, one) and counting(asking, other)
    if not there:
        yield Condition("made_in_counting", False)
        return
    by_key = list(_by_key(table_of(asking, PARTNER, sorted({*p, *q})), a, b))
    if x and x == y and not all(c.holds for c in by_key):
        by_key = list(_by_resource(table_of(asking, RESOURCE, [x]), a, b))
    yield Condition("made_in_counting", True)
    yield from by_key


def _both(table: Columns, a: str, b: str) -> tuple[int, int]:
    return table.commitments.id.index(a), table.commitments.id.index(b)


def _common(table: Columns, x: int, y: int) -> Condition:
    (start_x, end_x), (start_y, end_y) = promised.period(table, x), promised.period(table, y)
    missing = max(start_x, start_y) - min(end_x, end_y)
    return Condition("common_days", missing <= 0, days_missing(missing))


def _by_key(table: Columns, a: str, b: str) -> Conditions:
    made = table.commitments
    x, y = _both(table, a, b)
    said_x, said_y = promised.said(table, x), promised.said(table, y)
    yield Condition("both_by_us", bool(made.ours[x] and made.ours[y]))
    yield Condition("same_partner", bool(promised.partners_of(table, x) & promised.partners_of(table, y)))
    yield Condition("same_key", bool(made.key[x]) and made.key[x] == made.key[y])
    yield Condition("open_or_kept", all(made.status[r] in ("open", "kept") for r in (x, y)))
    yield Condition("differ", bool(said_x and said_y) and said_x != said_y)
    yield _common(table, x, y)
    replaced = x in made.replaces[y].tolist() or y in made.replaces[x].tolist()
    yield Condition("not_replaced", not replaced)


def _by_resource(table: Columns, a: str, b: str) -> Conditions:
    made = table.commitments
    x, y = _both(table, a, b)
    yield Condition("both_by_us", bool(made.ours[x] and made.ours[y]))
    yield Condition("same_resource", bool(made.resource[x] >= 0 and made.resource[x] == made.resource[y]))
    yield Condition("both_open", all(made.status[r] == "open" for r in (x, y)))
    same = promised.leads_of(table, x) == promised.leads_of(table, y)
    same = same and promised.partners_of(table, x) == promised.partners_of(table, y)
    yield Condition("other_department_or_partner", not same)
    yield _common(table, x, y)
    capacity = float(table.capacity[int(made.resource[x])]) if made.resource[x] >= 0 else math.nan
    together = float(made.promised[x]) + float(made.promised[y])
    known = math.isnan(capacity) or not math.isnan(together)
    yield Condition("more_than_there_is", math.isnan(capacity) or not together <= capacity)
    if not known:
        yield Condition("surely", False)
