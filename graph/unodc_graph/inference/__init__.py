"""What follows from the record: rules made from the ontology's axioms, the closure, and its explanations.

One set of rules serves closure, change and explanation, so that what is inferred can always be explained. The
library reasonable was to do most of the closure; measured on a million quads it took 130 s and 9.8 GB without
the property chains, against 11 s and 0.8 GB here with them, and it rewrites literals (tests/benchmarks).
HermiT and owlrl find the same on the real graph (tests/graph/test_inference_completeness.py).
"""
