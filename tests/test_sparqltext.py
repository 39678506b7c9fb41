"""Reading SPARQL text just far enough: words in comments and strings are not words of the query."""

from __future__ import annotations

from atmp_graph.sparqltext import grouped, projected, selects, tokens

QUERY = """# SELECT ?no { }
SELECT DISTINCT ?x (COUNT(?y) AS ?n) (EXISTS { ?x ?p "}" } AS ?e) WHERE {
  ?x ex:p.q ?y . # }
  { SELECT ?x ?l WHERE { ?x <http://e#x> ?l FILTER(LANG(?l) = '''sv}''' && ?n < 3) } ORDER BY ?x }
} GROUP BY ?x HAVING (COUNT(?y) > 2) ORDER BY ?x LIMIT 3"""


def test_selects_are_found_with_what_they_give_out():
    """The outer SELECT comes first; aliases count, variables inside expressions do not."""
    found = tokens(QUERY)
    assert [projected(found, select) for select in selects(found)] == [["x", "n", "e"], ["x", "l"]]


def test_groups_are_found():
    """A SELECT that groups names its plain variables; one that does neither group nor count gives None."""
    found = tokens(QUERY)
    assert [grouped(found, select) for select in selects(found)] == [["x"], None]
    counting = tokens("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert [grouped(counting, select) for select in selects(counting)] == [[]]


def test_the_outer_group_begins_where_where_does():
    """A brace in a string, a comment or an EXISTS of the projection opens no group."""
    found = tokens(QUERY)
    outer = next(selects(found))
    assert QUERY[found[outer.opens].end :].lstrip().startswith("?x ex:p.q")
