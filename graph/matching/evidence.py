"""What stands beside a name and speaks for or against: country, kind, register ids, website, e-mail, parent."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.matching.why import Feature

BELOW_SURE = 0.94
APART = 0.6  # a name that evidence speaks against is no longer even possible by itself
# Domains that many bearers share: two addresses there say nothing.
SHARED = frozenset(
    [
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "yahoo.com",
        "icloud.com",
        "proton.me",
        "protonmail.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "live.com",
        "europa.eu",
        "facebook.com",
        "linkedin.com",
        "wikipedia.org",
    ]
)
# Kinds under which one body is recorded now and then.
_NEAR_KINDS = (
    frozenset({"city", "region"}),
    frozenset({"company", "ngo", "other", "network_secretariat", "university"}),
    frozenset({"international_organisation", "ngo", "network_secretariat", "other"}),
    frozenset({"eu_institution", "international_organisation"}),
)


@dataclass(frozen=True)
class Named:
    """A name and what is known of its bearer.

    Args:
        kind: a kind of Partner, or `person`.
        country: ISO 3166-1, two letters.
        register: ids by register, such as {"tr": "64270747023-20", "lei": …, "ror": …, "business_id": …}.
        parent: the partner it is part of, or for a person the organisation it works for.
    """

    text: str
    kind: str | None = None
    country: str | None = None
    website: str | None = None
    email: str | None = None
    parent: str | None = None
    register: tuple[tuple[str, str], ...] = field(default=())


def domain(website: str | None, email: str | None) -> str | None:
    """The host that is the bearer's own, None for a shared one."""
    host = (email or "").rsplit("@", 1)[-1] if email and "@" in email else (website or "")
    host = host.casefold().split("://")[-1].split("/")[0].split(":")[0].strip().removeprefix("www.")
    return host if "." in host and host not in SHARED else None


def beside(
    a: Named, b: Named, value: float, features: tuple[Feature, ...], person: bool
) -> tuple[float, tuple[Feature, ...]]:
    """The value and the features once everything else that is known has spoken."""
    more: list[Feature] = []
    ids_a, ids_b = dict(a.register), dict(b.register)
    common = sorted(ids_a.keys() & ids_b.keys())
    for register in common:
        same = ids_a[register] == ids_b[register]
        more.append(Feature("register" if same else "register_differs", ids_a[register], ids_b[register]))
        value = max(value, 0.99) if same else min(value, APART)
    decided = bool(common)
    if a.country and b.country:
        if a.country == b.country:
            more.append(Feature("country", a.country, b.country))
        else:
            more.append(Feature("country_differs", a.country, b.country))
            if not decided:
                value = min(value, APART if "city" in (a.kind, b.kind) else value * 0.8)
    if a.kind and b.kind and a.kind != b.kind and not decided:
        more.append(Feature("kind_differs", a.kind, b.kind))
        near = any({a.kind, b.kind} <= kinds for kinds in _NEAR_KINDS)
        value = min(value, 0.9) if near else min(value * 0.75, APART)
    host = domain(a.website, a.email) if a.website or a.email else None
    if host and value >= 0.5 and host == domain(b.website, b.email):
        more.append(Feature("domain", host, host))
        value = min(value + (1 - value) * 0.5, BELOW_SURE if value < BELOW_SURE else 1.0)
    if a.parent and b.parent:
        same = a.parent == b.parent
        more.append(Feature("parent" if same else "parent_differs", a.parent, b.parent))
        if person and same and value >= 0.9:
            value = max(value, 0.96)
        elif not same and not decided:
            value *= 0.9
    return round(min(value, 1.0), 4), (*features, *more)
