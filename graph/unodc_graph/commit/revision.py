"""A source file made to state something else, by writing anew only the statements that changed.

What is not touched stays byte for byte, comments included, and a comment within a statement is kept before
it. A new subject goes to the end of its graph, or of what its passage has of that graph; a new graph stands
with the other graphs of its passage.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from unodc_graph import namespace
from unodc_graph.commit.speaking import speaking
from unodc_graph.edit import Edits
from unodc_graph.errors import UnreadableFile
from unodc_graph.source import Block, NotTakenApart, Source, Statement, take_apart, without_blank_nodes
from unodc_graph.store.canonical import with_canonical_labels
from unodc_graph.store.parsing import ParsedFile, parse_text
from unodc_graph.store.term import Literal, NamedNode, Quad
from unodc_graph.terminal import terminals
from unodc_graph.turtle import statements, written

_INDENT: Final = "    "
_LABEL: Final = NamedNode(f"{namespace.PREFIXES['rdfs']}label")
_HEADER: Final = re.compile(r"# --- ([0-9a-f]{12})\b")
_HEAD: Final = re.compile(r"(?:#[^\r\n]*(?:\r\n|[\r\n]|\Z))*")

_Key = tuple[str, NamedNode]
"""A graph and a subject."""


def revise(file: ParsedFile, wanted: Iterable[Quad], order: Mapping[str, int] | None = None) -> str:
    """Return the text of `file`, Turtle or TriG, changed so that it states `wanted`.

    `order` numbers the passages, by IRI, as the file is to have them; one that is new goes behind those with
    smaller numbers, or to the end.

    Raises NotTakenApart when that cannot be done statement by statement.
    """
    wanted = frozenset(wanted)
    if wanted == frozenset(file.quads):
        return file.text
    text = _Revision(file, wanted, order or {}).text()
    try:
        found = parse_text(file.path, text, file.graph).quads
    except UnreadableFile:
        raise NotTakenApart("its parts do not fit together again") from None
    if with_canonical_labels(found) != with_canonical_labels(wanted):
        raise NotTakenApart("its parts put together state something else")
    return text


class _Revision:
    """The edits that lead from one text to another."""

    def __init__(self, file: ParsedFile, wanted: frozenset[Quad], order: Mapping[str, int]) -> None:
        stated = frozenset(file.quads)
        self._added, self._taken, self._wanted = wanted - stated, stated - wanted, wanted
        if set(without_blank_nodes(self._added | self._taken)) != self._added | self._taken:
            raise NotTakenApart("a statement about a blank node changes")
        self._source = take_apart(file)
        self._sections = _sections(self._source)
        numbers = {passage: number for number, passage in reversed(list(enumerate(self._sections)))}
        self._speaking = speaking(wanted, self._added, numbers)
        self._order = order
        self._edits = Edits(file.text)
        self._missing: set[str] = set()

    def text(self) -> str:
        """Return the text with the edits made."""
        growing, coming = self._allotted()
        ends: defaultdict[int, list[list[Quad]]] = defaultdict(list)
        fresh: defaultdict[str, defaultdict[str, list[list[Quad]]]] = defaultdict(lambda: defaultdict(list))
        for (graph, subject), quads in sorted(coming.items(), key=str):
            passage = self._passage(graph, subject.value)
            number = self._block(graph, passage)
            if number is None:
                fresh[passage][graph].append(quads)
            else:
                ends[number].append(quads)
        for number, block in enumerate(self._source.blocks):
            self._revise(block, growing, ends[number])
        for passage in sorted(fresh, key=lambda name: (self._number(name), name)):
            self._add_blocks(passage, fresh[passage])
        self._declare()
        return self._edits.made()

    def _allotted(self) -> tuple[Mapping[int, set[Quad]], Mapping[_Key, list[Quad]]]:
        """Return what each statement, by its offset, gains, and what is said of subjects that have none."""
        homes: defaultdict[_Key, list[Statement]] = defaultdict(list)
        for block in self._source.blocks:
            for statement in block.statements:
                if block.graph is not None and statement.subject is not None:
                    homes[block.graph, statement.subject].append(statement)
        growing: defaultdict[int, set[Quad]] = defaultdict(set)
        coming: defaultdict[_Key, list[Quad]] = defaultdict(list)
        for quad in self._added:
            if not isinstance(quad.subject, NamedNode) or not isinstance(quad.graph_name, NamedNode):
                raise NotTakenApart("a statement in no graph, or about a statement, changes")
            key = quad.graph_name.value, quad.subject
            own = homes[key]
            alike = [home for home in own if any(held.predicate == quad.predicate for held in home.quads)]
            if own:
                growing[(alike or own)[-1].start].add(quad)
            else:
                coming[key].append(quad)
        return growing, coming

    def _passage(self, graph: str, subject: str) -> str:
        """Return the passage that what `graph` says of `subject` stands with, empty if there is none."""
        known = namespace.passage_of_graph(graph) or namespace.passage_of_graph(subject)
        return known or self._speaking.get(subject, "")

    def _block(self, graph: str, passage: str) -> int | None:
        """Return the number of the block for what `graph` says with `passage`, if there is one."""
        found = [number for number, block in enumerate(self._source.blocks) if block.graph == graph]
        own = [number for number in found if self._sections[number] == passage]
        general = [number for number in found if not self._sections[number]]
        return next((numbers[-1] for numbers in (own, general, [] if passage else found) if numbers), None)

    def _revise(self, block: Block, growing: Mapping[int, set[Quad]], ends: list[list[Quad]]) -> None:
        """Write anew what changes in `block`, and `ends`, each what is said of one subject, after it."""
        coming = [(s, (s.quads - self._taken) | growing.get(s.start, set())) for s in block.statements]
        if block.braced and block.statements and not ends and not any(quads for _, quads in coming):
            self._edits.cut(block.start, block.end, block.comments)
            return
        indent = _INDENT if block.braced else ""
        for statement, quads in coming:
            if not quads:
                self._edits.cut(statement.start, statement.end, statement.comments)
            elif quads != statement.quads:
                self._rewrite(statement, quads, indent)
        if not ends:
            return
        last = block.statements[-1] if block.statements else None
        if last and not last.closed and coming[-1][1] == last.quads:
            self._edits.put(last.end, " .")
        gap = "\n" if any(quads for _, quads in coming) else ""
        pieces = [indent + self._rendered(quads, indent, block.prefixes) for quads in ends]
        self._edits.put_after(last.end if last else block.inside, gap + "\n\n".join(pieces) + "\n")

    def _rewrite(self, statement: Statement, quads: Iterable[Quad], default: str) -> None:
        if statement.labelled:
            raise NotTakenApart("a statement that names a blank node changes")
        own = self._edits.indent(statement.start)
        indent = default if own is None else own
        kept = "".join(f"{comment}\n{indent}" for comment in statement.comments)
        rendered = self._rendered(quads, indent, statement.prefixes)
        self._edits.replace(statement.start, statement.end, kept + rendered)

    def _add_blocks(self, passage: str, graphs: Mapping[str, list[list[Quad]]]) -> None:
        """Write blocks for `graphs`, with the other graphs of `passage` or under a header of their own."""
        blocks, key = self._source.blocks, passage.rpartition("/")[2]
        own = [block for number, block in enumerate(blocks) if passage and self._sections[number] == passage]
        headers = [c for c in self._source.comments if key and c.text.startswith(f"# --- {key}")]
        section = [f"\n{self._header(passage)}"] if passage else []
        scope = blocks[-1].prefixes if blocks else {}
        for graph in sorted(graphs, key=lambda name: (_rank(name), name)):
            piece = self._new_block(graph, graphs[graph], scope)
            before = [block for block in own if block.graph and _rank(block.graph) <= _rank(graph)]
            if before:
                self._edits.put_after(before[-1].end, f"\n{piece}")
            elif own:
                self._edits.put_before(own[0].start, f"{piece}\n")
            elif headers:
                self._edits.put_after(headers[0].end, f"\n{piece}")
            else:
                section.append(f"\n{piece}")
        if len(section) > bool(passage):
            self._edits.put_after(self._end_of_those_before(passage), "".join(section))

    def _end_of_those_before(self, passage: str) -> int:
        """Return where what stands with the passage that comes next before `passage` ends, or the text."""
        number = self._number(passage)
        before = [own for own in self._sections if own and self._number(own) < number]
        if not before or number == math.inf:
            return len(self._source.text)
        last = max(before, key=self._number)
        pairs = zip(self._source.blocks, self._sections, strict=True)
        return max(block.end for block, own in pairs if own == last)

    def _number(self, passage: str) -> float:
        return self._order.get(passage, math.inf)

    def _new_block(self, graph: str, subjects: list[list[Quad]], scope: Mapping[str, str]) -> str:
        name = written(NamedNode(graph))
        self._need(name, scope)
        pieces = [_INDENT + self._rendered(quads, _INDENT, scope) for quads in subjects]
        return f"{name} {{\n" + "\n\n".join(pieces) + "\n}\n"

    def _header(self, passage: str) -> str:
        """Return the comment that a passage's graphs stand under."""
        labels = sorted(
            " ".join(quad.object.value.split())
            for quad in self._wanted
            if quad.subject == NamedNode(passage)
            and quad.predicate == _LABEL
            and isinstance(quad.object, Literal)
        )
        return " · ".join((f"# --- {passage.rpartition('/')[2]}", *labels[:1])) + "\n"

    def _rendered(self, quads: Iterable[Quad], indent: str, scope: Mapping[str, str]) -> str:
        rendered = f"\n{indent}".join(statements(quads, indent))
        self._need(rendered, scope)
        return rendered

    def _need(self, rendered: str, scope: Mapping[str, str]) -> None:
        """Note the prefixes that `rendered` uses and that are not declared where it is to stand."""
        for terminal in terminals(rendered):
            prefix = terminal.text.partition(":")[0]
            if terminal.kind != "name" or prefix == "_":
                continue
            if prefix not in scope:
                self._missing.add(prefix)
            elif scope[prefix] != namespace.PREFIXES[prefix]:
                raise NotTakenApart(f"it gives the prefix {prefix}: a meaning of its own")

    def _declare(self) -> None:
        """Declare missing prefixes among those that stand before everything else, in order."""
        first = self._source.blocks[0].start if self._source.blocks else len(self._source.text)
        declared = [found for found in self._source.declarations if found.end <= first]
        lines = [(p, f"@prefix {p}: <{namespace.PREFIXES[p]}> .\n") for p in sorted(self._missing)]
        for prefix, line in lines if declared else ():
            later = next((found for found in declared if found.prefix > prefix), None)
            if later is None:
                self._edits.put_after(declared[-1].end, line, first=True)
            else:
                self._edits.put_before(later.start, line, first=True)
        if lines and not declared:
            head = _HEAD.match(self._source.text)
            end = head.end() if head else 0
            gap = "\n" if end else ""
            after = "" if end == len(self._source.text) else "\n"
            self._edits.put(end, gap + "".join(line for _, line in lines) + after, first=True)


