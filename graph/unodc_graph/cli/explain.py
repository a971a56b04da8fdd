"""`unodc-kg explain`: why a triple holds, down to what is asserted and where that stands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from unodc_graph.cli import option
from unodc_graph.inference.explanation import DEFAULT_LIMIT, Explainer
from unodc_graph.inference.rendering import to_json, to_text, to_turtle
from unodc_graph.inference.term import UnreadableTerm, parse_term
from unodc_graph.printable import printable
from unodc_graph.store.generation import GenerationFolder
from unodc_graph.store.term import Literal, NamedNode

_WRITERS: Final = {"text": to_text, "json": to_json, "turtle": to_turtle}


@click.command(name="explain", short_help="Say why a statement holds.")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object", metavar="OBJECT")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=DEFAULT_LIMIT,
    show_default=True,
    help="How many explanations to give at most, those with the fewest premises first.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_WRITERS)),
    default="text",
    show_default=True,
    help="Lines for people, a JSON object, or RDF with PROV-O.",
)
@option.state
def command(subject: str, predicate: str, object: str, limit: int, form: str, state: Path) -> None:
    """Say why the built graph holds that SUBJECT PREDICATE OBJECT.

    Each is an IRI or a prefixed name, as in `programme:haya unodc:operatesIn place:pse`; `a` stands for
    rdf:type, and OBJECT may be a literal. Exit status: 0 explained, 2 the graph does not hold it.
    """
    one, relation, other = parse_term(subject), parse_term(predicate), parse_term(object)
    if isinstance(one, Literal):
        raise UnreadableTerm(subject)
    if not isinstance(relation, NamedNode):
        raise UnreadableTerm(predicate)
    explainer = Explainer(GenerationFolder(state).current().open())
    told = _WRITERS[form](explainer.explain((one, relation, other), limit))
    click.echo(printable(told) if form == "text" else told)
