"""From a drawing to a model: read the file, build the nodes, judge how it is drawn."""