def _sections(source: Source) -> list[str]:
    """Return the passage that each block stands with, empty where it is none's.

    The only block of a graph that is no passage's is everybody's, unless it stands under a passage's header.
    """
    counts = Counter(block.graph for block in source.blocks)
    found: list[str] = []
    current, led, done = "", False, 0
    for block in source.blocks:
        for comment in source.comments:
            header = _HEADER.match(comment.text)
            if header and done <= comment.start < block.start:
                current, led = namespace.passage(header.group(1)), True
        done = block.end
        own = namespace.passage_of_graph(block.graph or "")
        about = {namespace.passage_of_graph(s.subject.value) for s in block.statements if s.subject} - {None}
        sources = block.graph == namespace.SOURCES_GRAPH
        named = about.pop() if sources and len(about) == 1 else None
        now = own or named or current
        led, current = led and now == current, now
        alone, several = counts[block.graph] == 1 and not led, sources and bool(about)
        found.append("" if not block.braced or (not own and (alone or several)) else current)
    return found


def _rank(graph: str) -> int:
    """Return where `graph` stands among the graphs of a passage."""
    order = {namespace.SOURCES_GRAPH: 0, namespace.CATALOGUE_GRAPH: 3}
    return order.get(graph, 2 if graph.endswith("/context") else 1)
