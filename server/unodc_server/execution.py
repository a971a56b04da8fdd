"""From a query asked to an answer on hand: cache, worker pool and current generation together.

Knows nothing of HTTP but the socket of the client, which it watches so as not to work for nobody.
"""

from __future__ import annotations

import hashlib
import json
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from unodc_graph.store.evaluation import Evaluation, Limits
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.scan import Scan, scan
from unodc_server.cache import Opened, ResultCache, Stored
from unodc_server.negotiation import GRAPHS, RESULTS, Variant
from unodc_server.pool import WorkerPool
from unodc_server.protocol import QueryRequest
from unodc_server.settings import Settings
from unodc_server.worker import Confinement, Task


@dataclass(frozen=True)
class Prepared:
    """A query read and scanned against one generation; `offered` is what its form can be answered in."""

    request: QueryRequest
    scan: Scan
    generation: Generation
    base_iri: str | None
    offered: tuple[Variant, ...]

    def key(self, variant: Variant) -> str:
        """Return a digest of everything that the bytes of the answer depend on."""
        parts = (
            self.generation.number,
            self.generation.metadata.state_digest,
            self.request.query,
            self.request.default_graphs,
            self.request.named_graphs,
            self.request.inferred,
            self.base_iri,
            variant.media_type,
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Answer:
    """A whole answer. `seconds` is the time it took; `kept` says that it came from the cache."""

    opened: Opened
    seconds: float
    kept: bool


class Execution:
    """The part of the server that evaluates."""

    def __init__(self, settings: Settings) -> None:
        """Start the workers. Raises NoGeneration or CorruptState when there is nothing to serve."""
        self._settings = settings
        self._folder = GenerationFolder(settings.state)
        self._current = self._folder.current()
        self.cache = ResultCache(settings.state / "spool", settings.cache_bytes)
        self.pool = WorkerPool(
            settings.workers,
            Confinement(settings.worker_memory_mb * 1024 * 1024, sockets=bool(settings.services)),
            settings.waiting,
            self._current.store_path,
        )

    def generation(self) -> Generation:
        """Return the generation published last."""
        number = self._folder.current_number()
        if number != self._current.number:
            self._current = self._folder.generation(number)
        return self._current

    @property
    def known_version(self) -> int:
        """The number of the generation that this process knows as the current one."""
        return self._current.number

    def prepare(self, request: QueryRequest, base_iri: str | None) -> Prepared:
        """Scan `request` and fix the generation it will be asked of. Raises QueryRefused."""
        found = scan(request.query, base_iri, frozenset(self._settings.services))
        offered = GRAPHS if found.form in ("construct", "describe") else RESULTS
        return Prepared(request, found, self.generation(), base_iri, offered)

    def seconds(self, request: QueryRequest) -> float:
        """Return the time limit of `request`: what the client is ready to wait, never more than ours."""
        return min(self._settings.timeout, request.seconds or self._settings.timeout)

    def answer(
        self,
        prepared: Prepared,
        variant: Variant,
        client: socket.socket | None = None,
        fresh: bool = False,
    ) -> Answer:
        """Return the answer to `prepared` in `variant`, from the cache or from a worker.

        Raises what WorkerPool.run raises. Watches `client`, if given, and stops when it closes. `fresh` asks
        a worker in any case and keeps nothing.
        """
        started = time.monotonic()
        key = None if prepared.scan.volatile or fresh else prepared.key(variant)
        kept = self.cache.get(key) if key else None
        if kept is not None:
            return Answer(kept, time.monotonic() - started, True)
        spool = self.cache.fresh()
        evaluation = Evaluation(
            query=prepared.request.query,
            scan=prepared.scan,
            media_type=variant.media_type,
            base_iri=prepared.base_iri,
            default_graphs=prepared.request.default_graphs,
            named_graphs=prepared.request.named_graphs,
            inferred=prepared.request.inferred and not self._settings.blank,
            limits=Limits(self._settings.rows, self._settings.result_bytes),
        )
        opened = self._evaluate(prepared, evaluation, spool, key, client)
        return Answer(opened, time.monotonic() - started, False)

    def _evaluate(
        self,
        prepared: Prepared,
        evaluation: Evaluation,
        spool: Path,
        key: str | None,
        client: socket.socket | None,
    ) -> Opened:
        task = Task(prepared.generation.store_path, evaluation, spool, self.seconds(prepared.request))
        try:
            outcome = self.pool.run(task, client)
        except BaseException:
            self.cache.discard(spool)
            raise
        return self.cache.keep(key, Stored(spool, outcome.octets, outcome.rows))

    def close(self) -> None:
        """End the workers and remove the spool folder."""
        self.pool.close()
        self.cache.close()
