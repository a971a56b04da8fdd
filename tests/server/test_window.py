"""Counting in fixed windows: what the limit on the rate rests on."""

from __future__ import annotations

import threading

import pytest

from unodc_server import window
from unodc_server.window import WindowStorage


class _Clock:
    now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    found = _Clock()
    monkeypatch.setattr(window, "time", found)
    return found


def test_a_window_begins_with_the_first_request_and_ends_with_its_seconds(clock: _Clock) -> None:
    storage = WindowStorage()
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert (storage.get("a"), storage.get_expiry("a")) == (3, 1060)
    clock.now = 1059.9
    assert storage.incr("a", 60) == 4
    clock.now = 1060
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1


def test_clients_are_counted_apart_and_forgotten_when_their_window_has_passed(clock: _Clock) -> None:
    storage = WindowStorage()
    for number in range(1000):
        storage.incr(str(number), 60)
    clock.now = 1100
    assert storage.incr("another", 60) == 1
    assert storage.reset() == 1


def test_one_client_can_be_forgotten() -> None:
    storage = WindowStorage()
    storage.incr("a", 60)
    storage.incr("b", 60)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)


def test_no_request_is_lost_among_threads_and_no_thread_is_started() -> None:
    storage = WindowStorage()
    before = threading.active_count()
    threads = [
        threading.Thread(target=lambda: [storage.incr("a", 60) for _ in range(2000)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("a") == 8000
    assert threading.active_count() == before
