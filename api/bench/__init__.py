"""`kumppani bench`: what it costs, beside the bare database, the plain Cypher and pandas, in one run."""

from api.bench.run import run

__all__ = ["run"]
