"""Generations: whole or not at all, never touched again, one writer, readers undisturbed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unodc_graph.errors import CorruptState, NoGeneration, StateUnwritable
from unodc_graph.store.generation import KEPT, Generation, GenerationFolder
from unodc_graph.store.metadata import Metadata
from unodc_graph.store.term import Literal, NamedNode, Quad

BLANK = Metadata(0, "2026-01-01T00:00:00+00:00", None, 1, 1, 0, 1, "", "", "0")


def quads(value: str) -> list[Quad]:
    return [Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal(value), NamedNode("urn:g"))]


def publish(folder: GenerationFolder, value: str) -> Generation:
    with folder.writing():
        return folder.publish(quads(value), BLANK)


def values(generation: Generation) -> list[str]:
    return [quad.object.value for quad in generation.open()]


def contents(path: Path) -> dict[str, str]:
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in path.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> GenerationFolder:
    return GenerationFolder(tmp_path / "state")


def test_an_empty_state_says_what_to_run(folder: GenerationFolder) -> None:
    with pytest.raises(NoGeneration, match="run `unodc-kg build` first"):
        folder.current()


def test_a_generation_holds_what_was_published(folder: GenerationFolder) -> None:
    generation = publish(folder, "one")
    assert folder.current() == generation
    assert (generation.number, generation.metadata.parent) == (1, None)
    assert values(generation) == ["one"]


def test_the_next_generation_names_its_parent_and_leaves_it_as_it_was(folder: GenerationFolder) -> None:
    first = publish(folder, "one")
    before = contents(first.path)
    second = publish(folder, "two")
    assert (second.number, second.metadata.parent) == (2, 1)
    assert folder.current() == second
    assert values(folder.generation(1)) == ["one"]
    assert contents(first.path) == before


def test_a_reader_keeps_its_generation_while_another_is_published(folder: GenerationFolder) -> None:
    reader = publish(folder, "one").open()
    for number in range(KEPT + 2):
        publish(folder, f"later {number}")
    assert [quad.object.value for quad in reader] == ["one"]


def test_the_last_few_generations_are_kept(folder: GenerationFolder) -> None:
    for number in range(KEPT + 3):
        publish(folder, str(number))
    assert folder.numbers() == tuple(range(4, KEPT + 4))
    with pytest.raises(CorruptState, match="generation 1 is not there"):
        folder.generation(1)


def test_an_interrupted_write_changes_nothing_and_is_swept(folder: GenerationFolder) -> None:
    first = publish(folder, "one")

    def interrupted() -> list[Quad]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), folder.writing():
        folder.publish((quad for quad in interrupted()), BLANK)
    assert folder.current() == first
    unfinished = folder.state / "generations" / "unfinished-000002"
    unfinished.mkdir(exist_ok=True)
    second = publish(folder, "two")
    assert not unfinished.exists()
    assert (second.number, values(second)) == (2, ["two"])


def test_a_generation_that_was_never_named_is_not_current_and_is_swept(folder: GenerationFolder) -> None:
    publish(folder, "one")
    publish(folder, "two")
    (folder.state / "current").write_text("1\n")
    assert values(folder.current()) == ["one"]
    assert values(publish(folder, "three")) == ["three"]
    assert folder.numbers() == (1, 2)


@pytest.mark.parametrize("pointer", ["0", "1", "2", "9", "", "nine"])
def test_a_wrong_pointer_throws_nothing_away(folder: GenerationFolder, pointer: str) -> None:
    for number in range(KEPT + 3):
        publish(folder, str(number))
    known = folder.numbers()
    (folder.state / "current").write_text(pointer)
    with folder.writing():
        assert folder.numbers() == known
        with pytest.raises(CorruptState):
            folder.head()
        folder.mend_pointer()
        assert folder.head().number == known[-1]


def test_a_pointer_before_the_first_generation_throws_nothing_away(folder: GenerationFolder) -> None:
    publish(folder, "one")
    (folder.state / "current").write_text("0")
    with folder.writing():
        assert folder.numbers() == (1,)


@pytest.mark.parametrize("pointer", ["", "nine", "-1", "\xff"])
def test_a_corrupt_pointer_says_so(folder: GenerationFolder, pointer: str) -> None:
    publish(folder, "one")
    (folder.state / "current").write_text(pointer, encoding="latin-1")
    with pytest.raises(CorruptState, match="current: "):
        folder.current()


def test_a_build_mends_a_corrupt_pointer(folder: GenerationFolder) -> None:
    publish(folder, "one")
    (folder.state / "current").write_text("nine")
    assert values(publish(folder, "two")) == ["two"]
    assert values(folder.current()) == ["two"]


def test_corrupt_metadata_says_so(folder: GenerationFolder) -> None:
    generation = publish(folder, "one")
    (generation.path / "generation.json").write_text("{")
    with pytest.raises(CorruptState, match=r"generation\.json"):
        folder.current()


def test_corrupt_engine_files_say_so(folder: GenerationFolder) -> None:
    generation = publish(folder, "one")
    (generation.store_path / "CURRENT").write_text("nonsense\n")
    with pytest.raises(CorruptState, match="the engine cannot open it"):
        generation.open()


def test_a_second_writer_is_refused(folder: GenerationFolder) -> None:
    with folder.writing(), pytest.raises(StateUnwritable, match="another process is writing"):  # noqa: SIM117
        with GenerationFolder(folder.state).writing():
            pass


def test_the_lock_dies_with_its_process(folder: GenerationFolder) -> None:
    publish(folder, "one")
    program = (
        "import os, sys; from pathlib import Path\n"
        "from unodc_graph.store.generation import GenerationFolder\n"
        "with GenerationFolder(Path(sys.argv[1])).writing(): os.kill(os.getpid(), 9)"
    )
    died = subprocess.run([sys.executable, "-c", program, str(folder.state)], check=False, env=os.environ)
    assert died.returncode == -9
    assert values(publish(folder, "two")) == ["two"]


def test_a_state_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(StateUnwritable), GenerationFolder(tmp_path / "state").writing():
        pass
