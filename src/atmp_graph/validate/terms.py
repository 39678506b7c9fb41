"""SHACL's own names: what we compile, what says nothing about data, what only the fallback understands."""

from __future__ import annotations

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")

PER_VALUE = {
    "class": "Class",
    "datatype": "Datatype",
    "nodeKind": "NodeKind",
    "minExclusive": "MinExclusive",
    "minInclusive": "MinInclusive",
    "maxExclusive": "MaxExclusive",
    "maxInclusive": "MaxInclusive",
    "minLength": "MinLength",
    "maxLength": "MaxLength",
    "pattern": "Pattern",
    "languageIn": "LanguageIn",
    "in": "In",
}
"""Parameter → component: constraints that each value node meets or breaks by itself."""

PER_FOCUS = {
    "minCount": "MinCount",
    "maxCount": "MaxCount",
    "hasValue": "HasValue",
    "uniqueLang": "UniqueLang",
    "equals": "Equals",
    "disjoint": "Disjoint",
    "lessThan": "LessThan",
    "lessThanOrEquals": "LessThanOrEquals",
    "closed": "Closed",
    "sparql": "SPARQL",
}
"""Parameter → component: constraints on all value nodes of a focus node together."""

LOGICAL = {"and": "And", "or": "Or", "xone": "Xone"}
SHAPE_VALUED = {"not": "Not", "node": "Node", "property": "Property", "qualifiedValueShape": "Qualified"}

COMPANIONS = {
    "flags",
    "ignoredProperties",
    "qualifiedMinCount",
    "qualifiedMaxCount",
    "qualifiedValueShapesDisjoint",
    "path",
    "severity",
    "message",
    "deactivated",
}
"""Parameters that are read together with another one."""

SAYS_NOTHING = {"name", "description", "order", "group", "defaultValue", "declare", "shapesGraph"}

COMPILED = {*TARGETS, *PER_VALUE, *PER_FOCUS, *LOGICAL, *SHAPE_VALUED, *COMPANIONS, *SAYS_NOTHING}
"""Every ``sh:`` predicate that may stand on a shape without asking for the fallback."""

FALLBACK_ONLY = {
    "target",
    "rule",
    "js",
    "expression",
    "values",
    "entailment",
    "parameter",
    "validator",
    "nodeValidator",
    "propertyValidator",
    "labelTemplate",
    "suggestedShapesGraph",
    "condition",
    "ask",
}
"""``sh:`` predicates of the standards beyond what we compile."""

OF_COMPONENTS = {"parameter", "validator", "nodeValidator", "propertyValidator", "labelTemplate", "ask"}
"""Those of them that only declare a constraint component; a shape that uses it is what needs the fallback."""

ELSEWHERE = {
    *("select", "prefixes", "prefix", "namespace", "inversePath", "alternativePath", "zeroOrMorePath"),
    *(
        "oneOrMorePath",
        "zeroOrOnePath",
        "optional",
        "nodeKind",
        "construct",
        "update",
        "subject",
        "predicate",
        "object",
    ),
    *("returnType", "resultAnnotation", "annotationProperty", "annotationVarName", "annotationValue", "this"),
    *("conforms", "result", "detail", "focusNode", "resultPath", "resultMessage", "resultSeverity", "value"),
    *(
        "sourceShape",
        "sourceConstraint",
        "sourceConstraintComponent",
        "shapesGraphWellFormed",
        "union",
        "intersection",
    ),
    *("filterShape", "nodes", "jsLibrary", "jsFunctionName", "jsLibraryURL"),
}
"""``sh:`` predicates that stand on other nodes than shapes: paths, prefixes, queries, reports, node
expressions.
"""

DATATYPES_CAST = (
    "string",
    "boolean",
    "decimal",
    "integer",
    "float",
    "double",
    "date",
    "time",
    "dateTime",
    "duration",
)
"""XML Schema types whose lexical form the engine can check by a cast."""
