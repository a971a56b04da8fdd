"""What follows from the record: rules made from the ontology's axioms, the closure, and its explanations."""
