import java.io.File;
import org.obolibrary.robot.CatalogXmlIRIMapper;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.formats.TurtleDocumentFormat;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLDocumentFormat;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;

/**
 * Saves Turtle files as Protégé would: read by the OWL API, written by its own renderer.
 *
 * <p>Arguments: the ontology folder (its modules are what imports resolve to), the folder to write to, then the files. Files
 * of the ontology folder itself are saved too when they are named.
 */
final class RoundTrip {
  public static void main(String[] args) throws Exception {
    OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    manager.getIRIMappers().add(new CatalogXmlIRIMapper(new File(args[0], "catalog-v001.xml")));
    manager.loadOntologyFromOntologyDocument(new File(args[0], "full.ttl"));
    File out = new File(args[1]);
    for (int i = 2; i < args.length; i++) {
      File file = new File(args[i]);
      OWLOntology ontology = loaded(manager, file);
      boolean ours = ontology != null;
      if (!ours) {
        ontology = manager.loadOntologyFromOntologyDocument(file);
      }
      OWLDocumentFormat read = manager.getOntologyFormat(ontology);
      TurtleDocumentFormat turtle = new TurtleDocumentFormat();
      if (read.isPrefixOWLOntologyFormat()) {
        turtle.copyPrefixesFrom(read.asPrefixOWLOntologyFormat());
      }
      manager.saveOntology(ontology, turtle, IRI.create(new File(out, file.getName())));
      if (!ours) {
        manager.removeOntology(ontology);
      }
    }
  }

  /** The ontology that was read from this file while the root was loaded, or null. */
  private static OWLOntology loaded(OWLOntologyManager manager, File file) {
    IRI document = IRI.create(file);
    for (OWLOntology each : manager.getOntologies()) {
      if (manager.getOntologyDocumentIRI(each).equals(document)) {
        return each;
      }
    }
    return null;
  }
}
