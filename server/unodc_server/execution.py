"""From a query asked to an answer on hand: cache, worker pool and current generation together.

Knows nothing of HTTP but the socket of the client, which it watches so as not to work for nobody.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import time
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from unodc_graph.errors import CorruptState, HistoryMissing, NoGeneration
from unodc_graph.store.evaluation import Evaluation
from unodc_graph.store.generation import Generation, GenerationFolder
from unodc_graph.store.limit import Limits
from unodc_graph.store.scan import Scan, scan
from unodc_server.cache import Opened, ResultCache, Stored
from unodc_server.flight import Flights
from unodc_server.negotiation import GRAPHS, RESULTS, Variant
from unodc_server.pool import WAITING_SECONDS, PoolState, WorkerPool
from unodc_server.protocol import QueryRequest
from unodc_server.settings import Settings
from unodc_server.watch import Watch
from unodc_server.worker import Confinement, ScanTask, Task

_PREPARED: Final = 512
_SHORT: Final = 8192
_LEAST_SECONDS: Final = 0.05
_REACHING_OUT: Final = 2
"""How many queries that ask listed services are evaluated at once."""


@dataclass(frozen=True)
class Prepared:
    """A query read and scanned against one generation; `offered` is what its form can be answered in.

    `spent` is how many seconds of the query's time the scan took in a worker.
    """

    request: QueryRequest
    scan: Scan
    generation: Generation
    base_iri: str | None
    offered: tuple[Variant, ...]
    spent: float = 0.0
    _keys: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def key(self, variant: Variant) -> str:
        """Return a digest of everything that the bytes of the answer depend on."""
        known = self._keys.get(variant.media_type)
        if known is None:
            known = self._keys[variant.media_type] = self._digest(variant)
        return known

    def _digest(self, variant: Variant) -> str:
        parts = (
            self.generation.number,
            self.generation.metadata.state_digest,
            self.request.query,
            self.request.default_graphs,
            self.request.named_graphs,
            self.request.inferred,
            self.request.incoming,
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
        self._stamp = self._folder.stamp()
        self._current = self._folder.last_good()
        self.cache = ResultCache(settings.state / "spool", settings.cache_bytes)
        self._flights = Flights(settings.waiting)
        # What is asked again and again is read once. Nothing long is kept, so the memory this takes is small.
        self._prepare_once = lru_cache(_PREPARED)(self._prepare)
        memory, first = settings.worker_memory_mb * 1024 * 1024, self._current.store_path
        self.pool = WorkerPool(settings.workers, Confinement(memory), settings.waiting, first)
        self._pools = [self.pool]
        if settings.services:
            # Queries that ask a listed service have workers of their own; all others stay without sockets.
            free = Confinement(memory, sockets=True)
            self._pools.append(WorkerPool(_REACHING_OUT, free, settings.waiting, first))

    def generation(self) -> Generation:
        """Return the generation published last; while nobody can tell which that is, the one known so far."""
        with contextlib.suppress(NoGeneration, CorruptState):
            stamp = self._folder.stamp()
            if stamp != self._stamp:
                self._current, self._stamp = self._folder.current(), stamp
        return self._current

    @property
    def known_version(self) -> int:
        """The number of the generation that this process knows as the current one."""
        return self._current.number

    @property
    def state(self) -> PoolState:
        """How the workers stand; requests that wait for the evaluation of another count as waiting."""
        states = [pool.state for pool in self._pools]
        return PoolState(
            sum(state.active for state in states),
            sum(state.waiting for state in states) + self._flights.following,
            sum(state.killed for state in states),
        )

    def prepare(self, request: QueryRequest, base_iri: str | None) -> Prepared:
        """Scan `request` and fix the generation it will be asked of.

        Raises QueryRefused, HistoryMissing, and for a long text what WorkerPool.scan raises.
        """
        number = self.generation().number
        if request.version is not None and request.version != number:
            if request.version not in self._folder.numbers():
                raise HistoryMissing(request.version, number)
            number = request.version
        prepare = self._prepare_once if len(request.query) <= _SHORT else self._prepare
        return prepare(request, base_iri, number)

    def _prepare(self, request: QueryRequest, base_iri: str | None, number: int) -> Prepared:
        started = time.monotonic()
        allowed = frozenset(self._settings.services)
        if len(request.query) <= _SHORT:
            found, spent = scan(request.query, base_iri, allowed), 0.0
        else:
            # Long texts are scanned elsewhere too: a second of it here would stop every other request.
            task = ScanTask(request.query, base_iri, allowed, self._settings.timeout)
            found, spent = self.pool.scan(task), time.monotonic() - started
        offered = GRAPHS if found.form in ("construct", "describe") else RESULTS
        generation = self._current
        if generation.number != number:
            generation = self._folder.generation(number)
        return Prepared(request, found, generation, base_iri, offered, spent)

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
        a worker in any case and keeps nothing. The same query asked several times at once is evaluated once.
        """
        started = time.monotonic()
        if prepared.scan.volatile or fresh:
            return Answer(self._evaluate(prepared, variant, None, client), time.monotonic() - started, False)
        key = prepared.key(variant)
        kept = self.cache.get(key)
        if kept is not None:
            return Answer(kept, time.monotonic() - started, True)
        seconds = self.seconds(prepared.request)
        name = f"{key} {seconds}"
        flight, leads = self._flights.join(name)
        if not leads:
            self._flights.follow(flight, Watch(client), WAITING_SECONDS + seconds + 1)
            kept = self.cache.get(key)
            if kept is not None:
                return Answer(kept, time.monotonic() - started, True)
            # Its client left, or the answer is too large to be kept.
            return Answer(self._evaluate(prepared, variant, key, client), time.monotonic() - started, False)
        failure: BaseException | None = None
        try:
            opened = self._evaluate(prepared, variant, key, client)
        except BaseException as error:
            failure = error
            raise
        finally:
            self._flights.end(name, flight, failure)
        return Answer(opened, time.monotonic() - started, False)

    def _evaluate(
        self, prepared: Prepared, variant: Variant, key: str | None, client: socket.socket | None
    ) -> Opened:
        evaluation = Evaluation(
            query=prepared.request.query,
            scan=prepared.scan,
            media_type=variant.media_type,
            base_iri=prepared.base_iri,
            default_graphs=prepared.request.default_graphs,
            named_graphs=prepared.request.named_graphs,
            inferred=prepared.request.inferred and not self._settings.blank,
            incoming=prepared.request.incoming,
            limits=Limits(self._settings.rows, self._settings.result_bytes),
        )
        spool = self.cache.fresh()
        seconds = max(_LEAST_SECONDS, self.seconds(prepared.request) - prepared.spent)
        task = Task(str(prepared.generation.store_path), evaluation, str(spool), seconds)
        pool = self._pools[-1] if prepared.scan.reaches_out else self.pool
        started = time.monotonic()
        try:
            written = pool.run(task, client)
        except BaseException:
            self.cache.discard(spool)
            raise
        took = time.monotonic() - started
        outcome = written.outcome
        return self.cache.keep(key, Stored(spool, outcome.octets, outcome.rows, took, written.data))

    def open_ahead(self, store: Path) -> None:
        """Have the workers open the folder of a generation that is about to be published."""
        for pool in self._pools:
            pool.open_ahead(store)

    def close(self) -> None:
        """End the workers and remove the spool folder."""
        for pool in self._pools:
            pool.close()
        self.cache.close()
