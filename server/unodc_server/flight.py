"""The same query asked several times at once is evaluated once: one request leads, the others wait for it."""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass, field

from unodc_graph.errors import GraphError
from unodc_server.refusal import ClientGone, Saturated
from unodc_server.watch import Watch

_LOOK_SECONDS = 0.25


@dataclass(eq=False)
class Flight:
    """An evaluation under way; `error` is why it failed, once it is over."""

    over: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class Flights:
    """The evaluations under way in one server, by what they evaluate."""

    def __init__(self, most_following: int) -> None:
        """At most `most_following` requests wait for those of others at a time."""
        self._most_following = most_following
        self._following = 0
        self._flights: dict[str, Flight] = {}
        self._lock = threading.Lock()

    @property
    def following(self) -> int:
        """How many requests wait for the evaluation of another."""
        return self._following

    def join(self, key: str) -> tuple[Flight, bool]:
        """Return the flight of `key`, and whether the caller leads it and so has to `end` it.

        Raises Saturated when too many follow already.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                flight = self._flights[key] = Flight()
                return flight, True
            if self._following >= self._most_following:
                raise Saturated(retry_after=2)
            self._following += 1
            return flight, False

    def end(self, key: str, flight: Flight, error: BaseException | None) -> None:
        """Tell those who follow that `flight` is over."""
        with self._lock:
            del self._flights[key]
        flight.error = error
        flight.over.set()

    def follow(self, flight: Flight, watch: Watch, seconds: float) -> None:
        """Wait until `flight` is over, `seconds` at most.

        Raises what the evaluation raised, if that holds for whoever asks the same, and ClientGone.
        """
        try:
            give_up = time.monotonic() + seconds
            while not flight.over.wait(_LOOK_SECONDS) and time.monotonic() < give_up:
                if watch.gone():
                    raise ClientGone
        finally:
            with self._lock:
                self._following -= 1
        if isinstance(flight.error, GraphError):
            raise copy.copy(flight.error)
        if isinstance(flight.error, Saturated):
            raise Saturated(flight.error.retry_after)
