"""Hygiene: the rules that are queries and must return nothing, run over the statements as files have them.

Each file of `queries/hygiene/` opens with comment lines `# rule:`, `# severity:`, `# message:` and
`# advice:`. Its SELECT names ?thing, ?path, ?value, ?graph, ?file or ?line as far as they are known; a name
in braces in the message stands for what the query found. The default graph holds each triple once.

A line `# gate:` says how the rule is asked of a change alone: `statement` when each statement keeps or breaks
it by itself, else the variables, such as `?thing ?value`, that are set to what changed, one at a time, by
VALUES at the beginning of the query's pattern. A rule without this line is asked of the whole graph only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from unodc_graph.dataset import Dataset
from unodc_graph.errors import QuerySyntaxError, UnreadableFile
from unodc_graph.finding import Finding, Severity
from unodc_graph.namespace import BASE, compact, compact_term
from unodc_graph.origin import outsiders
from unodc_graph.position import LanguageTag
from unodc_graph.store.literal import rewritten_literals
from unodc_graph.store.memory import MemoryDataset
from unodc_graph.store.parsing import written_language_tags
from unodc_graph.store.term import BlankNode, Literal, NamedNode, Quad, Term

CHECK: Final = f"{BASE}check#"
"""Namespace of what the checks state about a dataset; it is never published."""

_HEADER = re.compile(r"^# (rule|severity|message|advice|gate): (.+)$", re.MULTILINE)
_NAME_IN_BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Rule:
    """A hygiene query and what its header says. `gate` is empty for a rule that is asked of everything."""

    name: str
    severity: Severity
    message: str
    advice: str
    query: str
    gate: tuple[str, ...] = ()


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the rules of the `.rq` files in `folder`, by name.

    Raises UnreadableFile when there is none, or a header lacks a line.
    """
    rules = tuple(_read_rule(path) for path in sorted(folder.glob("*.rq")))
    if not rules:
        raise UnreadableFile(folder, None, None, "holds no hygiene query; expected files ending in .rq")
    return rules


def _read_rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(text))
    try:
        return Rule(
            name=header["rule"],
            severity=Severity(header["severity"]),
            message=header["message"],
            advice=header["advice"],
            query=text,
            gate=tuple(header.get("gate", "").split()),
        )
    except (KeyError, ValueError) as error:
        expected = f"{error}; expected the comment lines rule, severity, message and advice"
        raise UnreadableFile(path, 1, 1, expected) from None


def run(dataset: Dataset, rules: tuple[Rule, ...]) -> tuple[Finding, ...]:
    """Return what `rules` find in the written statements of `dataset`, in a stable order.

    Raises QuerySyntaxError when a rule is no SELECT query.
    """
    memory = MemoryDataset(dataset.written)
    memory.annotate(_literals(dataset))
    memory.annotate(_misfiled(dataset))
    return tuple(finding for rule in rules for finding in found(rule, memory.select))


def run_over(statements: Iterable[Quad], rules: tuple[Rule, ...]) -> tuple[Finding, ...]:
    """Return what `rules` find in `statements` alone, in a stable order. Raises QuerySyntaxError."""
    statements = list(statements)
    memory = MemoryDataset(statements)
    memory.annotate(_rewritten(statements, _nodes()))
    return tuple(finding for rule in rules for finding in found(rule, memory.select))


def found(rule: Rule, ask: Callable[[str], Iterable[Mapping[str, Term]]]) -> tuple[Finding, ...]:
    """Return the solutions that `ask` gives to the query of `rule` as findings, in a stable order.

    Raises QuerySyntaxError when it is no SELECT query.
    """
    try:
        solutions = list(ask(rule.query))
    except (SyntaxError, ValueError) as error:
        raise QuerySyntaxError(None, None, rule.name, " ".join(str(error).split())) from error
    return tuple(sorted((_finding(rule, solution) for solution in solutions), key=_order))


