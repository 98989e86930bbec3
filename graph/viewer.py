"""Who asks: every question takes a Viewer, and answers from the world that this viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from graph.errors import NotAllowed

Role = Literal["reader", "editor", "coordinator", "admin"]
_RANK = {"reader": 0, "editor": 1, "coordinator": 2, "admin": 3}


@dataclass(frozen=True)
class Viewer:
    """A signed-in person or system.

    Attributes:
        name: user name, written into the audit trail.
        departments: ids of the departments it belongs to.
        role: reader, editor, coordinator or admin; coordinators and admins see confidential contacts.
    """

    name: str
    departments: frozenset[str] = frozenset()
    role: Role = "reader"

    @property
    def sees_all(self) -> bool:
        return _RANK[self.role] >= _RANK["coordinator"]

    @property
    def eyes(self) -> dict[str, Any]:
        """The parameters of the Cypher conditions on what the viewer may see."""
        return {"sees_all": self.sees_all, "viewer": self.name, "own": sorted(self.departments)}

    def may(self, role: Role) -> bool:
        """Whether the viewer has at least this role."""
        return _RANK[self.role] >= _RANK[role]

    def require(self, role: Role, doing: str) -> None:
        """NotAllowed unless the viewer has at least this role; `doing` completes "you may not …"."""
        if _RANK[self.role] < _RANK[role]:
            raise NotAllowed(f"{self.name} may not {doing}: that needs the role {role} or higher.")


LOCAL = Viewer("local", frozenset(), "admin")
"""The one viewer of an installation without sign-in."""
