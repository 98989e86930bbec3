"""The typed answers: the same fields from Python, the command line and HTTP.

Days are ISO 8601 text, ids opaque text. `schema()` publishes the JSON Schema of all of them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["info", "review", "low", "medium", "high", "critical", "block"]


class Answer(BaseModel):
    """Base of all answers: unknown fields are an error, so a contract cannot drift unnoticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(Answer):
    """An id with its caption."""

    id: str
    name: str


class MatchedPartner(Named):
    """The partner a name led to: `matched_by` is id, name, alias, or known where the name is not recorded but

    can mean only this; `score` 0..1 (1 when exact).
    """

    matched_by: Literal["id", "name", "alias", "known"]
    score: float


class Tie(Answer):
    """One department's dealings with a partner: counts of contacts and days."""

    id: str
    name: str
    held: int
    planned: int
    first: str | None
    last: str | None
    next: str | None
    areas: list[str]
    topics: list[str]


class Notice(Answer):
    """That there is something confidential: which division, since which month, whom to ask. No more."""

    division: str
    month: str
    mailbox: str


class Candidate(Answer):
    """A partner that a name may mean; `why` is a sentence."""

    id: str
    name: str
    country: str | None
    score: float
    why: str


class WhoTalksTo(Answer):
    """Who among us already talks to this partner. `partner` is null when unknown or unsure."""

    partner: MatchedPartner | None
    departments: list[Tie]
    notices: list[Notice]
    candidates: list[Candidate]


class WhoTalksToMany(Answer):
    """Answers in the order of the names asked."""

    answers: list[WhoTalksTo]


class PairTie(Answer):
    """A department-partner pair, as an edge of every map."""

    department: Named
    partner: Named
    held: int
    planned: int
    first: str | None
    last: str | None
    next: str | None
    areas: list[str]
    topics: list[str]


class Ties(Answer):
    """A page of pairs; `next` is the cursor of the page after, null on the last."""

    ties: list[PairTie]
    next: str | None


class AgreementCard(Answer):
    id: str
    title: str
    kind: str | None
    signed: str | None
    valid_from: str | None
    valid_to: str | None
    notice_by: str | None
    status: str | None
    departments: list[Named]
    reference: str | None


class RestrictionCard(Answer):
    id: str
    kind: Literal["suspended", "approval_needed", "channel_only"]
    target: str
    channels: list[str]
    exempt_purposes: list[str]
    valid_from: str | None
    valid_to: str | None
    decision: str | None
    reason: str | None
    reference: str | None


class MembershipCard(Answer):
    network: Named
    role: str | None
    fee_eur: float | None
    valid_from: str | None
    valid_to: str | None
    decision: str | None
    reference: str | None


class PersonCard(Answer):
    id: str
    name: str
    title: str | None


class LeadCard(Answer):
    department: Named
    area: str | None
    valid_from: str | None
    valid_to: str | None


class ContactCard(Answer):
    id: str
    date: str
    end_date: str | None
    precision: Literal["day", "month", "year"]
    status: Literal["planned", "held", "cancelled"]
    channel: str | None
    initiative: str
    purposes: list[str]
    summary: str | None
    confidentiality: str
    departments: list[Named]
    partners: list[Named]
    areas: list[str]
    topics: list[str]
    example: bool
    reference: str | None


class Contacts(Answer):
    contacts: list[ContactCard]
    next: str | None


class PartnerRecord(Answer):
    """One of the records that a partner was recorded as, with its own properties and where it came from."""

    id: str
    name: str
    kind: str | None
    country: str | None
    status: str | None
    website: str | None
    source: str | None
    reference: str | None
    contacts: int


class PartnerRow(Answer):
    id: str
    name: str
    kind: str | None
    country: str | None
    departments: int
    held: int
    planned: int
    last: str | None
    next_contact: str | None


class Partners(Answer):
    partners: list[PartnerRow]
    next: str | None


class MayBe(Answer):
    """Another partner that may be the same one; a person has not judged it yet."""

    id: str
    name: str
    score: float


class PartnerCard(Answer):
    """Everything on one page about a partner; `contacts` are the newest ones (see /contacts for all).

    `records` are the records judged to be this partner, the one that stands for them first; `may_be` are others
    that wait to be judged; `doubts` say from which cell its name was read without being sure.
    """

    id: str
    name: str
    kind: str | None
    country: str | None
    status: str | None
    key_partner: bool
    example: bool
    reference: str | None
    aliases: list[str]
    records: list[PartnerRecord]
    may_be: list[MayBe]
    doubts: list[str]
    part_of: Named | None
    talks: WhoTalksTo
    lead: list[LeadCard]
    agreements: list[AgreementCard]
    restrictions: list[RestrictionCard]
    memberships: list[MembershipCard]
    persons: list[PersonCard]
    contacts: list[ContactCard]
    findings: list[FindingCard]


class FindingSubject(Answer):
    kind: str
    id: str
    name: str


class Alike(Answer):
    """A finding of the same rule with the same records, about something else."""

    id: str
    subject: FindingSubject


