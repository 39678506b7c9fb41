"""Files for others: the whole graph in every RDF format, a table per class, and a catalogue that describes
them.
"""
