"""Which departments are in one chain, and which pairs of contacts are therefore not independent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.rules.columns import FOREVER, Bools, Contacts, Ints, Tree

_PAIRS_AT_ONCE = 2_000_000


class Chains:
    """Chains over time: the days between two changes of the tree share one matrix."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        starts = {-FOREVER}
        for _, _, start, end in tree.parts:
            starts.add(start)
            starts.add(end + 1)
        self.starts: Ints = np.array(sorted(starts), dtype=np.int64)
        self._matrix: dict[int, Bools] = {}

    def epoch(self, days: Ints) -> Ints:
        """For each day the number of the stretch it lies in."""
        return np.maximum(np.searchsorted(self.starts, days, side="right") - 1, 0)

    def beneath(self, epoch: int) -> Bools:
        """D x D: row lies beneath column, at any depth, in this stretch."""
        day = int(self.starts[epoch])
        n = self.tree.size
        under = np.zeros((n, n), dtype=np.bool_)
        for child, parent, start, end in self.tree.parts:
            if start <= day <= end:
                under[child, parent] = True
        while True:
            wider = under | (under.astype(np.float32) @ under.astype(np.float32) > 0)
            if (wider == under).all():
                return under
            under = wider

    def matrix(self, epoch: int) -> Bools:
        """D x D: the two are in one chain in this stretch; a city-level one with itself only."""
        if epoch not in self._matrix:
            under = self.beneath(epoch)
            chain = under | under.T
            chain[self.tree.city, :] = False
            chain[:, self.tree.city] = False
            np.fill_diagonal(chain, True)
            self._matrix[epoch] = chain
        return self._matrix[epoch]


class Independence:
    """Answers for pairs of contacts whether they are independent.

    Contacts with the same departments in the same roles share a signature, and all answers depend on the two
    signatures and on the stretches of the tree that the two days lie in: few different questions for many pairs.
    """

    def __init__(self, contacts: Contacts, chains: Chains) -> None:
        self.chains = chains
        self.epoch = chains.epoch(contacts.lo)
        self.joint = _codes(contacts.joint)
        kinds: dict[tuple[tuple[int, bool], ...], int] = {}
        values = contacts.departments.values.tolist()
        leads = contacts.leads.tolist()
        offsets = contacts.departments.offsets.tolist()
        self.signature: Ints = np.fromiter(
            (
                kinds.setdefault(
                    tuple(zip(values[a:b], leads[a:b], strict=True)), len(kinds)
                )
                for a, b in zip(offsets, offsets[1:], strict=False)
            ),
            dtype=np.int64,
            count=len(contacts),
        )
        size = chains.tree.size
        self.has = np.zeros((len(kinds), size), dtype=np.bool_)
        self.lead = np.zeros((len(kinds), size), dtype=np.bool_)
        for kind, number in kinds.items():
            for department, leading in kind:
                self.has[number, department] = True
                self.lead[number, department] = leading
        self._blocked: dict[int, Bools] = {}

    def _reach(self, epoch: int) -> Bools:
        """S x D: some lead of the signature is in one chain with the department."""
        if epoch not in self._blocked:
            chain = self.chains.matrix(epoch).astype(np.float32)
            self._blocked[epoch] = self.lead.astype(np.float32) @ chain > 0
        return self._blocked[epoch]

    def __call__(self, a: Ints, b: Ints) -> Bools:
        """For contacts a[i] and b[i] (rows)."""
        out = ~((self.joint[a] == self.joint[b]) & (self.joint[a] >= 0))
        kinds, epochs = len(self.has), len(self.chains.starts)
        code = ((self.signature[a] * kinds + self.signature[b]) * epochs + self.epoch[a]) * epochs + self.epoch[b]
        codes, back = np.unique(code, return_inverse=True)
        answer = np.empty(len(codes), dtype=np.bool_)
        for start in range(0, len(codes), _PAIRS_AT_ONCE // 100):
            part = codes[start : start + _PAIRS_AT_ONCE // 100]
            rest, epoch_b = np.divmod(part, epochs)
            rest, epoch_a = np.divmod(rest, epochs)
            sig_a, sig_b = np.divmod(rest, kinds)
            hit = np.zeros(len(part), dtype=np.bool_)
            for epoch in (epoch_a, epoch_b):
                for e in np.unique(epoch):
                    at = epoch == e
                    reach = self._reach(int(e))
                    hit[at] |= (reach[sig_a[at]] & self.has[sig_b[at]]).any(axis=1)
                    hit[at] |= (reach[sig_b[at]] & self.has[sig_a[at]]).any(axis=1)
            answer[start : start + len(part)] = ~hit
        return out & answer[back]


def _codes(texts: Sequence[str]) -> Ints:
    """A number for each different text, -1 for the empty one."""
    numbers: dict[str, int] = {"": -1}
    return np.fromiter((numbers.setdefault(t, len(numbers) - 1) for t in texts), dtype=np.int64, count=len(texts))
