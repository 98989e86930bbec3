"""Which departments are in one chain, and which pairs of contacts are therefore not independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from graph.rules.columns import FOREVER, Bools, Columns, Contacts, Ints, Tree

Words = npt.NDArray[np.uint64]
_KEPT = 64


class Chains:
    """Chains over time: the days between two changes of the tree share one matrix."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        starts = {-FOREVER}
        for _, _, start, end in tree.parts:
            starts.add(start)
            starts.add(end + 1)
        self.starts: Ints = np.array(sorted(starts), dtype=np.int64)
        self._parts: Ints = np.array(sorted(tree.parts), dtype=np.int64).reshape(-1, 4)
        self._beneath: dict[int, Bools] = {}
        self._matrix: dict[int, Bools] = {}

    def epoch(self, days: Ints) -> Ints:
        """For each day the number of the stretch it lies in."""
        return np.maximum(np.searchsorted(self.starts, days, side="right") - 1, 0)

    def beneath(self, epoch: int) -> Bools:
        """D x D: row lies beneath column, at any depth, in this stretch."""
        if epoch not in self._beneath:
            day = self.starts[epoch]
            parts = self._parts[(self._parts[:, 2] <= day) & (day <= self._parts[:, 3])]
            under = np.zeros((self.tree.size, self.tree.size), dtype=np.bool_)
            under[parts[:, 0], parts[:, 1]] = True
            first = np.nonzero(np.diff(parts[:, 0], prepend=-1))[0]  # parts are sorted by child
            while len(parts):
                # Each lies beneath all that its parents do; once more for each level of the tree.
                above = np.logical_or.reduceat(under[parts[:, 1]], first, axis=0)
                wider = under[parts[first, 0]] | above
                if np.array_equal(wider, under[parts[first, 0]]):
                    break
                under[parts[first, 0]] = wider
            _keep(self._beneath, epoch, under)
        return self._beneath[epoch]

    def matrix(self, epoch: int) -> Bools:
        """D x D: the two are in one chain in this stretch; a city-level one with itself only."""
        if epoch not in self._matrix:
            under = self.beneath(epoch)
            chain = under | under.T
            chain[self.tree.city, :] = False
            chain[:, self.tree.city] = False
            np.fill_diagonal(chain, True)
            _keep(self._matrix, epoch, chain)
        return self._matrix[epoch]


def _keep(matrices: dict[int, Bools], epoch: int, matrix: Bools) -> None:
    """Remember a matrix, but not those of a thousand stretches at once."""
    if len(matrices) >= _KEPT:
        matrices.clear()
    matrices[epoch] = matrix


class Apartness(Protocol):
    """Which contacts (rows) may link, and classes of twins that may all link with the same ones or with none."""

    klass: Ints

    def __call__(self, a: Ints, b: Ints) -> Bools: ...


