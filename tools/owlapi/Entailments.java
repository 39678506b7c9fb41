import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.obolibrary.robot.CatalogXmlIRIMapper;
import org.semanticweb.HermiT.ReasonerFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLAnnotationAxiom;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLDeclarationAxiom;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.reasoner.OWLReasoner;

/**
 * Asks HermiT what follows: one start of Java for many cases.
 *
 * <p>Arguments: the ontology folder, then pairs PREMISES CONCLUSIONS of Turtle files (conclusions may be "-"). Both import
 * the root, so that every term is declared. Prints a line for each pair: the premises' file, "consistent" or
 * "inconsistent", and for each conclusion in order of text a tab and "yes AXIOM" or "no AXIOM".
 */
final class Entailments {
  public static void main(String[] args) throws Exception {
    OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    manager.getIRIMappers().add(new CatalogXmlIRIMapper(new File(args[0], "catalog-v001.xml")));
    manager.loadOntologyFromOntologyDocument(new File(args[0], "atmp-graph.ttl"));
    for (int i = 1; i + 1 < args.length; i += 2) {
      OWLOntology premises = manager.loadOntologyFromOntologyDocument(new File(args[i]));
      OWLReasoner reasoner = new ReasonerFactory().createReasoner(premises);
      StringBuilder line = new StringBuilder(args[i]);
      line.append(reasoner.isConsistent() ? "\tconsistent" : "\tinconsistent");
      if (!args[i + 1].equals("-")) {
        for (OWLAxiom axiom : conclusions(manager, new File(args[i + 1]))) {
          line.append(reasoner.isEntailed(axiom) ? "\tyes " : "\tno ").append(axiom);
        }
      }
      System.out.println(line);
      reasoner.dispose();
      manager.removeOntology(premises);
    }
  }

  private static List<OWLAxiom> conclusions(OWLOntologyManager manager, File file) throws Exception {
    OWLOntology ontology = manager.loadOntologyFromOntologyDocument(file);
    List<OWLAxiom> found = new ArrayList<>();
    for (OWLAxiom axiom : ontology.getAxioms()) {
      if (!(axiom instanceof OWLDeclarationAxiom) && !(axiom instanceof OWLAnnotationAxiom)) {
        found.add(axiom);
      }
    }
    found.sort(null);
    manager.removeOntology(ontology);
    return found;
  }
}
