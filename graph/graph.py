"""The graph: one object to hold, one method a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from graph import (
    answers,
    answers_acting,
    clock,
    derive,
    entries,
    forms,
    migrate,
    settle,
    writer,
)
from graph.directory import Directory
from graph.dump import canonical_dump
from graph.facts import Fact, Written
from graph.intake import Intake
from graph.naming import Naming
from graph.prepared import Prepared
from graph.questions.asking import Asking
from graph.rules import RuleSettings, load_rules
from graph.settings import Settings
from graph.store import Store
from graph.viewer import LOCAL, Viewer

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from graph.local import Lease
    from graph.offline import Offline
    from graph.questions.check import Question

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Check:
    """One line of `doctor`."""

    name: str
    ok: bool
    detail: str


class Graph(Naming, Intake):
    """The partner graph as one viewer sees it.

    Args:
        today: the day that "next", "live" and severities are judged on; the current day by default.
        data: the data folder, below which what can be made anew is kept too; None keeps nothing.
    """

    def __init__(
        self,
        store: Store,
        viewer: Viewer = LOCAL,
        rules: RuleSettings | None = None,
        *,
        lease: Lease | None = None,
        today: date | None = None,
        data: Path | None = None,
    ) -> None:
        self.store = store
        self.data = data
        self.viewer = viewer
        self.rules = rules if rules is not None else load_rules(None)
        self._lease = lease
        self._today = today

    def as_viewer(self, viewer: Viewer) -> Graph:
        """The same store through other eyes; closing this one closes nothing."""
        return Graph(self.store, viewer, self.rules, today=self._today, data=self.data)

    def on(self, today: date) -> Graph:
        """The same graph judged on another day."""
        return Graph(self.store, self.viewer, self.rules, today=today, data=self.data)

    def close(self) -> None:
        self.store.close()
        if self._lease is not None:
            self._lease.release()

    def __enter__(self) -> Graph:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asking(self, today: date | None = None) -> Asking:
        return Asking(self.store, self.viewer, self.rules, today or self._today or clock.today())

    def day(self) -> date:
        """The day on which answers are judged."""
        return self._today or clock.today()

    # --- questions ---

    def who_talks_to(
        self,
        name: str,
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        area: str | None = None,
    ) -> answers.WhoTalksTo:
        """Who among us already talks to the partner of this name, in any recorded spelling."""
        from graph.questions.who import who_talks_to

        return who_talks_to(self._asking(), name, since=since, until=until, area=area)

    def who_talks_to_many(
        self,
        names: Sequence[str],
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        area: str | None = None,
    ) -> answers.WhoTalksToMany:
        """The same for up to 1,000 names at once, answers in the order of the names."""
        from graph.questions.who import who_talks_to_many

        return who_talks_to_many(self._asking(), names, since=since, until=until, area=area)

    def ties(self, **filters: Any) -> answers.Ties:
        """All department-partner pairs; filters as in `graph.questions.ties.ties`."""
        from graph.questions.ties import ties

        return ties(self._asking(), **filters)

    def partners(self, query: str = "", **filters: Any) -> answers.Partners:
        """Partners by name or search; filters as in `graph.questions.partners.partners`."""
        from graph.questions.partners import partners

        return partners(self._asking(), query, **filters)

    def partner(self, id: str, *, language: str = "en") -> answers.PartnerCard:
        """Everything about one partner; Unknown for an id that names none."""
        from graph.questions.card import partner_card

        return partner_card(self._asking(), id, language=language)

    def contacts(self, **filters: Any) -> answers.Contacts:
        """Contacts one by one, newest first; filters as in `graph.questions.contacts.contacts`."""
        from graph.questions.contacts import contacts

        return contacts(self._asking(), **filters)

    def findings(self, *, today: date | None = None, **filters: Any) -> answers.Findings:
        """Overlaps and conflicts; filters as in `graph.questions.findings.findings`."""
        from graph.questions.findings import findings

        return findings(self._asking(today), **filters)

    def finding(self, id: str, *, language: str = "en", today: date | None = None) -> answers.FindingDetail:
        """One finding with all its evidence; Unknown for an id that is none, or hidden."""
        from graph.questions.findings import finding

        return finding(self._asking(today), id, language=language)

    def settle(
        self, id: str, act: settle.Act, *, version: str, language: str = "en"
    ) -> answers_acting.Settled:
        """Decide about a finding, or edit its contacts so that it resolves; see `graph.settle`."""
        return settle.settle(self._asking(), id, act, version=version, language=language)

    def what_if(self, thresholds: str) -> answers_acting.WhatIf:
        """What the rules would find with other thresholds, such as "O1.days:30"; stores nothing."""
        from graph.questions.what_if import what_if

        return what_if(self._asking(), thresholds)

    def why_not(self, rule: str, a: str, b: str, *, language: str = "en") -> answers_acting.WhyNot:
        """Which conditions of a rule two records meet, and which they do not; for G1 `b` is ""."""
        from graph.questions.why_not import why_not

        return why_not(self._asking(), rule, a, b, language=language)

    def check(self, question: Question) -> answers_acting.Check:
        """Before you contact: who talks to the partner, and the findings that the contact would lead to."""
        from graph.questions.check import check

        return check(self._asking(), question)

    def receipt(self, id: str) -> answers_acting.Receipt:
        """What a check answered, and what was known then."""
        from graph.receipts import receipt

        return receipt(self._asking(), id)

    def record(self, receipt: str) -> answers_acting.Recorded:
        """Record the planned contact of a check; it creates just the findings that were foretold."""
        from graph.receipts import record

        return record(self._asking(), receipt)

    def departments(self) -> list[dict[str, Any]]:
        """The department tree as rows: id, name in each language, level, abbreviation, parent id."""
        return self.store.read(
            "MATCH (d:Department) RETURN d.id AS id, d.name AS name, d.name_fi AS name_fi, d.name_sv AS name_sv, "
            "d.name_en AS name_en, d.level AS level, d.abbreviation AS abbreviation, d.mailbox AS mailbox, "
            "head([(d)-[r:PART_OF]->(e:Department) WHERE r.to IS NULL | e.id]) AS parent ORDER BY name, id"
        )

    def areas(self) -> list[dict[str, Any]]:
        """Priority areas as rows: id, name in each language."""
        return self.store.read(
            "MATCH (a:Area) RETURN a.id AS id, a.name AS name, a.name_fi AS name_fi, a.name_sv AS name_sv, "
            "a.name_en AS name_en ORDER BY id"
        )

    def topics(self) -> list[dict[str, Any]]:
        """Topics as rows: id, name in each language, ids of the areas they are within."""
        return self.store.read(
            "MATCH (t:Topic) RETURN t.id AS id, t.name AS name, t.name_fi AS name_fi, t.name_sv AS name_sv, "
            "t.name_en AS name_en, [(t)-[:WITHIN]->(a:Area) | a.id] AS areas ORDER BY id"
        )

    def has_examples(self) -> bool:
        """Whether any record is marked as an example."""
        rows = self.store.read(
            "RETURN EXISTS { MATCH (p:Partner {example: true}) } OR EXISTS { MATCH (c:Contact {example: true}) } "
            "AS example"
        )
        return bool(rows[0]["example"])

    # --- networks and tables ---

    def map(self, **filters: Any) -> answers.NetworkMap:
        """A map with positions; filters: partner, hops, department, area, since, until, limit."""
        from graph.questions.network import city_map

        return city_map(self._asking(), **filters)

    def network(self, **filters: Any) -> nx.Graph[str]:
        """Who talks to whom as a networkx graph; filters as in `map`."""
        from graph.questions.network import network

        return network(self._asking(), **filters)

    def ties_frame(self, **filters: Any) -> pd.DataFrame:
        """All pairs as a table: department, partner, held, planned, first, last, next, areas, topics."""
        from graph.frames import ties_frame

        return ties_frame(self.ties(limit=None, **filters))

    def contacts_frame(self, **filters: Any) -> pd.DataFrame:
        """Contacts as a table, one row each; filters as in `contacts`."""
        from graph.frames import contacts_frame

        return contacts_frame(self, **filters)

    def findings_frame(self, **filters: Any) -> pd.DataFrame:
        """Findings as a table, one row each; filters as in `findings`."""
        from graph.frames import findings_frame

        return findings_frame(self.findings(limit=None, **filters))

    # --- facts going in ---

    def write(
        self, facts: Sequence[Fact | Prepared], *, load: str, source: str, operation: str | None = None
    ) -> list[Written]:
        """Write a batch of facts in one transaction; see `graph.writer.write`."""
        self.viewer.require("editor", "change records")
        return writer.write(
            self.store, facts, load=load, source=source, author=self.viewer.name, operation=operation
        )

    def entry(self, kind: str, id: str) -> answers_acting.Entry:
        """A record (contacts, positions, commitments, resources, materials) with its history."""
        return entries.entry(self._asking(), kind, id)

    def enter(
        self, kind: str, fields: Mapping[str, Any], *, operation: str | None = None
    ) -> answers_acting.Entry:
        """Enter a record by hand; the fields as `graph.forms` has them."""
        return entries.create(self._asking(), kind, fields, operation=operation)

    def change(
        self, kind: str, id: str, fields: Mapping[str, Any], *, version: str, whole: bool = False
    ) -> answers_acting.Entry:
        """Change a record; Changed when `version` is not what it is now."""
        return entries.change(self._asking(), kind, id, fields, version=version, whole=whole)

    def delete(self, kind: str, id: str, *, version: str) -> answers_acting.Deleted:
        """Delete a record; its history stays."""
        return entries.delete(self._asking(), kind, id, version=version)

    def options(self, label: str, language: str = "en") -> list[tuple[str, str]]:
        """(id, name) of the records of a label that a form offers to choose from."""
        return forms.options(self._asking(), label, language)

    def directory(self) -> Directory:
        """The known names, a snapshot in memory."""
        return Directory.read(self.store.read)

    # --- what is derived ---

    def refresh(self, progress: Progress | None = None) -> derive.RefreshReport:
        """Bring what facts have made stale up to date."""
        return derive.refresh(self.store, self.rules, progress, self._today)

    def rebuild(self, progress: Progress | None = None) -> derive.RebuildReport:
        """Compute everything derived again from the facts."""
        self.viewer.require("editor", "rebuild the derived graph")
        return derive.rebuild(self.store, self.rules, progress, self._today)

    def canonical_dump(self, *, ids: bool = False) -> str:
        """All facts and everything derived as sorted JSON lines; see `graph.dump`."""
        self.viewer.require("coordinator", "dump everything")
        return canonical_dump(self.store, ids=ids)

    def export_offline(self, folder: Path, progress: Progress | None = None) -> Offline:
        """The whole graph as files of Neo4j's own offline importer; see `graph.offline`."""
        from graph.offline import export_offline

        return export_offline(self.store, self.viewer, folder, progress)

    def doctor(self) -> list[Check]:
        """Whether store, schema and derived graph are as they should be."""
        version = self.store.read("CALL dbms.components() YIELD name, versions RETURN name, versions[0] AS v")
        have = migrate.current_version(self.store)
        missing = migrate.missing(self.store)
        stale = self.store.read("MATCH (s:Scope {stale: true}) RETURN count(s) AS n")[0]["n"]
        running = self.store.read("MATCH (l:Load {status: 'running'}) RETURN count(l) AS n")[0]["n"]
        return [
            Check("store", True, f"{self.store.uri}, {version[0]['name']} {version[0]['v']}"),
            Check(
                "schema", have is not None and not missing, f"version {have}; missing: {missing or 'nothing'}"
            ),
            Check(
                "derived graph",
                stale == 0,
                f"{stale} stale scopes" + (": run kumppani rebuild" if stale else ""),
            ),
            Check("loads", running == 0, f"{running} running or interrupted"),
            Check("rules", True, f"settings {self.rules.fingerprint[:12]}"),
        ]


def open_graph(
    viewer: Viewer = LOCAL, settings: Settings | None = None, progress: Progress | None = None
) -> Graph:
    """Open the partner graph: the Neo4j that KUMPPANI_NEO4J_URI names, else the local one (started if need be).

    The schema is made or migrated, and what a crash left stale in the derived graph is brought up to date.
    """
    settings = settings or Settings()
    rules = load_rules(settings.rules)
    lease: Lease | None = None
    if settings.neo4j_uri:
        uri, user = settings.neo4j_uri, settings.neo4j_user
        password, database = settings.neo4j_password.get_secret_value(), settings.neo4j_database
    else:
        from graph.local import acquire

        lease = acquire(settings, progress=progress)
        server = lease.server
        uri, user, password, database = server.uri, server.user, server.password, server.database
    try:
        store = Store(uri, user, password, database, deadline=settings.deadline_seconds)
        try:
            migrate.ensure_schema(store)
            derive.follow_settings(store, rules, progress)
        except BaseException:
            store.close()
            raise
    except BaseException:
        if lease is not None:
            lease.release()
        raise
    return Graph(store, viewer, rules, lease=lease, data=settings.data)