class Independence:
    """Answers for pairs of contacts whether they are independent.

    All answers depend on three things of each contact: its departments with their roles (the signature), the
    stretch of the tree its first day lies in, and its joint key. Contacts equal in all three form a class
    (`klass`): they are twins, every third contact is independent of all of them or of none. Sets of
    departments are bits in 64-bit words, so a pair costs a few machine operations.

    Classes are numbered in an order that depends on their content only, not on which others are there.
    """

    def __init__(self, contacts: Contacts, chains: Chains) -> None:
        self.chains = chains
        self.signature, sets = _signatures(contacts)
        self.stretch = chains.epoch(contacts.lo)
        epochs, self.epoch = np.unique(self.stretch, return_inverse=True)
        self.joint = codes(contacts.joint)
        # Only departments that appear need a bit; a chain between two others changes no answer.
        used = np.unique(contacts.departments.values)
        flat = np.array([code for members in sets for code in members], dtype=np.int64)
        of = np.repeat(np.arange(len(sets)), [len(members) for members in sets])
        lead = np.zeros((len(sets), len(used)), dtype=np.bool_)
        at = np.searchsorted(used, flat // 2)
        lead[of[flat % 2 == 1], at[flat % 2 == 1]] = True
        self.leads = _words(lead)
        some = np.unique(of)
        # reach[e, s]: departments in one chain with any of signature s in stretch e.
        self.reach = np.zeros((len(epochs), len(sets), self.leads.shape[1]), dtype=np.uint64)
        for e, epoch in enumerate(epochs.tolist() if len(some) else ()):
            chain = _words(chains.matrix(epoch)[np.ix_(used, used)])
            self.reach[e, some] = np.bitwise_or.reduceat(chain[at], np.searchsorted(of, some), axis=0)
        code = (self.signature * max(len(epochs), 1) + self.epoch) * (int(self.joint.max(initial=-1)) + 2)
        self.klass: Ints = np.unique(code + self.joint + 1, return_inverse=True)[1].astype(np.int64)

    def __call__(self, a: Ints, b: Ints) -> Bools:
        """For contacts a[i] and b[i] (rows)."""
        sig_a, sig_b = self.signature[a], self.signature[b]
        joint = self.joint[a]
        out: Bools = (joint != self.joint[b]) | (joint < 0)
        one = len(self.reach) == 1
        epoch_a, epoch_b = (None, None) if one else (self.epoch[a], self.epoch[b])
        for word in range(self.leads.shape[1]):
            leads, reach = self.leads[:, word], self.reach[:, :, word]
            if one:
                near_a, near_b = reach[0][sig_a], reach[0][sig_b]
            else:
                near_a = reach[epoch_a, sig_a] | reach[epoch_b, sig_a]
                near_b = reach[epoch_a, sig_b] | reach[epoch_b, sig_b]
            out &= ((leads[sig_a] & near_b) | (leads[sig_b] & near_a)) == 0
        return out


def independence_of(columns: Columns) -> Independence:
    """Independence of the contacts of this table, worked out once."""
    found = columns.kept.get("independence")
    if found is None:
        found = columns.kept["independence"] = Independence(columns.contacts, chains_of(columns))
    return cast(Independence, found)


def chains_of(columns: Columns) -> Chains:
    """Chains of the departments of this table, worked out once."""
    found = columns.kept.get("chains")
    if found is None:
        found = columns.kept["chains"] = Chains(columns.tree)
    return cast(Chains, found)


def _signatures(contacts: Contacts) -> tuple[Ints, list[tuple[int, ...]]]:
    """(number of each contact's signature, the signatures as sorted codes `department * 2 + leads`)."""
    lists = contacts.departments
    lengths = lists.lengths
    code = lists.values * 2 + contacts.leads
    code = code[np.lexsort((code, lists.rows))]
    out = np.zeros(len(contacts), dtype=np.int64)
    sets: list[tuple[int, ...]] = []
    for length in np.unique(lengths).tolist():
        rows = np.nonzero(lengths == length)[0]
        table = code[lists.offsets[rows][:, None] + np.arange(length)]
        if length == 0:
            kinds, back = np.zeros((1, 0), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
        elif length == 1:
            flat, back = np.unique(table[:, 0], return_inverse=True)
            kinds = flat[:, None]
        else:
            kinds, back = np.unique(table, axis=0, return_inverse=True)
        out[rows] = back.reshape(-1) + len(sets)
        sets += [tuple(kind) for kind in kinds.tolist()]
    return out, sets


def _words(table: Bools) -> Words:
    """Rows of truth values as rows of 64-bit words (at least one word)."""
    width = max(-(-table.shape[1] // 64), 1)
    padded = np.zeros((len(table), width * 64), dtype=np.bool_)
    padded[:, : table.shape[1]] = table
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)


def codes(texts: Sequence[str]) -> Ints:
    """A number for each different text in the order of the texts, -1 for the empty one."""
    different = set(texts)
    different.discard("")
    if not different:
        return np.full(len(texts), -1, dtype=np.int64)
    numbers = {text: k for k, text in enumerate(sorted(different))}
    numbers[""] = -1
    return np.fromiter(map(numbers.__getitem__, texts), dtype=np.int64, count=len(texts))