class DecisionCard(Answer):
    """What somebody decided about a finding. `action` is what was done to settle it, where something was.

    `in_force`: it covers the finding as it is now, and has not expired.
    """

    id: str
    kind: Literal["acknowledge", "waive", "comment"]
    action: str | None
    author: str
    reason: str
    at: str
    expires: str | None
    standing: bool
    in_force: bool


class FindingCard(Answer):
    """A finding in a list. `contacts` is how many records; `records` the ids that show it best.

    `also`: findings with the same records that the list folds into this one.
    """

    id: str
    rule: str
    version: int
    severity: Severity
    certain: bool
    status: Literal["open", "acknowledged", "waived", "resolved"]
    partner: Named | None
    subject: FindingSubject
    departments: list[Named]
    contacts: int
    records: list[str]
    first: str
    last: str
    smallest_gap_days: int | None
    live: bool
    standing: bool
    explanation: str
    also: list[Alike] = Field(default_factory=list)


class Findings(Answer):
    findings: list[FindingCard]
    next: str | None


class Evidence(Answer):
    """One record of a finding, as much as its reader may see, and how it came about.

    `source` is the load or the user it came from, `files` what was loaded then, `row` the row of the file;
    `entered_by` and `entered_at` say who loaded or entered it and when. `told`: the partners it was said to,
    `stated_in`: the contact in which. `replaced`: what stood before it, as id, day and content.
    """

    id: str
    kind: Literal["contact", "position", "commitment", "material", "membership", "partner"]
    date: str | None
    end_date: str | None
    summary: str | None
    departments: list[Named]
    source: str | None
    files: list[str] = []
    row: int | None = None
    entered_by: str | None = None
    entered_at: str | None = None
    recorded_on: str | None = None
    told: list[Named] = []
    stated_in: str | None = None
    replaced: list[str] = []


class MonthCount(Answer):
    """How many records of a finding began in a month (YYYY-MM)."""

    month: str
    records: int


class FindingDetail(Answer):
    """A finding with its whole evidence and what was decided about it; `version` is its ETag.

    `explain` holds the compared values of the pairs that show it best, the threshold, and the nearest miss in
    words of each language (`pieces`).
    """

    finding: FindingCard
    version: str
    decisions: list[DecisionCard]
    rule_title: str
    rule_text: str
    settings: dict[str, Any]
    first_seen: str
    evidence: list[Evidence]
    months: list[MonthCount]
    explain: dict[str, Any]


class Problem(Answer):
    """A row that could not be taken: `row` as the spreadsheet numbers it (null when the whole file)."""

    row: int | None
    column: str | None
    value: str | None
    reason: str
    suggestion: str | None


class ReadWithDoubt(Answer):
    """A cell of several names that was taken apart, or left whole, on weak evidence; its row is loaded."""

    row: int
    column: str
    cell: str
    read_as: list[str]
    why: str


class FileReport(Answer):
    """loaded + unchanged + repeated + quarantined = rows. `unsure` counts the rows read with doubt."""

    name: str
    rows: int
    loaded: int
    unchanged: int
    repeated: int
    quarantined: int
    problems: list[Problem]
    unsure: int = 0
    doubts: list[ReadWithDoubt] = Field(default_factory=list)


class FindingsDelta(Answer):
    opened: int
    closed: int


class LoadNames(Answer):
    """What became of the names of a load's new partners: joined by machine, and left to a person."""

    joined: int
    to_review: int


class LoadReport(Answer):
    """How a load ended; `names` is null where nothing was written or names were left for later."""

    load: str
    files: list[FileReport]
    created: dict[str, int]
    findings: FindingsDelta
    dry_run: bool = False
    notes: list[str] = Field(default_factory=list)
    names: LoadNames | None = None


class LoadRow(Answer):
    load: str
    mapping: str
    files: list[str]
    author: str
    status: Literal["running", "done", "failed", "undoing", "undone"]
    started_at: str
    ended_at: str | None
    undone_at: str | None
    undone_by: str | None
    rows: int
    loaded: int
    unchanged: int
    repeated: int
    quarantined: int


class Loads(Answer):
    loads: list[LoadRow]


class MapNode(Answer):
    """A node of a map; `x`, `y` in the units of the drawing, computed here and stable for the same graph."""

    id: str
    name: str
    kind: Literal["department", "partner", "network", "group"]
    group: str
    weight: float
    x: float
    y: float
    notice: bool = False


class MapEdge(Answer):
    source: str
    target: str
    held: int
    planned: int
    last: str | None
    next: str | None
    areas: list[str]
    conflict: bool
    severity: Severity | None


class NetworkMap(Answer):
    """A whole-city or ego map. `aggregated` says in words what was left out or drawn together, or null."""

    title: str
    nodes: list[MapNode]
    edges: list[MapEdge]
    aggregated: str | None


def schema() -> dict[str, Any]:
    """JSON Schema of every answer, by name."""
    from graph import answers_acting, answers_names, answers_undo  # noqa: F401 - so that its answers are there too

    return {
        cls.__name__: cls.model_json_schema(mode="serialization")
        for cls in sorted(Answer.__subclasses__(), key=lambda c: c.__name__)
    }


PartnerCard.model_rebuild()
