"""A small graph for the tests of search, evidence, describe and change: two sections that disagree."""

from __future__ import annotations

import pyoxigraph as ox

PREFIXES = """
@prefix atmp: <https://w3id.org/atmp-graph/ontology/> .
@prefix concept: <https://w3id.org/atmp-graph/concept/> .
@prefix id: <https://w3id.org/atmp-graph/id/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
GRAPH = "https://w3id.org/atmp-graph/graph/"
ID = "https://w3id.org/atmp-graph/id/"
ATMP = "https://w3id.org/atmp-graph/ontology/"

GRAPHS = {
    "https://w3id.org/atmp-graph/ontology/core-module": """
        atmp:Company a owl:Class ; rdfs:subClassOf atmp:Agent ; rdfs:label "company"@en, "företag"@sv .
        atmp:Facility a owl:Class ; rdfs:label "facility"@en, "anläggning"@sv .
        atmp:Claim a owl:Class ; rdfs:subClassOf atmp:QualifiedStatement ;
            rdfs:label "claim"@en, "utsaga"@sv .
        atmp:operatesFacility rdfs:label "runs facility"@en, "driver anläggning"@sv ;
            owl:inverseOf atmp:isOperatedBy .
        atmp:isOperatedBy rdfs:label "is run by"@en, "drivs av"@sv .
        atmp:concerns rdfs:label "concerns"@en, "rör"@sv .
        concept:gene-therapy a skos:Concept ; skos:prefLabel "gene therapy"@en, "genterapi"@sv .
        concept:differs-value a skos:Concept ;
            skos:prefLabel "differs in value"@en, "skiljer sig i värde"@sv .
    """,
    GRAPH + "entities/things": """
        id:maker a atmp:Company ; rdfs:label "Ørsted Cells"@en, "Ørsted Celler"@sv .
        id:plant a atmp:Facility ; rdfs:label "Plant in Skåne"@en, "Anläggning i Skåne"@sv .
        id:report a atmp:Source ; rdfs:label "The report"@en, "Rapporten"@sv .
    """,
    GRAPH + "report/1": f"""
        <{GRAPH}report/1> a atmp:Section ; atmp:heading "Chapter one"@en ; atmp:isSectionOf id:report .
        id:maker atmp:operatesFacility id:plant ; skos:altLabel "OC"@en .
        id:claim-big a atmp:Claim ; rdfs:label "The plant is big"@en, "Anläggningen är stor"@sv ;
            atmp:concerns id:plant ; atmp:summary "It is said to be big."@en, "Den sägs vara stor."@sv .
    """,
    GRAPH + "report/2": f"""
        <{GRAPH}report/2> a atmp:Section ; atmp:heading "Chapter two"@en ; atmp:isSectionOf id:report .
        id:maker atmp:operatesFacility id:plant .
        id:claim-small a atmp:Claim ; rdfs:label "The plant is small"@en, "Anläggningen är liten"@sv ;
            atmp:concerns id:plant ; atmp:summary "It is said to be small."@en, "Den sägs vara liten."@sv .
        id:quarrel a atmp:Disagreement ; rdfs:label "Big or small"@en, "Stor eller liten"@sv ;
            atmp:hasSide id:claim-big, id:claim-small ; atmp:disagreementKind concept:differs-value ;
            atmp:summary "The two chapters differ."@en, "De två kapitlen skiljer sig."@sv .
    """,
    GRAPH + "inferred": """
        id:plant atmp:isOperatedBy id:maker . id:maker a atmp:Agent .
        concept:differs-value rdfs:label "differs in value"@en, "skiljer sig i värde"@sv .
    """,
}


def quads(**changed: str) -> list[ox.Quad]:
    """All quads; ``changed`` gives graphs another text, by the last part of their name."""
    found: list[ox.Quad] = []
    for name, own in GRAPHS.items():
        text = changed.get(name.rsplit("/", 1)[-1].replace("1", "one").replace("2", "two"), own)
        graph = ox.NamedNode(name)
        for triple in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE):
            found.append(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    return found
