"""What the server measures of itself, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from unodc_server.pool import PoolState


class Measures:
    """Counters and gauges of one application; each has a registry of its own."""

    def __init__(self) -> None:
        """Register everything at zero."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "unodc_kg_requests_total", "Requests answered", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "unodc_kg_request_seconds",
            "Time from request to answer",
            ["route"],
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
            registry=self._registry,
        )
        self._active = Gauge("unodc_kg_active_queries", "Queries evaluating", registry=self._registry)
        self._waiting = Gauge("unodc_kg_waiting_queries", "Queries waiting", registry=self._registry)
        self._killed = Gauge("unodc_kg_killed_workers", "Workers killed or lost", registry=self._registry)
        self._version = Gauge("unodc_kg_dataset_version", "Generation served", registry=self._registry)
        self._triples = Gauge("unodc_kg_triples", "Asserted triples", registry=self._registry)
        self._cache = Gauge("unodc_kg_cache_bytes", "Bytes of kept results", registry=self._registry)

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count a request answered. `route` is the rule of its address, so that the labels stay few."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, pool: PoolState, version: int, triples: int, cache_octets: int) -> bytes:
        """Return everything in the text format of Prometheus."""
        self._active.set(pool.active)
        self._waiting.set(pool.waiting)
        self._killed.set(pool.killed)
        self._version.set(version)
        self._triples.set(triples)
        self._cache.set(cache_octets)
        return generate_latest(self._registry)
