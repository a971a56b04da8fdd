"""The graph as Python objects, by owlready2: classes of the ontology, their instances, their values.

    >>> graph = open_objects(Path("var"))
    >>> haya = graph["programme:haya"]
    >>> [part.label.first() for part in haya.parts]
    >>> for activity in graph.Activity.instances():
    ...     print(activity.place, [(figure.value, figure.group) for figure in activity.figures])

An attribute is named after its property, in Python's manner: `implementedBy` is `implemented_by`, and
`hasFigure` is `figures`. It holds a list, but for a functional property its one value or None. What is
inferred is there too. The objects are a copy: changing them changes nothing in the graph.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from unodc_graph.errors import NotFound
from unodc_graph.inference.fact import ASSERTED, INFERRED
from unodc_graph.namespace import ONTOLOGY, PREFIXES, compact, expand
from unodc_graph.reasoning import open_world
from unodc_graph.store.generation import Generation, GenerationFolder

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Objects:
    """The things of one generation. `world` is owlready2's, for its own SPARQL, search and reasoners."""

    def __init__(self, world: Any) -> None:
        """Take an owlready2 world that holds the graph, and name its properties for Python."""
        self.world = world
        _name_properties(world)

    def __getattr__(self, name: str) -> Any:
        """Return the class of the ontology called `name`, as in `graph.Programme.instances()`."""
        found = None if name.startswith("_") else self.world[f"{ONTOLOGY}{name}"]
        if found is None:
            raise AttributeError(f"the ontology has no class {name!r}")
        return found

    def __getitem__(self, name: str) -> Any:
        """Return the thing called so, as in `graph["programme:haya"]`, or by its IRI. Raises NotFound."""
        iri = expand(name) or name
        found = self.world[iri]
        if found is None:
            raise NotFound(iri)
        return found


def open_objects(state: Path, *, inferred: bool = True) -> Objects:
    """Return the current generation of the state folder `state` as objects, with what is inferred or without.

    Raises NoGeneration or CorruptState.
    """
    return Objects(open_world(_ntriples(GenerationFolder(state).current(), inferred)))


def python_name(local_name: str) -> str:
    """Return the attribute for a property: `hasCountryComponent` becomes `country_components`."""
    words = _HUMP.sub("_", local_name).lower()
    if not words.startswith("has_"):
        return words
    single = words.removeprefix("has_")
    return f"{single[:-2]}es" if single.endswith("is") else f"{single}s"


def _ntriples(generation: Generation, inferred: bool) -> bytes:
    store = generation.open()
    graphs = (ASSERTED, INFERRED) if inferred else (ASSERTED,)
    quads = (quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph))
    return "".join(f"{quad.triple} .\n" for quad in quads).encode()


def _name_properties(world: Any) -> None:
    """Name all properties, our own first; one whose name is taken gets that of its vocabulary before it.

    This loads them too: owlready2 has no values for a property that it has not met.
    """
    taken = set(dir(world[f"{PREFIXES['owl']}Thing"])) - {"label", "comment"}
    for prop in sorted(world.properties(), key=lambda prop: (not prop.iri.startswith(ONTOLOGY), prop.iri)):
        prefix, _, local = compact(prop.iri).rpartition(":")
        name = python_name(local.rpartition("/")[2].rpartition("#")[2])
        if name in taken:
            name = f"{prefix.rpartition('/')[2] or 'other'}_{name}"
        taken.add(name)
        prop.python_name = name
