"""Names, as methods of the graph: which partner a name means, and which records are one partner or one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from graph import answers, answers_names
from graph.answers_names import Of
from graph.errors import BadInput
from graph.store import Store
from graph.viewer import Viewer

if TYPE_CHECKING:
    from graph.derive import RefreshReport
    from graph.judgements import Judgement
    from graph.questions.asking import Asking

Progress = Callable[[int, int | None, str], None]


class Naming:
    """What `graph.Graph` answers and records about names."""

    store: Store
    viewer: Viewer

    if TYPE_CHECKING:

        def _asking(self) -> Asking: ...

        def refresh(self, progress: Progress | None = None) -> RefreshReport: ...

    def warm_names(self) -> None:
        """Read every name into memory now: seconds where there are 100,000; otherwise the first question does it."""
        from graph.questions.naming import book_of

        book_of(self.store).warm()

    def match_name(self, text: str, **filters: Any) -> answers_names.NameMatches:
        """What a name may mean and why; filters as in `graph.questions.naming.match_name`."""
        from graph.questions.naming import match_name

        return match_name(self._asking(), text, **filters)

    # --- which records are one partner, or one person ---

    def judge(
        self,
        a: str,
        b: str,
        verdict: Literal["same", "different", "unsure"],
        *,
        why: str = "",
        keep: str = "",
        seen: str = "",
        of: Of = "partner",
    ) -> answers_names.Judged:
        """Judge two records; see `graph.judgements.judge`. What is derived is brought up to date."""
        from graph.judgements import Judgement
        from graph.questions.judgements import judged

        made = Judgement(a, b, verdict, why, keep, seen=seen, of=of)
        self.judge_many([made])
        return judged(self.store, made)

    def judge_many(self, judgements: Sequence[Judgement]) -> None:
        """Many judgements at once, all or none."""
        from graph.judgements import judge

        judge(self.store, self.viewer, judgements)
        self.refresh()

    def merge(
        self, a: str, b: str, *, why: str = "", keep: str = "", of: Of = "partner"
    ) -> answers_names.Judged:
        """Two records are one partner, or one person; `keep` is the one that stands for both."""
        return self.judge(a, b, "same", why=why, keep=keep, of=of)

    def unmerge(self, record: str, *, why: str = "", of: Of = "partner") -> answers_names.Judgements:
        """Take a record out of its cluster: it stands as if it had never been merged. Its judgements."""
        from graph.judgements import unmerge

        unmerge(self.store, self.viewer, record, why, of)
        self.refresh()
        on_person = of == "person"
        return self.judgements(partner=None if on_person else record, person=record if on_person else None)

    def person_named(self, text: str, *, organisation: str = "") -> str:
        """Id of the person that a name or id leads to, among those whom the viewer may know of.

        Args:
            organisation: the name of one, where several persons bear the name.

        Raises:
            BadInput: it leads to none or to several.
        """
        from graph.forms import find_person

        return find_person(self._asking(), text, organisation)

    def take_back(self, a: str, b: str, *, of: Of = "partner") -> None:
        """What the newest judgement on two records replaced counts again."""
        from graph.judgements import take_back

        take_back(self.store, self.viewer, a, b, of)
        self.refresh()

    def find_duplicates(
        self, progress: Progress | None = None, *, of: Of = "partner"
    ) -> answers_names.FoundDuplicates:
        """Look for partners, or persons, recorded twice: sure ones are joined, others wait in `review`."""
        from graph.duplicates import find

        found = find(self.store, self.viewer, progress, of)
        self.refresh(progress)
        return found

    def judge_names_of(self, load: str, progress: Progress | None = None) -> answers.LoadNames:
        """Compare the partners that a load brought with all there are; what is derived is left stale.

        What was judged before for the same load counts too, so that it can be interrupted and begun again.
        """
        from graph.duplicates import judge_load

        return judge_load(self.store, self.viewer, load, progress)

    def judge_rule(self, rule: str, verdict: Literal["same", "different"], *, of: Of = "partner") -> int:
        """Judge every pair in `review` that differs in just this rule; how many there were."""
        from graph.judgements import Judgement

        waiting = self.review(of=of, rule=rule, limit=None).pairs
        made = []
        for pair in waiting:
            a, b = pair.records
            made.append(Judgement(a.id, b.id, verdict, f"all: {rule}", seen=pair.judgement, of=of))
        self.judge_many(made)
        return len(waiting)

    def review(self, **filters: Any) -> answers_names.ReviewQueue:
        """Partners, or persons, that may be one, for somebody to judge; filters as in `graph.questions.review.queue`."""
        from graph.questions.review import queue

        return queue(self._asking(), **filters)

    def judgements(
        self,
        *,
        partner: str | None = None,
        person: str | None = None,
        of: Of = "partner",
        limit: int | None = 100,
        cursor: str | None = None,
    ) -> answers_names.Judgements:
        """Judgements, newest first, and their contradictions: on partners, or on persons where `of` or `person` asks.

        Args:
            partner, person: only those on the records of this one's cluster.
            limit: None gives all of them.

        Raises:
            BadInput: a partner asked for among judgements on persons.
        """
        from graph.questions.judgements import all_judgements

        if partner and (person or of == "person"):
            raise BadInput("A judgement is on partners or on persons: ask for either.")
        of = "person" if person else of
        return all_judgements(self.store, of=of, record=partner or person, limit=limit, cursor=cursor)
