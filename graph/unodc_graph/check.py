"""All checks on a dataset, in their order: hygiene, shapes, description logic.

Why in that order: ontology/README.md, order of checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from unodc_graph import hygiene
from unodc_graph.advice import Adviser, with_place
from unodc_graph.clash import named
from unodc_graph.dataset import Dataset, shapes
from unodc_graph.doubles import without_doubles
from unodc_graph.finding import Finding, Severity
from unodc_graph.location import Rooms
from unodc_graph.logic import find_contradictions
from unodc_graph.naming import names_in
from unodc_graph.store.memory import MemoryDataset
from unodc_graph.validation import validate

Tell = Callable[[str], None]
"""Called with a few words at the start of each step, for whoever shows progress."""


def check(
    dataset: Dataset, rooms: Rooms, *, dl: bool = False, tell: Tell = lambda _: None
) -> tuple[Finding, ...]:
    """Return every finding against `dataset` by the rules in `rooms`, each with file, line and label.

    `dl` adds the description logic check, which starts a Java machine and takes longer. Findings are
    ordered by file and line. Raises UnreadableFile when a rule itself cannot be read.
    """
    labels = names_in(dataset.asserted)
    rules = hygiene.read_rules(rooms.hygiene)
    tell(f"{len(rules)} hygiene rules")
    unclean = hygiene.run(dataset, rules)
    tell("shapes")
    held = shapes(rooms)
    invalid = validate(dataset.union(), held)
    illogical: tuple[Finding, ...] = ()
    if dl:
        tell("description logic")
        illogical = find_contradictions(
            dataset.union(), dataset.terms(), partial(named, dataset=dataset, labels=labels)
        )
    findings = (*without_doubles(unclean, invalid, dataset), *illogical)
    if not findings:
        return ()
    adviser = Adviser(MemoryDataset(dataset.asserted).store, held)
    placed = (with_place(located(dataset, labels, finding), dataset) for finding in findings)
    return tuple(sorted(map(adviser.advise, placed), key=_order))


def located(dataset: Dataset, labels: Mapping[str, str], finding: Finding) -> Finding:
    """Return `finding` with the label of the thing, and the file and line of the statement in `dataset`."""
    thing = finding.thing
    if thing is None:
        return finding
    label = finding.label or labels.get(thing)
    value = finding.value.strip("<>") if finding.value else None
    place = None if finding.file else dataset.place(thing, finding.path, value, finding.graph)
    if place is None:
        return replace(finding, label=label)
    return replace(finding, label=label, file=place.file, line=place.line)


def _order(finding: Finding) -> tuple[str, int, str, str, str, str]:
    weight = list(Severity).index(finding.severity)
    return (
        str(finding.file or ""),
        finding.line or 0,
        str(weight),
        finding.thing or "",
        finding.rule,
        finding.message + (finding.value or ""),
    )