def _finding(rule: Rule, found: Mapping[str, Term]) -> Finding:
    def name(match: re.Match[str]) -> str:
        term = found.get(match.group(1))
        return match.group() if term is None else _readable(term)

    file, line = found.get("file"), found.get("line")
    thing = found.get("thing")
    return Finding(
        rule=rule.name,
        message=_NAME_IN_BRACES.sub(name, rule.message),
        severity=rule.severity,
        advice=_NAME_IN_BRACES.sub(name, rule.advice),
        thing=thing.value if isinstance(thing, NamedNode) else None,
        path=_iri(found.get("path")),
        value=str(found["value"]) if "value" in found else None,
        graph=_iri(found.get("graph")),
        file=Path(file.value) if isinstance(file, Literal) else None,
        line=int(line.value) if isinstance(line, Literal) else None,
    )


def _iri(term: Term | None) -> str | None:
    return term.value if isinstance(term, NamedNode) else None


def _order(finding: Finding) -> tuple[str, ...]:
    parts = (finding.graph, finding.thing, finding.path, finding.value, finding.message)
    return tuple(part or "" for part in parts)


def _readable(term: Term) -> str:
    """Return a term for a sentence: a prefixed name, or the text of a literal."""
    if isinstance(term, NamedNode):
        return compact(term.value)
    return term.value if isinstance(term, Literal | BlankNode) else str(term)


def _literals(dataset: Dataset) -> Iterator[Quad]:
    """Yield check: statements on each literal that some tool would not keep as it is written."""
    nodes = _nodes()
    yield from _rewritten(dataset.written, nodes)
    for file in dataset.files:
        for tag in written_language_tags(file):
            if tag.tag != tag.tag.lower():
                node = next(nodes)
                yield from _tag(node, tag)
                yield _about(node, "file", Literal(str(file.path)))


def _misfiled(dataset: Dataset) -> Iterator[Quad]:
    """Yield check: statements on each statement that its file may not make."""
    for number, found in enumerate(outsiders(dataset)):
        node, quad = NamedNode(f"{CHECK}statement-{number}"), found.quad
        yield _about(node, "outside", NamedNode(found.graph))
        if isinstance(quad.subject, NamedNode):
            yield _about(node, "thing", quad.subject)
        if isinstance(quad.graph_name, NamedNode):
            yield _about(node, "graph", quad.graph_name)
        yield _about(node, "file", Literal(str(found.file)))
        if found.line is not None:
            yield _about(node, "line", Literal(found.line))


def _nodes() -> Iterator[NamedNode]:
    return (NamedNode(f"{CHECK}literal-{number}") for number in range(1 << 62))


def _rewritten(statements: Iterable[Quad], nodes: Iterator[NamedNode]) -> Iterator[Quad]:
    for literal in rewritten_literals(statements):
        quad, node = literal.quad, next(nodes)
        if isinstance(quad.subject, NamedNode):
            yield _about(node, "thing", quad.subject)
        yield _about(node, "path", quad.predicate)
        if isinstance(quad.graph_name, NamedNode):
            yield _about(node, "graph", quad.graph_name)
        yield _about(node, "written", Literal(compact_term(literal.written)))
        yield _about(node, "kept", Literal(compact_term(literal.kept)))


def _tag(node: NamedNode, tag: LanguageTag) -> Iterator[Quad]:
    if tag.statement.subject is not None:
        yield _about(node, "thing", NamedNode(tag.statement.subject))
    if tag.statement.predicate is not None:
        yield _about(node, "path", NamedNode(tag.statement.predicate))
    yield _about(node, "written", Literal(f"The language tag @{tag.tag}"))
    yield _about(node, "kept", Literal(f"@{tag.tag.lower()}"))
    yield _about(node, "line", Literal(tag.line))


def _about(node: NamedNode, name: str, value: NamedNode | Literal) -> Quad:
    return Quad(node, NamedNode(f"{CHECK}{name}"), value)
