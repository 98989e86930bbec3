"""Names, as methods of the graph: which partner a name means, and which records are one partner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from graph import answers, answers_names
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

    def match_name(self, text: str, **filters: Any) -> answers_names.NameMatches:
        """What a name may mean and why; filters as in `graph.questions.naming.match_name`."""
        from graph.questions.naming import match_name

        return match_name(self._asking(), text, **filters)

    # --- which records are one partner ---

    def judge(
        self,
        a: str,
        b: str,
        verdict: Literal["same", "different", "unsure"],
        *,
        why: str = "",
        keep: str = "",
        seen: str = "",
    ) -> answers_names.Judged:
        """Judge two partner records; see `graph.judgements.judge`. What is derived is brought up to date."""
        from graph.judgements import Judgement
        from graph.questions.judgements import judged

        made = Judgement(a, b, verdict, why, keep, seen=seen)
        self.judge_many([made])
        return judged(self.store, made)

    def judge_many(self, judgements: Sequence[Judgement]) -> None:
        """Many judgements at once, all or none."""
        from graph.judgements import judge

        judge(self.store, self.viewer, judgements)
        self.refresh()

    def merge(self, a: str, b: str, *, why: str = "", keep: str = "") -> answers_names.Judged:
        """Two partner records are one partner; `keep` is the one that stands for both."""
        return self.judge(a, b, "same", why=why, keep=keep)

    def unmerge(self, record: str, *, why: str = "") -> answers_names.Judgements:
        """Take a record out of its cluster: it stands as if it had never been merged. Its judgements."""
        from graph.judgements import unmerge

        unmerge(self.store, self.viewer, record, why)
        self.refresh()
        return self.judgements(partner=record)

    def take_back(self, a: str, b: str) -> None:
        """What the newest judgement on two records replaced counts again."""
        from graph.judgements import take_back

        take_back(self.store, self.viewer, a, b)
        self.refresh()

    def find_duplicates(self, progress: Progress | None = None) -> answers_names.FoundDuplicates:
        """Look for partners recorded twice: sure ones are joined, others wait in `review`."""
        from graph.duplicates import find

        found = find(self.store, self.viewer, progress)
        self.refresh(progress)
        return found

    def judge_names_of(self, load: str, progress: Progress | None = None) -> answers.LoadNames:
        """Compare the partners that a load brought with all there are; what is derived is left stale.

        What was judged before for the same load counts too, so that it can be interrupted and begun again.
        """
        from graph.duplicates import judge_load

        return judge_load(self.store, self.viewer, load, progress)

    def judge_rule(self, rule: str, verdict: Literal["same", "different"]) -> int:
        """Judge every pair in `review` that differs in just this rule; how many there were."""
        from graph.judgements import Judgement

        waiting = self.review(rule=rule, limit=None).pairs
        made = []
        for pair in waiting:
            a, b = pair.records
            made.append(Judgement(a.id, b.id, verdict, f"all: {rule}", seen=pair.judgement))
        self.judge_many(made)
        return len(waiting)

    def review(self, **filters: Any) -> answers_names.ReviewQueue:
        """Partners that may be one, for a person to judge; filters as in `graph.questions.review.queue`."""
        from graph.questions.review import queue

        return queue(self._asking(), **filters)

    def judgements(self, **filters: Any) -> answers_names.Judgements:
        """Judgements, newest first, and their contradictions; filters: partner, limit, cursor."""
        from graph.questions.judgements import all_judgements

        return all_judgements(self.store, **filters)
