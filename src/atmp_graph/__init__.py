"""A knowledge graph of the Swedish ATMP ecosystem: authored facts in, checked releases and answers out."""

__version__ = "0.1.0"
