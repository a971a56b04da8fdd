"""The answers kept: where they are, what makes room, and that each comes back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from unodc_server import cache as module
from unodc_server.cache import SMALL, ResultCache, Stored


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResultCache]:
    found = ResultCache(tmp_path, 1 << 20)
    yield found
    found.close()


def put(cache: ResultCache, key: str | None, data: bytes) -> bytes:
    with cache.keep(key, Stored(cache.fresh(), len(data), None, data=data)).file as file:
        return file.read()


def got(cache: ResultCache, key: str) -> bytes | None:
    opened = cache.get(key)
    if opened is None:
        return None
    with opened.file as file:
        return file.read()


def files(folder: Path) -> int:
    return len(list(folder.glob("*/*")))


def test_a_small_answer_touches_no_disk(cache: ResultCache, tmp_path: Path) -> None:
    assert put(cache, "a", b"one") == b"one"
    assert put(cache, None, b"not kept") == b"not kept"
    assert (got(cache, "a"), got(cache, "b")) == (b"one", None)
    assert files(tmp_path) == 0


def test_small_answers_beyond_the_memory_for_them_go_to_files_and_come_back(
    cache: ResultCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_HELD", 4 * 1100)
    for number in range(20):
        put(cache, str(number), b"%d" % number * 10)
    assert files(tmp_path) == 16
    for _ in range(2):
        assert [got(cache, str(number)) for number in range(20)] == [b"%d" % n * 10 for n in range(20)]
    assert files(tmp_path) == 20


def test_a_full_disk_forgets_what_has_to_make_room_and_nothing_else(
    cache: ResultCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_HELD", 2 * 1100)
    for folder in tmp_path.iterdir():
        folder.rmdir()  # so that no file can be made in it
    for number in range(5):
        assert put(cache, str(number), b"x") == b"x"
    assert [got(cache, str(number)) for number in range(5)] == [None, None, None, b"x", b"x"]
    assert cache.octets == 2 * 4096


def test_the_least_recently_used_makes_room_in_memory_and_on_disk(cache: ResultCache, tmp_path: Path) -> None:
    piece = (1 << 20) // 8
    for number in range(6):
        path = cache.fresh()
        path.write_bytes(b"x" * piece)
        cache.keep(str(number), Stored(path, piece, None)).file.close()
    put(cache, "small", b"s" * SMALL)
    got(cache, "0")
    for number in range(6, 8):
        path = cache.fresh()
        path.write_bytes(b"x" * piece)
        cache.keep(str(number), Stored(path, piece, None)).file.close()
    assert got(cache, "1") is None
    assert len(got(cache, "0") or b"") == piece
    assert got(cache, "small") == b"s" * SMALL
    assert cache.octets <= 1 << 20
    assert files(tmp_path) == 7
