"""Evaluation in a child process, since the engine can crash on a deep query and ignores interrupts."""

from __future__ import annotations

import faulthandler
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import IO

from unodc_graph.errors import QueryOutOfMemory
from unodc_graph.store.confinement import cause
from unodc_graph.store.evaluation import Evaluation, Outcome, evaluate
from unodc_graph.store.generation import Generation
from unodc_graph.store.socket_filter import forbid_sockets


def evaluate_apart(generation: Generation, evaluation: Evaluation, output: IO[bytes]) -> Outcome:
    """Do what `evaluate` does over `generation`, in a child that ends with the answer; `output` is a file.

    Raises CorruptState and what the evaluation raises; QueryTooDeep when the engine crashed on the text,
    QueryOutOfMemory when the system ended it, KeyboardInterrupt when the user did.
    """
    receiver, sender = get_context("fork").Pipe(duplex=False)
    child = get_context("fork").Process(target=_work, args=(generation, evaluation, output, sender))
    child.start()
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        child.join()
        if child.exitcode == -signal.SIGINT:
            raise KeyboardInterrupt from None
        raise cause(child.exitcode, 0, 0) or QueryOutOfMemory(0) from None
    child.join()
    if isinstance(answer, Outcome):
        return answer
    raise answer


def _work(generation: Generation, evaluation: Evaluation, output: IO[bytes], sender: Connection) -> None:
    faulthandler.disable()  # a crash of the engine is told in words
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler cannot run while the engine does
    forbid_sockets()  # what slips through the scan reaches nobody
    try:
        answer: Outcome | Exception = evaluate(generation.open(), evaluation, output)
        output.flush()
    except Exception as error:
        answer = error
    sender.send(answer)
