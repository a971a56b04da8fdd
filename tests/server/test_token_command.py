"""`unodc-kg token`: made, listed and revoked by command, and heeded by a server that runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.server.conftest import Server
from tests.server.writing import PASSAGE, Curator, activity, serving_invented

from unodc_graph.cli.main import run

Say = Callable[..., list[str]]
"""Calls `unodc-kg token` with some arguments and returns the lines it prints."""


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("token")
    with serving_invented(folder, workers=1) as server:
        yield server


@pytest.fixture
def say(kg: Server, capsys: pytest.CaptureFixture[str]) -> Iterator[Say]:
    def call(*arguments: str) -> list[str]:
        capsys.readouterr()
        assert run(["token", *arguments, "--state", str(kg.state)]) == 0
        return capsys.readouterr().out.splitlines()

    yield call
    capsys.readouterr()


def status(kg: Server, secret: str, name: str = "tried") -> int:
    return Curator(kg, secret).update(activity(name), "?dry-run=true").status


def test_a_token_stands_alone_on_the_last_line_and_works_at_once_until_it_is_revoked(
    kg: Server, say: Say
) -> None:
    secret = say("add", "anna")[-1]
    assert len(secret) > 40
    assert not set(secret) & set(" \t:")
    assert status(kg, secret) == 200
    assert any(row.startswith("anna\t") for row in say("list"))
    assert secret not in "\n".join(say("list"))
    assert secret not in (kg.state / "tokens.json").read_text()
    other = say("add", "otto")[-1]
    say("revoke", "anna")
    assert (status(kg, secret), status(kg, other)) == (401, 200)
    assert "revoked" in next(row for row in say("list") if row.startswith("anna\t"))
    again = say("add", "anna")[-1]  # the name is free again, and the old secret is not
    assert (status(kg, secret), status(kg, again)) == (401, 200)


def test_a_token_ends_after_its_days_and_reaches_no_further_than_its_graphs(kg: Server, say: Say) -> None:
    short = say("add", "short", "--expires", "0.00001")[-1]  # not quite a second
    narrow = say("add", "narrow", "--graphs", f"passage:{PASSAGE}", "--expires", "30")[-1]
    rows = {row.split("\t")[0]: row for row in say("list")}
    assert "expire" in rows["short"]
    assert f"id/passage/{PASSAGE}" in rows["narrow"]
    assert status(kg, narrow) == 403
    while status(kg, short) != 401:
        assert status(kg, narrow) == 403
    assert "expired" in next(row for row in say("list") if row.startswith("short\t"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "a name"), "letters, digits"),
        (("add", ""), "letters, digits"),
        (("revoke", "nobody"), "no such token"),
        (("add", "x", "--expires", "0"), "--expires"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    kg: Server, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["token", *arguments, "--state", str(kg.state)]) == 2
    assert said in capsys.readouterr().err


def test_a_name_in_use_is_refused(kg: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["token", "add", "twice", "--state", str(kg.state)]) == 0
    assert run(["token", "add", "twice", "--state", str(kg.state)]) == 2
    assert "revoke it first" in capsys.readouterr().err
