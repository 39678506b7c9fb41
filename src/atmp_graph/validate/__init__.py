"""SHACL over any data: shapes compiled to SPARQL, a report that reads like a good compiler's."""

from atmp_graph.validate.report import Report, Result
from atmp_graph.validate.run import validate

__all__ = ["Report", "Result", "validate"]
